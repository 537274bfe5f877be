import type { StatementTemplate } from '../statement.js';

/**
 * What one job carries, as text: the driver would round big numbers. A job is in one of the two tables.
 * Called by: `KyuAdmin.texts`. Indexes: kyu_jobs_pkey, kyu_jobs_archive_pkey. Changes nothing.
 * $1 id.
 */
export const findJobTexts: StatementTemplate = {
  name: 'find-job-texts',
  text: ({ jobs, archive }) => `
select payload::text as payload, result::text as result
from ${jobs}
where id = $1 and deleted_at is null
union all
select payload::text, result::text
from ${archive}
where id = $1 and deleted_at is null`,
};
