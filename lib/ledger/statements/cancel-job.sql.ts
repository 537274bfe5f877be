import type { StatementTemplate } from '../statement.js';

/**
 * scheduled, pending or failed → cancelled. A running job keeps its status: the wish is written down, and its worker,
 * or whoever ends the run in its place, cancels the job.
 * Called by: `KyuAdmin.cancel`, in the caller's transaction or alone.
 * Guards: the status, on the newest version of the row: a claim that was faster wins, and the answer says `running`.
 * The owner is cleared, although no job that may change here has one: PostgreSQL checks the constraints of the row
 * version that was there when the statement began, which may have run, before it turns to the newest.
 * Index: kyu_jobs_pkey. Run twice: the second answers `cancelled` and changes nothing; for a running job the first
 * instant of the wish stays, and a reason that is given later takes the place of the one before.
 * Answers the status found and, as `id`, whether anything was done about it.
 * $1 id, $2 reason or null.
 */
export const cancelJob: StatementTemplate = {
  name: 'cancel-job',
  text: ({ jobs }) => `
with target as materialized (
  select id, status from ${jobs} where id = $1 and deleted_at is null for update
),
cancelled as (
  update ${jobs} job
  set status = 'cancelled', completed_at = now(), error_message = coalesce($2, job.error_message),
    locked_by = null, locked_at = null, updated_at = now()
  from target
  where job.id = $1 and target.status in ('scheduled', 'pending', 'failed')
  returning job.id, job.queue, job.job_type as type, job.priority
),
requested as (
  update ${jobs} job
  set cancel_requested_at = coalesce(job.cancel_requested_at, now()),
    cancel_reason = coalesce($2, job.cancel_reason)
  from target
  where job.id = $1 and target.status = 'running'
  returning job.id, job.queue, job.job_type as type, job.priority
),
changed as (
  select * from cancelled union all select * from requested
)
select target.status, changed.id, changed.queue, changed.type, changed.priority
from target left join changed on true`,
};
