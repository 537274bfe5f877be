import type { StatementTemplate } from '../statement.js';

/**
 * An orderly shutdown: alive → draining → stopped.
 * Called by: the lease keeper.
 * Guards: never from dead. A draining worker still beats but claims nothing more. Index: kyu_workers_pkey.
 * Run twice: writes the same again.
 * $1 id, $2 state.
 */
export const changeWorkerState: StatementTemplate = {
  name: 'change-worker-state',
  text: ({ workers }) => `
update ${workers}
set state = $2, heartbeat_at = clock_timestamp()
where id = $1 and state in ('alive', 'draining')`,
};
