import type { StatementTemplate } from '../statement.js';

/**
 * The head of a job type's line, in claim order.
 * Called by: the reconciler, to tell the dispatcher what it should know. By state and never by id: ids are taken
 * before commit, so a row with an older id can appear behind a newer one.
 * Index: kyu_jobs_ready. Changes nothing.
 * $1 queue, $2 job type, $3 limit.
 */
export const listFirstPending: StatementTemplate = {
  name: 'list-first-pending',
  text: ({ jobs }) => `
select id, priority
from ${jobs}
where queue = $1 and job_type = $2 and status = 'pending' and deleted_at is null
order by priority desc, id
limit $3`,
};
