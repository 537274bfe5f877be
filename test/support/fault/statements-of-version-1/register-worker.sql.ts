import type { StatementTemplate } from '../../../../lib/ledger/statement.js';

/**
 * A worker process says that it lives.
 * Called by: the lease keeper at start, and again under a new id after a burial.
 * Index: kyu_workers_pkey. Run twice with the same id (a lost reply): renews the lease, never revives a dead row.
 * $1 id, $2 host, $3 pid, $4 version, $5 queues, $6 concurrency, $7 lease ms.
 */
export const registerWorker: StatementTemplate = {
  name: 'register-worker',
  text: ({ workers }) => `
insert into ${workers} as worker (id, host, pid, version, queues, concurrency, lease_expires_at)
values ($1, $2, $3, $4, $5, $6, now() + $7 * interval '1 millisecond')
on conflict (id) do update
set lease_expires_at = excluded.lease_expires_at, heartbeat_at = now()
where worker.state = 'alive'`,
};
