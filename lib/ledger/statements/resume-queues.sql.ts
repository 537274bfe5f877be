import type { StatementTemplate } from '../statement.js';

/**
 * Queues go on, or one job type in them does.
 * Called by: `KyuAdmin.resume` and `resumeType`, in the caller's transaction or in one of Kyu's.
 * Guards: nothing; a type that was paused by itself rests on when its queue goes on. Index: kyu_pauses_pkey.
 * Run twice: the second finds nothing and answers no queue.
 * $1 queues, $2 job type or ''.
 */
export const resumeQueues: StatementTemplate = {
  name: 'resume-queues',
  text: ({ pauses }) => `
delete from ${pauses}
where queue = any($1::text[]) and job_type = $2
returning queue`,
};
