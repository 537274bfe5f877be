import type { StatementTemplate } from '../statement.js';

/**
 * How some jobs stand, those in the archive included. Called by: the job waiter, a few times a second while anybody
 * waits. Indexes: kyu_jobs_pkey, kyu_jobs_archive_pkey, one look-up per job (see planner-settings). Changes nothing.
 * A result is read only when there can be one: it may be large, and nobody wants it before.
 * $1 ids.
 */
export const readStandings: StatementTemplate = {
  name: 'read-standings',
  text: ({ jobs, archive }) => `
select job.id, job.status, job.error_message, case when job.status = 'completed' then job.result end as result
from unnest($1::uuid[]) as wanted (id)
cross join lateral (
  select id, status, error_message, result from ${jobs} where id = any (array[wanted.id]) and deleted_at is null
  union all
  select id, status, error_message, result from ${archive} where id = any (array[wanted.id]) and deleted_at is null
) job`,
};
