import type { StatementTemplate } from '../statement.js';
import { JOB_COLUMNS } from './job-columns.js';

/**
 * One job of the archive by id. Called by: `KyuAdmin.get`, after find-job found none.
 * Index: kyu_jobs_archive_pkey. Changes nothing.
 * $1 id.
 */
export const findArchivedJob: StatementTemplate = {
  name: 'find-archived-job',
  text: ({ archive }) => `
select ${JOB_COLUMNS}, archived_at
from ${archive}
where id = $1 and deleted_at is null`,
};
