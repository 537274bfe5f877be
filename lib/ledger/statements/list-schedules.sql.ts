import type { StatementTemplate } from '../statement.js';
import { SCHEDULE_COLUMNS } from './schedule-columns.js';

/**
 * Every schedule of an application, by name.
 * Called by: KyuSchedules, and the sync of a provider, which writes only what has changed.
 * Guards: nothing. Index: kyu_schedules_pkey. Run twice: answers the same.
 * $1 app.
 */
export const listSchedules: StatementTemplate = {
  name: 'list-schedules',
  text: ({ schedules }) => `
select ${SCHEDULE_COLUMNS}
from ${schedules}
where app = $1
order by name`,
};
