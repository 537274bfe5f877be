import { FilteredStatement } from '../filtered-statement.js';
import { batchOfJobs } from './batch-of-jobs.js';
import { OPERATED_COLUMNS } from './operated-columns.js';

/**
 * Many scheduled, pending or failed jobs → cancelled. Running ones keep their status: the wish is written down, and whoever
 * ends the run cancels the job.
 * Called by: `KyuAdmin.cancelMany`, batch by batch.
 * Guards: the status under a row lock that skips what others hold. Index: kyu_jobs_pkey from the last batch on.
 * The owner is cleared for the reason that cancel-job gives. Run twice: continues with the next ones.
 * $1 limit, $2 statuses, $3 reason or null; then the filter's.
 */
export const cancelJobs = new FilteredStatement('cancel-jobs', 3, ({ jobs }, conditions) =>
  batchOfJobs(
    { jobs },
    {
      conditions,
      allowed: `'scheduled', 'pending', 'failed', 'running'`,
      change: `cancelled as (
  update ${jobs} job
  set status = 'cancelled', completed_at = now(), error_message = coalesce($3, job.error_message),
    locked_by = null, locked_at = null, updated_at = now()
  from target
  where job.id = any (array[target.id]) and target.status <> 'running'
  returning ${OPERATED_COLUMNS}
),
requested as (
  update ${jobs} job
  set cancel_requested_at = coalesce(job.cancel_requested_at, now()),
    cancel_reason = coalesce($3, job.cancel_reason)
  from target
  where job.id = any (array[target.id]) and target.status = 'running'
  returning ${OPERATED_COLUMNS}
),
changed as (
  select * from cancelled union all select * from requested
)`,
    },
  ),
);
