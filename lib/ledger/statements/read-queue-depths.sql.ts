import type { StatementTemplate } from '../statement.js';
import { queueState } from './queue-state.js';

/**
 * The state of queues for people: what is few is counted to its end, what is many is estimated from a sample of the
 * table's pages, always the same ones, so that the figures of one look can be held against those of the next.
 * Called by: `KyuAdmin.queueDetails`. Changes nothing.
 * Indexes: kyu_jobs_ready, kyu_jobs_due, kyu_jobs_running and kyu_jobs_dead, each no further than $2 entries of a queue;
 * and at most $3 pages of the table, only when one of those is more than that.
 * $1 queues, $2 most that is counted of a kind in a queue, $3 pages of the sample.
 */
export const readQueueDepths: StatementTemplate = {
  name: 'read-queue-depths',
  text: ({ jobs, workers, pauses }) => `
with size as materialized (
  select pg_relation_size('${jobs}') / current_setting('block_size')::bigint as pages
),
counted as materialized (
  select wanted.queue,
    (
      select count(*) from (
        select from ${jobs} where queue = wanted.queue and status = 'pending' and deleted_at is null limit $2
      ) counted
    ) as pending,
    (
      select count(*) from (select from ${jobs} where queue = wanted.queue and status = 'running' limit $2) counted
    ) as running,
    (
      select count(*) from (
        select from ${jobs} where queue = wanted.queue and status = 'dead' and deleted_at is null limit $2
      ) counted
    ) as dead,
    waiting.scheduled,
    waiting.failed
  from unnest($1::text[]) as wanted (queue)
  cross join lateral (
    select count(*) filter (where status = 'scheduled') as scheduled, count(*) filter (where status = 'failed') as failed
    from (
      select status from ${jobs}
      where queue = wanted.queue and status in ('scheduled', 'failed') and deleted_at is null
      order by scheduled_at
      limit $2
    ) soonest
  ) waiting
),
sample as materialized (
  select queue, status, count(*) * greatest(1, (select pages from size)::float8 / $3) as estimate
  from ${jobs} tablesample system (least(100, 100 * $3::float8 / greatest(1, (select pages from size)))) repeatable (0)
  where (select bool_or(greatest(pending, running, dead, scheduled + failed) >= $2) from counted)
    and status in ('pending', 'running', 'dead', 'scheduled', 'failed') and deleted_at is null
  group by queue, status
)
select counted.queue, pending, running, dead, scheduled, failed,
  (select jsonb_object_agg(status, round(estimate)) from sample where sample.queue = counted.queue) as estimates,
  ${queueState({ workers, pauses }, 'counted.queue')}
from counted`,
};
