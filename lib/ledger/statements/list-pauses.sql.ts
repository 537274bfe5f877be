import type { StatementTemplate } from '../statement.js';

/**
 * What rests of these queues.
 * Called by: workers, so that they take no hint of what they could not claim; twice a second while something rests.
 * Index: kyu_pauses_pkey. Changes nothing.
 * $1 queues.
 */
export const listPauses: StatementTemplate = {
  name: 'list-pauses',
  text: ({ pauses }) => `
select queue, job_type, paused_at, actor, reason
from ${pauses}
where queue = any($1::text[])
order by queue, job_type`,
};
