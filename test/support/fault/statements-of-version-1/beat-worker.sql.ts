import type { StatementTemplate } from '../../../../lib/ledger/statement.js';

/**
 * Renews the process lease by the database's clock.
 * Called by: the lease keeper every beat.
 * Guards: the row still lives. No row = this worker was buried; it never rises again under this id.
 * Index: kyu_workers_pkey; no indexed column changes, so the update stays in its page.
 * $1 id, $2 lease ms.
 */
export const beatWorker: StatementTemplate = {
  name: 'beat-worker',
  text: ({ workers }) => `
update ${workers}
set heartbeat_at = clock_timestamp(), lease_expires_at = clock_timestamp() + $2 * interval '1 millisecond'
where id = $1 and state in ('alive', 'draining')
returning 1`,
};
