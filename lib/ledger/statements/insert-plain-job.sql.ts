import type { StatementTemplate } from '../statement.js';

/**
 * insert-plain-jobs for one draft. In the caller's transaction a statement has no name and is planned at each use:
 * planning and running this one takes a fifth of what insert-jobs takes there.
 * Called by: the producer's intake, alone or inside the caller's transaction.
 * Guards: the primary key. An error would end the caller's transaction, so it answers the id that it wrote, or nothing.
 * Run twice with the same id (a lost reply): writes and answers nothing; the intake then asks insert-jobs.
 * Index: none is read; the table is only written to.
 * $1 id, $2 queue, $3 job type, $4 priority, $5 payload, $6 most retries, $7 timeout ms.
 */
export const insertPlainJob: StatementTemplate = {
  name: 'insert-plain-job',
  text: ({ jobs }) => `
insert into ${jobs} (id, queue, job_type, priority, payload, max_retries, timeout_ms)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (id) do nothing
returning id`,
};
