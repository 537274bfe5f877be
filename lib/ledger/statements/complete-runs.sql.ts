import { repeated } from '../batch-columns.js';
import type { StatementTemplate } from '../statement.js';

/**
 * Writes runs that went well, which is what nearly all runs come to: running → completed, and one kyu_attempts row
 * each. settle-runs would write the same; what it asks of every row for the sake of the others is a seventh of its cost.
 * Called by: the settle batcher, ids ascending (so that two batches cannot deadlock).
 * Guards: the fence (id, run, locked_by), and not the status: see settle-runs. A cancelling that was asked for
 * meanwhile came too late.
 * Index: kyu_jobs_pkey, one look-up per run (see planner-settings).
 * Run twice: the second time no row matches, because the first cleared locked_by; nothing is changed.
 * Answers one row, as settle-runs does: how many fences held; and where not all did, for each that held
 * [id, run, false, null].
 * $1 ids, $2 runs, $3 worker, $4 results, $5 started after ms, $6 finished after ms, $7 instants of claims,
 * $8 which of $7.
 */
export const completeRuns: StatementTemplate = {
  name: 'complete-runs',
  text: ({ jobs, attempts }) => `
with completed as (
  update ${jobs} job
  set status = 'completed', result = run.result, completed_at = now(), crash_count = 0,
    locked_by = null, locked_at = null, updated_at = now()
  from (
    select sent.id, sent.result, sent.started_after, sent.finished_after,
      ${repeated('run', 2, 'integer')} as run,
      ${repeated('claimed', 8, 'integer')} as claimed
    from unnest($1::uuid[], $2::integer[], $4::jsonb[], $5::float8[], $6::float8[], $8::integer[])
      as sent (id, run, result, started_after, finished_after, claimed)
  ) as run
  where job.id = any (array[run.id]) and job.run = run.run and job.locked_by = $3
  returning run.id, run.run, job.retry_count, run.started_after, run.finished_after, run.claimed
),
recorded as (
  insert into ${attempts} (job_id, run, attempt, worker_id, started_at, finished_at, outcome)
  select id, run, retry_count + 1, $3,
    ($7::timestamptz[])[claimed] + started_after * interval '1 millisecond',
    ($7::timestamptz[])[claimed] + finished_after * interval '1 millisecond',
    'completed'
  from completed
)
select held.runs, case when held.runs < cardinality($1::uuid[])
  then (select json_agg(json_build_array(id, run, false, null)) from completed)
end as exceptions
from (select count(*)::integer as runs from completed) held`,
};
