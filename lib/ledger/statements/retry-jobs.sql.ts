import { FilteredStatement } from '../filtered-statement.js';
import { batchOfJobs } from './batch-of-jobs.js';
import { mayLiveAgain } from './may-live-again.js';
import { OPERATED_COLUMNS } from './operated-columns.js';

/**
 * Redrives many: failed, dead or cancelled jobs that match → pending.
 * Called by: `KyuAdmin.retryMany`, batch by batch.
 * Guards: the status under a row lock that skips what others hold. Run twice: continues with the next ones.
 * Each batch begins after the last id of the one before: a job that is dead again by then would else be taken again,
 * and again, while those behind it wait.
 * Index: kyu_jobs_pkey from there on. The owner is cleared for the reason that retry-job gives.
 * $1 limit, $2 statuses; then the filter's.
 */
export const retryJobs = new FilteredStatement('retry-jobs', 2, ({ jobs }, conditions) =>
  batchOfJobs(
    { jobs },
    {
      conditions,
      allowed: `'failed', 'dead', 'cancelled'`,
      change: `-- Of several that want the same key the newest gets it.
wanted as materialized (
  select target.id, target.status
  from target join ${jobs} job on job.id = any (array[target.id])
  where job.unique_key is null or target.status = 'failed' or (
    ${mayLiveAgain(jobs, 'job')}
    and not exists (
      select from target later join ${jobs} other on other.id = any (array[later.id])
      where other.unique_key = job.unique_key and later.id > target.id
    )
  )
),
changed as (
  update ${jobs} job
  set status = 'pending', completed_at = null, scheduled_at = null, locked_by = null, locked_at = null,
    updated_at = now(),
    retry_count = case when wanted.status = 'failed' then job.retry_count else 0 end,
    crash_count = 0, cancel_requested_at = null, cancel_reason = null
  from wanted
  where job.id = any (array[wanted.id])
  returning ${OPERATED_COLUMNS}
)`,
    },
  ),
);
