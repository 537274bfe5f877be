import { FilteredStatement } from '../filtered-statement.js';
import { batchOfJobs } from './batch-of-jobs.js';
import { OPERATED_COLUMNS } from './operated-columns.js';
import { rescheduled } from './rescheduled.js';

/**
 * Many scheduled, pending or failed jobs get another time.
 * Called by: `KyuAdmin.rescheduleMany`, batch by batch.
 * Guards: the status under a row lock that skips what others hold. Index: kyu_jobs_pkey from the last batch on.
 * Run twice: continues with the next ones.
 * $1 limit, $2 statuses, $3 ms from now or null, $4 instant or null; then the filter's.
 */
export const rescheduleJobs = new FilteredStatement('reschedule-jobs', 4, ({ jobs }, conditions) =>
  batchOfJobs(
    { jobs },
    {
      conditions,
      allowed: `'scheduled', 'pending', 'failed'`,
      change: `changed as (
  update ${jobs} job
  set ${rescheduled('$3', '$4')}
  from target
  where job.id = any (array[target.id])
  returning ${OPERATED_COLUMNS}
)`,
    },
  ),
);
