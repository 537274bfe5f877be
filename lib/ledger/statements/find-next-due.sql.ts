import type { StatementTemplate } from '../statement.js';

/**
 * How long until the next job of a queue is due.
 * Called by: the scheduler after a promotion, to tick in time rather than at the next whole second.
 * Index: kyu_jobs_due, one entry. Changes nothing.
 * $1 queue.
 */
export const findNextDue: StatementTemplate = {
  name: 'find-next-due',
  text: ({ jobs }) => `
select extract(epoch from scheduled_at - clock_timestamp()) * 1000 as due_in_ms
from ${jobs}
where queue = $1 and status in ('scheduled', 'failed') and deleted_at is null
order by scheduled_at
limit 1`,
};
