import type { StatementTemplate } from '../statement.js';

/**
 * Due jobs become reachable: scheduled or failed → pending.
 * Called by: the scheduler, per queue, again while a batch comes back full.
 * Guards: status and due time under a row lock that skips what others hold.
 * Index: kyu_jobs_due (queue, scheduled_at). Run twice, or by two processes at once: each job is promoted once.
 * $1 queue, $2 limit.
 */
export const promoteDueJobs: StatementTemplate = {
  name: 'promote-due-jobs',
  text: ({ jobs }) => `
with due as materialized (
  select id
  from ${jobs}
  where queue = $1 and status in ('scheduled', 'failed') and scheduled_at <= clock_timestamp() and deleted_at is null
  order by scheduled_at
  limit $2
  for update skip locked
)
update ${jobs} job
set status = 'pending', updated_at = now()
from due
where job.id = any (array[due.id])
returning job.id, job.job_type as type, job.priority, job.queue`,
};
