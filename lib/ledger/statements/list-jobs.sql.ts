import { FilteredStatement } from '../filtered-statement.js';
import { JOB_COLUMNS } from './job-columns.js';

/**
 * One page of jobs, newest first, by key and never by offset.
 * Called by: `KyuAdmin.list` and `deadJobs`. Changes nothing.
 * Index: kyu_jobs_pkey backwards from the cursor until the page is full; kyu_jobs_tags, kyu_jobs_children or
 * kyu_jobs_finished where the filter names tags, a parent or an end.
 * $1 limit; then the filter's.
 */
export const listJobs = new FilteredStatement(
  'list-jobs',
  1,
  ({ jobs }, conditions) => `
select ${JOB_COLUMNS}
from ${jobs} job
where ${conditions}
order by id desc
limit $1`,
);
