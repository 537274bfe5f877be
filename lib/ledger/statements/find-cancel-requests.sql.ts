import type { StatementTemplate } from '../statement.js';

/**
 * Which running jobs of some workers somebody wants to end.
 * Called by: the cancel watch of a worker pool, about once a second while runs are under way.
 * Index: kyu_jobs_cancelling (locked_by), which holds nothing but such jobs: whoever has an owner runs. The status is not
 * asked for, because the planner would then walk kyu_jobs_running, which stale statistics call empty. Changes nothing.
 * $1 workers.
 */
export const findCancelRequests: StatementTemplate = {
  name: 'find-cancel-requests',
  text: ({ jobs }) => `
select id, run, cancel_reason as reason
from ${jobs}
where locked_by = any($1::uuid[]) and locked_by is not null and cancel_requested_at is not null`,
};
