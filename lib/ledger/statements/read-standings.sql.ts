import type { StatementTemplate } from '../statement.js';

/**
 * How some jobs stand. Called by: the job waiter, a few times a second while anybody waits.
 * Index: kyu_jobs_pkey, one look-up per job (see planner-settings). Changes nothing.
 * A result is read only when there can be one: it may be large, and nobody wants it before.
 * $1 ids.
 */
export const readStandings: StatementTemplate = {
  name: 'read-standings',
  text: ({ jobs }) => `
select job.id, job.status, job.error_message, case when job.status = 'completed' then job.result end as result
from unnest($1::uuid[]) as wanted (id)
join ${jobs} job on job.id = any (array[wanted.id])
where job.deleted_at is null`,
};
