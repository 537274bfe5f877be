import { FilteredStatement } from '../filtered-statement.js';
import { batchOfJobs } from './batch-of-jobs.js';
import { OPERATED_COLUMNS } from './operated-columns.js';

/**
 * Removes many jobs for good, but none that runs.
 * Called by: `KyuAdmin.deleteMany`, batch by batch; delete-runs follows.
 * Guards: the status under a row lock that skips what others hold. Index: kyu_jobs_pkey from the last batch on.
 * Run twice: continues with the next ones. A hint that the dispatcher still holds is refused by the claim.
 * $1 limit, $2 statuses; then the filter's.
 */
export const deleteJobs = new FilteredStatement('delete-jobs', 2, ({ jobs }, conditions) =>
  batchOfJobs(
    { jobs },
    {
      conditions,
      allowed: `'scheduled', 'pending', 'failed', 'completed', 'dead', 'cancelled'`,
      change: `changed as (
  delete from ${jobs} job
  using target
  where job.id = any (array[target.id])
  returning ${OPERATED_COLUMNS}
)`,
    },
  ),
);
