import type { StatementTemplate } from '../statement.js';

/**
 * Declares one worker dead whose process is known to have ended, however long its lease still is.
 * Called by: `KyuAdmin.buryWorker`, for a supervisor that has seen the process end.
 * Guards: alive or draining → dead, for good; a process that lives all the same finds no living row at its next beat,
 * and settles nothing.
 * Index: kyu_workers_pkey. Run twice: the second changes nothing.
 * $1 worker.
 */
export const buryWorker: StatementTemplate = {
  name: 'bury-worker',
  text: ({ workers }) => `
with buried as (
  update ${workers}
  set state = 'dead', lease_expires_at = least(lease_expires_at, clock_timestamp())
  where id = $1 and state in ('alive', 'draining')
  returning id, host, pid, queues, state, true as is_changed
)
select * from buried
union all
select id, host, pid, queues, state, false
from ${workers}
where id = $1 and not exists (select from buried)`,
};
