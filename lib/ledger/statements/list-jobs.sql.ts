import type { StatementTemplate } from '../statement.js';
import { JOB_COLUMNS } from './job-columns.js';

/**
 * One page of jobs, newest first, by key and never by offset.
 * Called by: `KyuAdmin.list` and `deadJobs`. Changes nothing.
 * Index: kyu_jobs_pkey backwards, until the page is full: a plan that is made for any statuses cannot use the index
 * of one of them.
 * $1 statuses or null, $2 job types or null, $3 queues or null, $4 id before which, or null, $5 limit.
 */
export const listJobs: StatementTemplate = {
  name: 'list-jobs',
  text: ({ jobs }) => `
select ${JOB_COLUMNS}
from ${jobs}
where deleted_at is null
  and ($1::text[] is null or status = any($1::text[]))
  and ($2::text[] is null or job_type = any($2::text[]))
  and ($3::text[] is null or queue = any($3::text[]))
  and ($4::uuid is null or id < $4::uuid)
order by id desc
limit $5`,
};
