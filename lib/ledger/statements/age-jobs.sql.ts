import type { StatementTemplate } from '../statement.js';

/**
 * Pending jobs that have waited gain one step of priority, as long as something more important is pending in their queue.
 * Called by: the aging duty, once per interval and queue.
 * Guards: status = 'pending' and the priority that was read, under a row lock that skips what others hold.
 * Of each job type and priority only the first $3 in claim order are looked at: what stands behind them is claimed
 * behind them, so it is next when they have moved up. Jobs that became pending later than $2 ago stay as they are.
 * Index: kyu_jobs_ready, one descent per job type and priority (a skip scan by hand), then a short walk for each.
 * Run twice: another step. That a job gains one step per interval is kept by the duty's turn.
 * $1 queue, $2 ms that a job must have waited, $3 jobs per type and priority.
 */
export const ageJobs: StatementTemplate = {
  name: 'age-jobs',
  text: ({ jobs }) => `
with recursive level as (
  (
    select job_type, priority from ${jobs}
    where queue = $1 and status = 'pending'
    order by job_type, priority desc limit 1
  )
  union all
  select next.job_type, next.priority
  from level
  cross join lateral (
    (
      select job_type, priority, 1 as step from ${jobs}
      where queue = $1 and status = 'pending' and job_type = level.job_type and priority < level.priority
      order by priority desc limit 1
    )
    union all
    (
      select job_type, priority, 2 as step from ${jobs}
      where queue = $1 and status = 'pending' and job_type > level.job_type
      order by job_type, priority desc limit 1
    )
    order by step limit 1
  ) next
),
waiting as materialized (
  select head.id
  from level
  cross join lateral (
    select id, updated_at from ${jobs}
    where queue = $1 and status = 'pending' and job_type = level.job_type and priority = level.priority
    order by id
    limit $3
    for update skip locked
  ) head
  where level.priority < (select max(priority) from level)
    and head.updated_at <= clock_timestamp() - $2::float8 * interval '1 millisecond'
)
update ${jobs} job
set priority = job.priority + 1
from waiting
where job.id = any (array[waiting.id]) and coalesce(job.status, '') = 'pending'
returning job.id, job.job_type as type, job.priority, job.queue`,
};
