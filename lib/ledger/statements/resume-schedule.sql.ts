import type { StatementTemplate } from '../statement.js';

/**
 * A schedule goes on with its next tick; those of its rest were not missed, they were not wanted: what is missed counts
 * from `updated_at` on.
 * Called by: KyuSchedules.resume, in the caller's transaction or in one of Kyu's.
 * Guards: one that is not paused keeps its next tick. Index: kyu_schedules_pkey. Run twice: changes nothing more.
 * $1 app, $2 name, $3 next tick or null.
 */
export const resumeSchedule: StatementTemplate = {
  name: 'resume-schedule',
  text: ({ schedules }) => `
update ${schedules}
set next_run_at = case when paused_at is null then next_run_at else $3::timestamptz end,
  updated_at = case when paused_at is null then updated_at else clock_timestamp() end,
  paused_at = null
where app = $1 and name = $2
returning name`,
};
