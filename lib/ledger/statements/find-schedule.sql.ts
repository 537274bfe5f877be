import type { StatementTemplate } from '../statement.js';
import { SCHEDULE_COLUMNS } from './schedule-columns.js';

/**
 * One schedule.
 * Called by: KyuSchedules. Guards: nothing. Index: kyu_schedules_pkey. Run twice: answers the same.
 * $1 app, $2 name.
 */
export const findSchedule: StatementTemplate = {
  name: 'find-schedule',
  text: ({ schedules }) => `
select ${SCHEDULE_COLUMNS}
from ${schedules}
where app = $1 and name = $2`,
};
