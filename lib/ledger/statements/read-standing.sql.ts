import type { StatementTemplate } from '../statement.js';
import { livingWorkers } from './living-workers.js';

/**
 * Everything that decides when one job runs, at one instant.
 * Called by: `KyuAdmin.explain`. Changes nothing.
 * Indexes: kyu_jobs_pkey; for those ahead kyu_jobs_ready, at most $2 entries of each kind.
 * $1 id, $2 most jobs ahead that are counted.
 */
export const readStanding: StatementTemplate = {
  name: 'read-standing',
  text: ({ jobs, workers, pauses }) => `
select job.id, job.job_type, job.queue, job.status, job.priority, job.retry_count, job.max_retries, job.error_message,
  job.scheduled_at, job.completed_at, job.locked_by,
  extract(epoch from job.scheduled_at - clock_timestamp()) * 1000 as due_in_ms,
  extract(epoch from clock_timestamp() - job.locked_at) * 1000 as running_for_ms,
  case when job.status = 'pending' then higher.count + older.count else 0 end as ahead,
  exists (select from ${pauses} where queue = job.queue and job_type = '') as is_queue_paused,
  exists (select from ${pauses} where queue = job.queue and job_type = job.job_type) as is_type_paused,
  living.count as live_workers,
  living.able as able_workers
from ${jobs} job
cross join lateral (
  select count(*) as count
  from (
    select from ${jobs} other
    where other.status = 'pending' and other.queue = job.queue and other.job_type = job.job_type
      and other.priority > job.priority
    limit $2
  ) counted
) higher
cross join lateral (
  select count(*) as count
  from (
    select from ${jobs} other
    where other.status = 'pending' and other.queue = job.queue and other.job_type = job.job_type
      and other.priority = job.priority and other.id < job.id
    limit $2
  ) counted
) older
cross join lateral (${livingWorkers(workers, 'job.queue', 'job.job_type')}) living
where job.id = $1 and job.deleted_at is null`,
};
