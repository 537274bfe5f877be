import type { StatementTemplate } from '../statement.js';

/**
 * Every run of a job, oldest first. Called by: `KyuAdmin.runs`. Index: kyu_attempts_pkey. Changes nothing.
 * $1 id.
 */
export const listRuns: StatementTemplate = {
  name: 'list-runs',
  text: ({ attempts }) => `
select run, attempt, worker_id, started_at, finished_at, outcome, error_message, error_stack
from ${attempts}
where job_id = $1
order by run`,
};
