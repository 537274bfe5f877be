import { FilteredStatement } from '../filtered-statement.js';

/**
 * How many jobs match, by status.
 * Called by: `KyuAdmin.counts`, step by step along the ids, each step between two of them; at once where tags, a parent,
 * a worker or ids narrow it. Changes nothing.
 * Index: kyu_jobs_pkey for a step; else that of what narrows.
 * The parameters are the filter's.
 */
export const countStatuses = new FilteredStatement(
  'count-statuses',
  0,
  ({ jobs }, conditions) => `
select status, count(*) as count
from ${jobs} job
where ${conditions}
group by status`,
);
