import type { StatementTemplate } from '../statement.js';

/**
 * Redrives many: failed, dead or cancelled jobs that match → pending.
 * Called by: `KyuAdmin.retryMany`, batch by batch.
 * Guards: the status under a row lock that skips what others hold. Run twice: continues with the next ones.
 * Each batch begins after the last id of the one before: a job that is dead again by then would else be taken again,
 * and again, while those behind it wait.
 * Index: kyu_jobs_pkey from $5 on: a plan that is made for any statuses cannot use the index of one of them.
 * $1 statuses, $2 job types or null, $3 queues or null, $4 limit, $5 id after which, or null.
 */
export const retryJobs: StatementTemplate = {
  name: 'retry-jobs',
  text: ({ jobs }) => `
with target as materialized (
  select id, status from ${jobs}
  where deleted_at is null
    and status = any($1::text[]) and status in ('failed', 'dead', 'cancelled')
    and ($2::text[] is null or job_type = any($2::text[]))
    and ($3::text[] is null or queue = any($3::text[]))
    and ($5::uuid is null or id > $5::uuid)
  order by id
  limit $4
  for update skip locked
)
update ${jobs} job
set status = 'pending', completed_at = null, scheduled_at = null, updated_at = now(),
  retry_count = case when target.status = 'failed' then job.retry_count else 0 end,
  crash_count = 0, cancel_requested_at = null, cancel_reason = null
from target
where job.id = any (array[target.id])
returning job.id, job.queue, job.job_type as type, job.priority`,
};
