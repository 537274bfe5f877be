import type { StatementTemplate } from '../statement.js';

/**
 * Takes back what a worker owns and does not know of: running → pending, uncharged, as a run that was released; or
 * cancelled, when somebody had asked for that.
 * A claim whose reply was lost has happened all the same: its jobs run nowhere, and their owner lives.
 * Called by: the claim loop, between two claims, with every job that the process runs, keeps or is about to settle.
 * Guards: the owner, under a row lock that skips what others hold; a settle under way wins.
 * Index: kyu_jobs_running (queue, locked_by). Run twice: the second finds nothing.
 * $1 worker, $2 queues, $3 ids that the process knows of.
 */
export const handBackUnheard: StatementTemplate = {
  name: 'hand-back-unheard',
  text: ({ jobs, attempts }) => `
with unheard as materialized (
  select id, locked_at
  from ${jobs}
  where queue = any($2::text[]) and status = 'running' and locked_by = $1 and id <> all($3::uuid[])
  order by id
  for update skip locked
),
returned as (
  update ${jobs} job
  set status = case when job.cancel_requested_at is null then 'pending' else 'cancelled' end,
    completed_at = case when job.cancel_requested_at is not null then now() end,
    error_message = coalesce(job.cancel_reason, job.error_message),
    locked_by = null, locked_at = null, updated_at = now()
  from unheard
  where job.id = any (array[unheard.id])
  returning job.id, job.queue, job.job_type, job.priority, job.status, job.run, job.retry_count, unheard.locked_at
),
recorded as (
  insert into ${attempts} (job_id, run, attempt, worker_id, started_at, finished_at, outcome, error_message)
  select id, run, retry_count + 1, $1, locked_at, now(), 'released', 'the reply to the claim was lost'
  from returned
  on conflict do nothing
)
select id, job_type as type, priority, queue from returned where status = 'pending'`,
};
