import { FilteredStatement } from '../filtered-statement.js';

/**
 * How many jobs there are, by queue, type and status.
 * Called by: `KyuAdmin.count`, `stats` in a caller's transaction, and dry runs. Changes nothing.
 * Index: as list-jobs where the filter names tags, a parent or an end; else it reads the whole table.
 * The parameters are the filter's.
 */
export const countJobs = new FilteredStatement(
  'count-jobs',
  0,
  ({ jobs }, conditions) => `
select queue, job_type as type, status, count(*) as count
from ${jobs} job
where ${conditions}
group by queue, job_type, status
order by queue, job_type, status`,
);
