import type { StatementTemplate } from '../statement.js';

/**
 * Schedules go; their jobs stay.
 * Called by: KyuSchedules.remove, and the sync of a provider for what it no longer lists.
 * Guards: nothing; a tick that is being fired at this moment is fired. Index: kyu_schedules_pkey.
 * Run twice: finds nothing.
 * $1 app, $2 names.
 */
export const removeSchedules: StatementTemplate = {
  name: 'remove-schedules',
  text: ({ schedules }) => `
delete from ${schedules}
where app = $1 and name = any($2::text[])
returning name`,
};
