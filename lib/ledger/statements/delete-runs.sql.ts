import type { StatementTemplate } from '../statement.js';

/**
 * Removes the runs and the log lines of a job that is gone.
 * Called by: `KyuAdmin.delete` after delete-job: where that had to wait for a settle, it does not see the run which
 * the settle recorded, because a statement sees what was committed when it began.
 * Guards: the job is gone. Indexes: kyu_attempts_pkey, kyu_job_logs_pkey. Run twice: the second finds nothing.
 * $1 id.
 */
export const deleteRuns: StatementTemplate = {
  name: 'delete-runs',
  text: ({ jobs, attempts, logs }) => `
with lines as (
  delete from ${logs}
  where job_id = $1 and not exists (select from ${jobs} where id = $1)
)
delete from ${attempts}
where job_id = $1 and not exists (select from ${jobs} where id = $1)`,
};
