import type { StatementTemplate } from '../statement.js';

/**
 * Whether somebody wants this worker to take nothing more.
 * Called by: each worker process, once a second.
 * Index: kyu_workers_pkey. Changes nothing.
 * $1 worker.
 */
export const findDrainOrder: StatementTemplate = {
  name: 'find-drain-order',
  text: ({ workers }) => `
select drain_then_exit from ${workers} where id = $1 and drain_requested_at is not null and state = 'alive'`,
};
