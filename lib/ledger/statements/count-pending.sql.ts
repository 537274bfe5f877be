import type { StatementTemplate } from '../statement.js';

/**
 * How many jobs of some types are pending, counted no further than a limit.
 * Called by: the pool scaler, while every slot of its process is in use.
 * Index: kyu_jobs_ready, one short walk per queue and type; a backlog of millions costs as much as the limit.
 * The order is there for the planner, who would else read the table after a great change. Changes nothing.
 * $1 queues, $2 job types, $3 limit.
 */
export const countPending: StatementTemplate = {
  name: 'count-pending',
  text: ({ jobs }) => `
select count(*)::integer as count
from (
  select
  from unnest($1::text[]) as wanted (queue)
  cross join unnest($2::text[]) as handled (job_type)
  cross join lateral (
    select from ${jobs} job
    where job.queue = wanted.queue and job.job_type = handled.job_type and job.status = 'pending'
    order by job.priority desc, job.id
    limit $3
  ) found
  limit $3
) counted`,
};
