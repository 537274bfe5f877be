import type { StatementTemplate } from '../statement.js';
import { finishedJobs, FINISHED_JOBS_ANSWER } from './finished-jobs.js';

/**
 * Removes jobs that ended long enough ago, with their runs and log lines.
 * Called by: retention, rule by rule and batch by batch.
 * Guards: the rule of finished-jobs, under row locks that skip what others hold. A unique key that a job kept beyond
 * its end is free again.
 * Indexes: kyu_jobs_finished (completed_at), kyu_jobs_pkey, kyu_attempts_pkey, kyu_job_logs_pkey.
 * Run twice, or by many at once: each job is removed once, and what is gone is not found again.
 * $1 to $7: see finished-jobs.
 */
export const deleteFinishedJobs: StatementTemplate = {
  name: 'delete-finished-jobs',
  text: (tables) => `
with ${finishedJobs(tables)},
gone as (
  delete from ${tables.jobs} job
  using target
  where job.id = any (array[target.id])
  returning job.id
),
runs as (
  delete from ${tables.attempts} run
  using gone
  where run.job_id = any (array[gone.id])
),
lines as (
  delete from ${tables.logs} line
  using gone
  where line.job_id = any (array[gone.id])
)
${FINISHED_JOBS_ANSWER}`,
};
