import type { StatementTemplate } from '../statement.js';
import { livingWorkers } from './living-workers.js';

/**
 * Jobs that wait or run, by queue and type; the oldest of those that wait; who could run them.
 * Called by: `KyuAdmin.overview` and `queueDetails`. Changes nothing.
 * Indexes: kyu_jobs_ready, from one queue, type and priority to the next, and no further than $1 jobs of each type;
 * kyu_jobs_running. Ids of the same priority are in the order of their age, so the oldest is the first of one of them.
 * $1 most that is counted of a type.
 */
export const readStandingGroups: StatementTemplate = {
  name: 'read-standing-groups',
  text: ({ jobs, workers, pauses }) => `
with recursive pair as (
  (
    select queue, job_type from ${jobs} where status = 'pending' order by queue, job_type limit 1
  )
  union all
  select next.queue, next.job_type
  from pair
  cross join lateral (
    select job.queue, job.job_type
    from ${jobs} job
    where job.status = 'pending' and (job.queue, job.job_type) > (pair.queue, pair.job_type)
    order by job.queue, job.job_type
    limit 1
  ) next
),
waiting as materialized (
  select pair.queue, pair.job_type,
    (
      select count(*) from (
        select from ${jobs} job
        where job.status = 'pending' and job.queue = pair.queue and job.job_type = pair.job_type
        limit $1
      ) counted
    ) as pending,
    (
      with recursive level as (
        (
          select job.priority, job.updated_at, 1 as depth
          from ${jobs} job
          where job.status = 'pending' and job.queue = pair.queue and job.job_type = pair.job_type
          order by job.priority desc, job.id
          limit 1
        )
        union all
        select next.priority, next.updated_at, level.depth + 1
        from level
        cross join lateral (
          select job.priority, job.updated_at
          from ${jobs} job
          where job.status = 'pending' and job.queue = pair.queue and job.job_type = pair.job_type
            and job.priority < level.priority
          order by job.priority desc, job.id
          limit 1
        ) next
        where level.depth < 100
      )
      select extract(epoch from clock_timestamp() - min(updated_at)) * 1000 from level
    ) as oldest_ms
  from (select * from pair limit 2000) pair
),
active as materialized (
  select queue, job_type, count(*) as running from ${jobs} where status = 'running' group by queue, job_type
),
known as (
  select queue, job_type, coalesce(pending, 0) as pending, coalesce(running, 0) as running, oldest_ms
  from waiting full join active using (queue, job_type)
)
select known.queue, known.job_type as type, pending, running, oldest_ms, living.count as live_workers, living.able as able_workers,
  exists (
    select from ${pauses} pause where pause.queue = known.queue and pause.job_type in ('', known.job_type)
  ) as is_paused
from known
cross join lateral (${livingWorkers(workers, 'known.queue', 'known.job_type')}) living
order by 1, 2`,
};
