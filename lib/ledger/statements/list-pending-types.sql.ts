import type { StatementTemplate } from '../statement.js';

/**
 * The job types of a queue that have pending jobs, handled here or not.
 * Called by: the reconciler. Index: kyu_jobs_ready, one descent per type (a skip scan by hand: PostgreSQL 15 has
 * none), so a backlog of millions costs as much as one of ten. Changes nothing.
 * $1 queue.
 */
export const listPendingTypes: StatementTemplate = {
  name: 'list-pending-types',
  text: ({ jobs }) => `
with recursive found as (
  (
    select job_type from ${jobs}
    where queue = $1 and status = 'pending' and deleted_at is null
    order by job_type limit 1
  )
  union all
  select (
    select job_type from ${jobs}
    where queue = $1 and status = 'pending' and deleted_at is null and job_type > found.job_type
    order by job_type limit 1
  )
  from found
  where found.job_type is not null
)
select job_type as type from found where job_type is not null`,
};
