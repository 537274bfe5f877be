import type { StatementTemplate } from '../statement.js';

/**
 * Removes the runs and the log lines of jobs that are gone.
 * Called by: `KyuAdmin.delete` after delete-job, and `deleteMany` after delete-jobs: where delete-job had to wait for a
 * settle, it does not see the run which the settle recorded, because a statement sees what was committed when it began.
 * Guards: the jobs are gone. Indexes: kyu_attempts_pkey, kyu_job_logs_pkey. Run twice: the second finds nothing.
 * $1 ids.
 */
export const deleteRuns: StatementTemplate = {
  name: 'delete-runs',
  text: ({ jobs, attempts, logs }) => `
with gone as materialized (
  select wanted.id
  from unnest($1::uuid[]) as wanted (id)
  where not exists (select from ${jobs} job where job.id = wanted.id)
),
lines as (
  delete from ${logs} line using gone where line.job_id = any (array[gone.id])
)
delete from ${attempts} run using gone where run.job_id = any (array[gone.id])`,
};
