import type { StatementTemplate } from '../statement.js';
import { OPERATED_ANSWER, OPERATED_COLUMNS } from './operated-columns.js';
import { rescheduled } from './rescheduled.js';

/**
 * A scheduled, pending or failed job gets another time.
 * Called by: `KyuAdmin.reschedule`, in the caller's transaction or in one of Kyu's.
 * Guards: the status, on the newest version of the row. A hint that the dispatcher still holds of a job that waits
 * again is refused by the claim. Index: kyu_jobs_pkey. Run twice: writes the same again, a delay counted anew.
 * Answers the status found, and the job when it changed.
 * $1 id, $2 ms from now or null, $3 instant or null.
 */
export const rescheduleJob: StatementTemplate = {
  name: 'reschedule-job',
  text: ({ jobs }) => `
with target as materialized (
  select id, status from ${jobs} where id = $1 and deleted_at is null for update
),
changed as (
  update ${jobs} job
  set ${rescheduled('$2', '$3')}
  from target
  where job.id = $1 and target.status in ('scheduled', 'pending', 'failed')
  returning ${OPERATED_COLUMNS}
)
${OPERATED_ANSWER}`,
};
