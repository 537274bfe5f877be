import { JOB_STATUSES } from '../../core/job-status.js';
import { FilteredStatement } from '../filtered-statement.js';

/**
 * How many jobs match, by status, each counted no further than the cap.
 * Called by: `KyuAdmin.counts`. Changes nothing.
 * Indexes: the partial ones of each status, and kyu_jobs_tags or kyu_jobs_children where the filter names those.
 * $1 cap; then the filter's.
 */
export const countByStatus = new FilteredStatement(
  'count-by-status',
  1,
  ({ jobs }, conditions) =>
    `select ${JOB_STATUSES.map(
      (status) => `
(
  select count(*) from (
    select from ${jobs} job
    where job.status = '${status}' and ${conditions}
    limit $1
  ) counted
) as ${status}`,
    ).join(',')}`,
);
