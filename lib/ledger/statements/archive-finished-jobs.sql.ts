import type { StatementTemplate } from '../statement.js';
import { ARCHIVED_COLUMNS } from './archived-columns.js';
import { finishedJobs, FINISHED_JOBS_ANSWER } from './finished-jobs.js';

/**
 * Moves jobs that ended long enough ago to the archive. Their runs and log lines stay where they are.
 * Called by: retention, rule by rule and batch by batch.
 * Guards: the rule of finished-jobs, under row locks that skip what others hold. A unique key that a job kept beyond
 * its end is free again: the archive holds none.
 * Indexes: kyu_jobs_finished (completed_at), kyu_jobs_pkey.
 * Run twice, or by many at once: each job moves once. One whose id is in the archive already stays there as it is.
 * $1 to $7: see finished-jobs.
 */
export const archiveFinishedJobs: StatementTemplate = {
  name: 'archive-finished-jobs',
  text: (tables) => `
with ${finishedJobs(tables)},
gone as (
  delete from ${tables.jobs} job
  using target
  where job.id = any (array[target.id])
  returning ${ARCHIVED_COLUMNS.map((column) => `job.${column}`).join(', ')}
),
kept as (
  insert into ${tables.archive} (${ARCHIVED_COLUMNS.join(', ')})
  select ${ARCHIVED_COLUMNS.join(', ')} from gone
  on conflict (id) do nothing
)
${FINISHED_JOBS_ANSWER}`,
};
