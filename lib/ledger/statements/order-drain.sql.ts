import type { StatementTemplate } from '../statement.js';

/**
 * Asks a worker process to take nothing more. It reads the wish itself, and does the rest as in a shutdown.
 * Called by: `KyuAdmin.drainWorker`.
 * Guards: the row still lives. Index: kyu_workers_pkey. Run twice: the first instant stays, a wish to end is added.
 * $1 worker, $2 whether the process is to end afterwards.
 */
export const orderDrain: StatementTemplate = {
  name: 'order-drain',
  text: ({ workers }) => `
with ordered as (
  update ${workers}
  set drain_requested_at = coalesce(drain_requested_at, clock_timestamp()), drain_then_exit = drain_then_exit or $2::boolean
  where id = $1 and state in ('alive', 'draining')
  returning id, host, pid, queues, state, true as is_changed
)
select * from ordered
union all
select id, host, pid, queues, state, false
from ${workers}
where id = $1 and not exists (select from ordered)`,
};
