import type { StatementTemplate } from '../statement.js';

/**
 * How many jobs there are, by queue, type and status.
 * Called by: `KyuAdmin.count`. Index: none; it reads the whole table. Changes nothing.
 * $1 statuses or null, $2 job types or null, $3 queues or null.
 */
export const countJobs: StatementTemplate = {
  name: 'count-jobs',
  text: ({ jobs }) => `
select queue, job_type as type, status, count(*) as count
from ${jobs}
where deleted_at is null
  and ($1::text[] is null or status = any($1::text[]))
  and ($2::text[] is null or job_type = any($2::text[]))
  and ($3::text[] is null or queue = any($3::text[]))
group by queue, job_type, status
order by queue, job_type, status`,
};
