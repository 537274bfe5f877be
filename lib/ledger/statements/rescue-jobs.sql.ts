import type { StatementTemplate } from '../statement.js';

/**
 * Takes back what dead workers left: running → pending; or cancelled, when somebody had asked for that; or dead, when
 * attempts or crashes are used up.
 * Called by: the reaper, per queue, again while a batch comes back full.
 * Guards: the owner has no living row (its lease ended, it stopped, or its row is gone), or the run is older than
 * any worker would have let it become. Under a row lock that skips what others hold, so a settle under way wins.
 * It looks at owners and not at times, so a claim that committed after its worker's burial is found at the next tick.
 * Locks: worker by worker, in the order of the index. That cannot deadlock, because nothing here waits for a row. In
 * the order of ids, the planner walks the whole primary key as soon as its statistics tell of many running jobs.
 * Index: kyu_jobs_running (queue, locked_by). Run twice: the second finds nothing running.
 * A process death uses an attempt once and is counted apart; a worker that stopped in order is not a crash.
 * $1 queue, $2 stale after ms, $3 most crashes, $4 limit.
 */
export const rescueJobs: StatementTemplate = {
  name: 'rescue-jobs',
  text: ({ jobs, attempts, workers }) => `
with orphan as materialized (
  select job.id, job.run, job.locked_by as worker_id, job.locked_at, job.retry_count,
    coalesce(owner.state, 'dead') as owner_state,
    case
      when owner.state in ('alive', 'draining')
        then 'the run exceeded every limit and its worker did not end it'
      when owner.state = 'stopped' then 'the worker stopped before it could hand the job back'
      else concat('the worker process died', ' (' || owner.host || ', pid ' || owner.pid || ')')
    end as reason
  from ${jobs} job
  left join ${workers} owner on owner.id = job.locked_by
  where job.queue = $1 and job.status = 'running'
    and (
      owner.id is null
      or owner.state in ('stopped', 'dead')
      or job.locked_at < clock_timestamp() - (job.timeout_ms + $2::float8) * interval '1 millisecond'
    )
  order by job.locked_by
  limit $4
  for update of job skip locked
),
verdict as (
  select orphan.*,
    case when owner_state = 'stopped' then 0 else 1 end as charge
  from orphan
),
rescued as (
  update ${jobs} job
  set status = case
      when job.cancel_requested_at is not null then 'cancelled'
      when verdict.charge = 0 then 'pending'
      when job.retry_count >= job.max_retries or job.crash_count + 1 >= $3 then 'dead'
      else 'pending'
    end,
    completed_at = case
      when job.cancel_requested_at is not null then now()
      when verdict.charge = 1 and (job.retry_count >= job.max_retries or job.crash_count + 1 >= $3) then now()
    end,
    retry_count = least(job.max_retries, job.retry_count + verdict.charge),
    crash_count = job.crash_count + verdict.charge,
    error_message = case
      when job.cancel_requested_at is not null then coalesce(job.cancel_reason, job.error_message)
      when verdict.charge = 1 then verdict.reason
      else job.error_message
    end,
    locked_by = null,
    locked_at = null,
    updated_at = now()
  from verdict
  where job.id = any (array[verdict.id])
  returning job.id, job.queue, job.job_type, job.priority, job.status, verdict.run, verdict.worker_id,
    verdict.locked_at, verdict.retry_count, verdict.charge, verdict.reason, job.cancel_reason
),
recorded as (
  insert into ${attempts} (job_id, run, attempt, worker_id, started_at, finished_at, outcome, error_message)
  -- An extended run counts from a later instant than its start, which may even lie ahead.
  select id, run, retry_count + 1, worker_id, least(locked_at, now()), now(),
    case when charge = 1 then 'crashed' else 'released' end, reason
  from rescued
  on conflict do nothing
)
select id, queue, job_type as type, priority, status, run, retry_count + 1 as attempt, worker_id, cancel_reason
from rescued`,
};
