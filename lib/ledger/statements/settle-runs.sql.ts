import { repeated } from '../batch-columns.js';
import type { StatementTemplate } from '../statement.js';

/**
 * Writes what runs came to: running → completed, failed, dead, cancelled, scheduled or pending, and one kyu_attempts
 * row each. A job whose cancelling was asked for meanwhile gets no further run: it is cancelled instead.
 * Called by: the settle batcher, ids ascending (so that two batches cannot deadlock); and a handler's
 * `job.completeIn()`, with one run, in the handler's own transaction.
 * Guards: the fence (id, run, locked_by). Deliberately not the status: with status = 'running' in the condition the
 * planner may walk the partial running index, which stale statistics call empty; 500-row batches then take seconds.
 * Index: kyu_jobs_pkey, one look-up per run (see planner-settings).
 * Run twice: the second time no row matches, because the first cleared locked_by; nothing is changed.
 * Answers one row: how many fences held; and where not all did, or a job was cancelled against the word of its worker,
 * for each that held [id, run, cancelled so, reason]. A row for every run would cost as much as writing its history.
 * What all runs of the batch have in common travels once (batch-columns.ts).
 * $1 ids, $2 runs, $3 workers, $4 instants of claims, $5 new status, $6 retry count, $7 delay ms, $8 result,
 * $9 outcome, $10 started after ms, $11 finished after ms, $12 error message, $13 error stack, $14 which of $4.
 */
export const settleRuns: StatementTemplate = {
  name: 'settle-runs',
  text: ({ jobs, attempts }) => `
with settled as (
  update ${jobs} job
  set status = case
      when job.cancel_requested_at is not null and run.status in ('failed', 'scheduled', 'pending') then 'cancelled'
      else run.status
    end,
    retry_count = run.retry_count,
    result = run.result,
    error_message = case
      when job.cancel_requested_at is not null and run.status in ('failed', 'scheduled', 'pending')
        then coalesce(job.cancel_reason, run.error_message, job.error_message)
      else coalesce(run.error_message, job.error_message)
    end,
    scheduled_at = case
      when run.status in ('failed', 'scheduled') then now() + run.delay * interval '1 millisecond'
      else job.scheduled_at
    end,
    completed_at = case
      when job.cancel_requested_at is not null or run.status in ('completed', 'dead', 'cancelled') then now()
    end,
    crash_count = case when run.status = 'completed' then 0 else job.crash_count end,
    locked_by = null,
    locked_at = null,
    updated_at = now()
  from (
    select sent.id, sent.result, sent.error_message, sent.error_stack,
      ${repeated('run', 2, 'integer')} as run,
      ${repeated('worker_id', 3, 'uuid')} as worker_id,
      ($4::timestamptz[])[${repeated('claimed', 14, 'integer')}] as claimed_at,
      ${repeated('status', 5, 'text')} as status,
      ${repeated('retry_count', 6, 'integer')} as retry_count,
      ${repeated('delay', 7, 'float8')} as delay,
      ${repeated('outcome', 9, 'text')} as outcome,
      ${repeated('started_after', 10, 'float8')} as started_after,
      ${repeated('finished_after', 11, 'float8')} as finished_after
    from unnest(
      $1::uuid[], $2::integer[], $3::uuid[], $5::text[], $6::integer[], $7::float8[], $8::jsonb[],
      $9::text[], $10::float8[], $11::float8[], $12::text[], $13::text[], $14::integer[]
    ) as sent (
      id, run, worker_id, status, retry_count, delay, result,
      outcome, started_after, finished_after, error_message, error_stack, claimed
    )
  ) as run
  where job.id = any (array[run.id]) and job.run = run.run and job.locked_by = run.worker_id
  returning run.id, run.run, run.worker_id, run.claimed_at, run.status, run.retry_count, run.outcome,
    run.started_after, run.finished_after, run.error_message, run.error_stack,
    job.status <> run.status as called_off, job.cancel_reason
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
select held.runs, case when held.runs < cardinality($1::uuid[]) or held.called_off
  then (select json_agg(json_build_array(id, run, called_off, cancel_reason)) from settled)
end as exceptions
from (select count(*)::integer as runs, bool_or(called_off) as called_off from settled) held`,
};
