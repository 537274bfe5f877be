import type { StatementTemplate } from '../statement.js';

/**
 * Takes a duty for one tick, queue by queue. There is no leader: whoever takes the row first does the work.
 * Called by: the duty loops of every worker process, each about once in its period.
 * Guards: due_at, under a row lock that skips what another process takes at this moment. The work itself happens
 * after this statement and is safe to do twice, so nothing depends on the turn being unique.
 * After a gap between two ticks longer than $4, heartbeats may have been lost together with the ticks (the database
 * was away): the duty stays quiet until every living worker had the time to beat again.
 * Index: kyu_duties_pkey. Run twice: the second finds nothing due.
 * $1 queues, $2 duty, $3 period ms, $4 longest gap ms, $5 quiet ms.
 */
export const takeDuty: StatementTemplate = {
  name: 'take-duty',
  text: ({ duties }) => `
with
-- A row that is missing (a new queue, a truncated table) is there from the next tick on.
seeded as (
  insert into ${duties} (duty, queue)
  select $2, queue from unnest($1::text[]) as queue
  where not exists (select from ${duties} known where known.duty = $2 and known.queue = queue.queue)
  on conflict do nothing
),
turn as materialized (
  select queue, extract(epoch from clock_timestamp() - last_ran_at) * 1000 as gap
  from ${duties}
  where duty = $2 and queue = any($1::text[]) and due_at <= clock_timestamp()
  order by queue
  for update skip locked
)
update ${duties} known
set due_at = clock_timestamp() + $3::float8 * interval '1 millisecond',
  last_ran_at = clock_timestamp(),
  quiet_until = case
    when coalesce(turn.gap, $4::float8 + 1) > $4::float8 then clock_timestamp() + $5::float8 * interval '1 millisecond'
    else known.quiet_until
  end
from turn
where known.duty = $2 and known.queue = turn.queue
returning known.queue, turn.gap as gap_ms,
  greatest(0, extract(epoch from known.quiet_until - clock_timestamp()) * 1000) as quiet_ms`,
};
