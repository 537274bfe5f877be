import type { StatementTemplate } from '../statement.js';
import { mayLiveAgain } from './may-live-again.js';

/**
 * Redrive: failed, dead or cancelled → pending, with a full set of attempts for dead and cancelled jobs.
 * Called by: `KyuAdmin.retry`, in the caller's transaction or alone.
 * Guards: the status, on the newest version of the row. The run number stays: it is the fence and only grows.
 * A request to cancel is forgotten: who runs a job again wants it to run.
 * The owner is cleared, although no job that may be redriven has one: PostgreSQL checks the constraints of the row
 * version that was there when the statement began, which may have run, before it turns to the newest.
 * A job whose unique key another one holds by now stays as it is; the answer is the status that it has.
 * Indexes: kyu_jobs_pkey, kyu_jobs_unique. Run twice: the second answers `pending` and changes nothing.
 * $1 id.
 */
export const retryJob: StatementTemplate = {
  name: 'retry-job',
  text: ({ jobs }) => `
with target as materialized (
  select id, status from ${jobs} where id = $1 and deleted_at is null for update
),
changed as (
  update ${jobs} job
  set status = 'pending', completed_at = null, scheduled_at = null, locked_by = null, locked_at = null, updated_at = now(),
    retry_count = case when target.status = 'failed' then job.retry_count else 0 end,
    crash_count = 0, cancel_requested_at = null, cancel_reason = null
  from target
  where job.id = $1 and target.status in ('failed', 'dead', 'cancelled')
    and ${mayLiveAgain(jobs, 'job')}
  returning job.id, job.queue, job.job_type as type, job.priority
)
select target.status, changed.id, changed.queue, changed.type, changed.priority
from target left join changed on true`,
};
