import type { StatementTemplate } from '../statement.js';

/**
 * Queues take a rest, or one job type in them does; every claim statement looks here.
 * Called by: `KyuAdmin.pause` and `pauseType`, in the caller's transaction or in one of Kyu's.
 * Guards: the primary key; what rests already stays as it is. Index: kyu_pauses_pkey.
 * Run twice: the second writes nothing and answers no queue. In the order of names, so that two cannot deadlock.
 * $1 queues, $2 job type or '', $3 actor, $4 reason.
 */
export const pauseQueues: StatementTemplate = {
  name: 'pause-queues',
  text: ({ pauses }) => `
insert into ${pauses} (queue, job_type, actor, reason)
select distinct queue, $2, $3, $4
from unnest($1::text[]) as wanted (queue)
order by queue
on conflict do nothing
returning queue`,
};
