import type { StatementTemplate } from '../statement.js';
import { JOB_COLUMNS } from './job-columns.js';

/**
 * One job by id. Called by: `KyuAdmin.get`. Index: kyu_jobs_pkey. Changes nothing.
 * $1 id.
 */
export const findJob: StatementTemplate = {
  name: 'find-job',
  text: ({ jobs }) => `
select ${JOB_COLUMNS}
from ${jobs}
where id = $1 and deleted_at is null`,
};
