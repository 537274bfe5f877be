import type { StatementTemplate } from '../statement.js';

/**
 * Declares workers dead whose lease is over: alive or draining → dead, for good.
 * Called by: the reaper, for workers that serve its queues, and never within the quiet time after a gap.
 * Guards: the lease by the database's clock; a beat that comes later finds no living row. Half a second of grace
 * leaves the worker's own watchdog the first move.
 * Rows of workers that ended a day ago are removed on the way.
 * Index: none; the table has one small row per process. Run twice: the second finds nobody.
 * $1 queues.
 */
export const buryWorkers: StatementTemplate = {
  name: 'bury-workers',
  text: ({ workers }) => `
with forgotten as (
  delete from ${workers}
  where state in ('stopped', 'dead') and heartbeat_at < now() - interval '1 day' and queues && $1::text[]
)
update ${workers}
set state = 'dead'
where state in ('alive', 'draining')
  and lease_expires_at < clock_timestamp() - interval '500 milliseconds'
  and queues && $1::text[]
returning id, host, pid`,
};
