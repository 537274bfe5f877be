import { FilteredStatement } from '../filtered-statement.js';
import { batchOfJobs } from './batch-of-jobs.js';
import { OPERATED_COLUMNS } from './operated-columns.js';

/**
 * Many jobs that wait for their time do not any more: scheduled or failed → pending.
 * Called by: `KyuAdmin.runNowMany`, batch by batch.
 * Guards: the status under a row lock that skips what others hold. Index: kyu_jobs_pkey from the last batch on.
 * The owner is cleared for the reason that cancel-job gives. Run twice: continues with the next ones.
 * $1 limit, $2 statuses; then the filter's.
 */
export const runJobsNow = new FilteredStatement('run-jobs-now', 2, ({ jobs }, conditions) =>
  batchOfJobs(
    { jobs },
    {
      conditions,
      allowed: `'scheduled', 'failed'`,
      change: `changed as (
  update ${jobs} job
  set status = 'pending', scheduled_at = null, completed_at = null, locked_by = null, locked_at = null,
    updated_at = now()
  from target
  where job.id = any (array[target.id])
  returning ${OPERATED_COLUMNS}
)`,
    },
  ),
);
