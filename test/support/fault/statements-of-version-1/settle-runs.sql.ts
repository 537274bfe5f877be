import type { StatementTemplate } from '../../../../lib/ledger/statement.js';

/**
 * Writes what runs came to: running → completed, failed, dead, scheduled or pending, and one kyu_attempts row each.
 * Called by: the settle batcher, ids ascending (so that two batches cannot deadlock).
 * Guards: the fence (id, run, locked_by). Deliberately not the status: with status = 'running' in the condition the
 * planner may walk the partial running index, which stale statistics call empty; 500-row batches then take seconds.
 * Index: kyu_jobs_pkey.
 * Run twice: the second time no row matches, because the first cleared locked_by; nothing is changed.
 * $1 ids, $2 runs, $3 workers, $4 claimed at, $5 new status, $6 retry count, $7 delay ms, $8 result,
 * $9 outcome, $10 started after ms, $11 finished after ms, $12 error message, $13 error stack.
 */
export const settleRuns: StatementTemplate = {
  name: 'settle-runs',
  text: ({ jobs, attempts }) => `
with settled as (
  update ${jobs} job
  set status = run.status,
    retry_count = run.retry_count,
    result = run.result,
    error_message = coalesce(run.error_message, job.error_message),
    scheduled_at = case
      when run.status in ('failed', 'scheduled') then now() + run.delay * interval '1 millisecond'
      else job.scheduled_at
    end,
    completed_at = case when run.status in ('completed', 'dead', 'cancelled') then now() end,
    crash_count = case when run.status = 'completed' then 0 else job.crash_count end,
    locked_by = null,
    locked_at = null,
    updated_at = now()
  from unnest(
    $1::uuid[], $2::integer[], $3::uuid[], $4::timestamptz[], $5::text[], $6::integer[], $7::float8[], $8::jsonb[],
    $9::text[], $10::float8[], $11::float8[], $12::text[], $13::text[]
  ) as run (
    id, run, worker_id, claimed_at, status, retry_count, delay, result,
    outcome, started_after, finished_after, error_message, error_stack
  )
  where job.id = any (array[run.id]) and job.run = run.run and job.locked_by = run.worker_id
  returning run.*
),
recorded as (
  insert into ${attempts}
    (job_id, run, attempt, worker_id, started_at, finished_at, outcome, error_message, error_stack)
  select id, run,
    -- A failure that has another attempt to come has already counted itself.
    case when status = 'failed' then retry_count else retry_count + 1 end,
    worker_id,
    claimed_at + started_after * interval '1 millisecond',
    claimed_at + finished_after * interval '1 millisecond',
    outcome, error_message, error_stack
  from settled
)
select id, run from settled`,
};
