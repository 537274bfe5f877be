import type { StatementTemplate } from '../statement.js';
import { listJobs } from './list-jobs.sql.js';

/**
 * One page of archived jobs: list-jobs over the archive, so that both take the same filters and the same parameters.
 * Called by: `KyuAdmin.list` with `archived: true`. Changes nothing.
 * Index: kyu_jobs_archive_pkey, backwards until the page is full, and once more for each job of it.
 */
export const listArchivedJobs: StatementTemplate = {
  name: 'list-archived-jobs',
  text: (tables) => `
select page.*, archived.archived_at
from (${listJobs.text({ ...tables, jobs: tables.archive })}
) page
join ${tables.archive} archived on archived.id = any (array[page.id])
order by page.id desc`,
};
