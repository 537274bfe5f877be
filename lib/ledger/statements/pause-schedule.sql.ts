import type { StatementTemplate } from '../statement.js';

/**
 * A schedule takes a rest: its ticks pass by.
 * Called by: KyuSchedules.pause, in the caller's transaction or in one of Kyu's.
 * Guards: nothing; a tick that is being fired at this moment is fired. Index: kyu_schedules_pkey.
 * Run twice: the first instant stays.
 * $1 app, $2 name.
 */
export const pauseSchedule: StatementTemplate = {
  name: 'pause-schedule',
  text: ({ schedules }) => `
update ${schedules}
set paused_at = coalesce(paused_at, clock_timestamp())
where app = $1 and name = $2
returning name`,
};
