import type { StatementTemplate } from '../statement.js';

/**
 * Keeps what an operator did.
 * Called by: `KyuAdmin`, in the transaction of what it tells of.
 * Guards: the primary key. A call that works in several batches records each under one id: the counts add up.
 * Index: kyu_audit_pkey.
 * $1 id, $2 actor, $3 action, $4 reason, $5 job, $6 queue, $7 job type, $8 selection, $9 affected.
 */
export const recordOperation: StatementTemplate = {
  name: 'record-operation',
  text: ({ audit }) => `
insert into ${audit} as known (id, actor, action, reason, job_id, queue, job_type, selection, affected)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (id) do update set affected = known.affected + excluded.affected`,
};
