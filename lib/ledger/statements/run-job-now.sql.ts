import type { StatementTemplate } from '../statement.js';
import { OPERATED_ANSWER, OPERATED_COLUMNS } from './operated-columns.js';

/**
 * A job that waits for its time does not any more: scheduled or failed → pending.
 * Called by: `KyuAdmin.runNow`, in the caller's transaction or in one of Kyu's.
 * Guards: the status, on the newest version of the row. The owner is cleared for the reason that cancel-job gives.
 * Index: kyu_jobs_pkey. Run twice: the second answers `pending` and changes nothing.
 * Answers the status found, and the job when it changed.
 * $1 id.
 */
export const runJobNow: StatementTemplate = {
  name: 'run-job-now',
  text: ({ jobs }) => `
with target as materialized (
  select id, status from ${jobs} where id = $1 and deleted_at is null for update
),
changed as (
  update ${jobs} job
  set status = 'pending', scheduled_at = null, completed_at = null, locked_by = null, locked_at = null,
    updated_at = now()
  from target
  where job.id = $1 and target.status in ('scheduled', 'failed')
  returning ${OPERATED_COLUMNS}
)
${OPERATED_ANSWER}`,
};
