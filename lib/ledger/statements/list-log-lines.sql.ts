import type { StatementTemplate } from '../statement.js';

/**
 * Everything that the handlers of a job logged, oldest first. Called by: `KyuAdmin.logs`. Index: kyu_job_logs_pkey.
 * Changes nothing.
 * $1 id.
 */
export const listLogLines: StatementTemplate = {
  name: 'list-log-lines',
  text: ({ logs }) => `
select run, line, at, message
from ${logs}
where job_id = $1
order by run, line`,
};
