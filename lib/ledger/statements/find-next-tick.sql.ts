import type { StatementTemplate } from '../statement.js';
import { LEDGER_SOURCES } from './schedule-columns.js';

/**
 * How long it is until the next tick that has not come.
 * Called by: the cron ticker, so that it can wake in time.
 * Guards: nothing. Index: kyu_schedules_due (app, next_run_at). Run twice: answers the same.
 * $1 app, $2 names that code declares.
 */
export const findNextTick: StatementTemplate = {
  name: 'find-next-tick',
  text: ({ schedules }) => `
select extract(epoch from next_run_at - clock_timestamp()) * 1000 as due_in_ms
from ${schedules}
where app = $1 and paused_at is null and next_run_at > now()
  and (source in ${LEDGER_SOURCES} or name = any($2::text[]))
order by next_run_at
limit 1`,
};
