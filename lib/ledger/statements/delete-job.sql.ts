import type { StatementTemplate } from '../statement.js';

/**
 * Removes a job, its runs and their log lines for good, unless it runs.
 * Called by: `KyuAdmin.delete`, in the caller's transaction or alone; delete-runs follows.
 * Guards: the status, on the newest version of the row. Indexes: kyu_jobs_pkey, kyu_attempts_pkey, kyu_job_logs_pkey.
 * Run twice: the second finds no row. A hint that the dispatcher still holds is refused by the claim.
 * $1 id.
 */
export const deleteJob: StatementTemplate = {
  name: 'delete-job',
  text: ({ jobs, attempts, logs }) => `
with target as materialized (
  select id, status from ${jobs} where id = $1 for update
),
changed as (
  delete from ${jobs} job
  using target
  where job.id = $1 and target.status <> 'running'
  returning job.id, job.queue, job.job_type as type, job.priority
),
runs as (
  delete from ${attempts} where job_id = $1 and exists (select from changed)
),
lines as (
  delete from ${logs} where job_id = $1 and exists (select from changed)
)
select target.status, changed.id, changed.queue, changed.type, changed.priority
from target left join changed on true`,
};
