import type { StatementTemplate } from '../statement.js';
import { queueState } from './queue-state.js';

/**
 * The state of each queue: living jobs by status, dead ones, age of the oldest pending one, living workers, what rests.
 * Called by: metrics at scrape time and health, at most once a second.
 * Indexes: the four partial ones, so finished jobs cost nothing. Changes nothing.
 * $1 queues.
 */
export const readQueues: StatementTemplate = {
  name: 'read-queues',
  text: ({ jobs, workers, pauses }) => `
select wanted.queue,
  pending.count as pending,
  pending.oldest_ms,
  waiting.scheduled,
  waiting.failed,
  (select count(*) from ${jobs} where queue = wanted.queue and status = 'running') as running,
  (select count(*) from ${jobs} where queue = wanted.queue and status = 'dead' and deleted_at is null) as dead,
  ${queueState({ workers, pauses }, 'wanted.queue')}
from unnest($1::text[]) as wanted (queue)
cross join lateral (
  select count(*) as count, extract(epoch from clock_timestamp() - min(updated_at)) * 1000 as oldest_ms
  from ${jobs}
  where queue = wanted.queue and status = 'pending' and deleted_at is null
) pending
cross join lateral (
  select count(*) filter (where status = 'scheduled') as scheduled, count(*) filter (where status = 'failed') as failed
  from ${jobs}
  where queue = wanted.queue and status in ('scheduled', 'failed') and deleted_at is null
) waiting`,
};
