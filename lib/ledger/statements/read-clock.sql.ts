import type { StatementTemplate } from '../statement.js';

/**
 * The database's clock, in ms since 1970: first ticks of schedules are counted from it, and from no process's own.
 * Called by: the door for schedules, before a schedule is written or resumed.
 * Guards: nothing. Index: none. Run twice: answers later.
 */
export const readClock: StatementTemplate = {
  name: 'read-clock',
  text: () => `select extract(epoch from clock_timestamp()) * 1000 as now_ms`,
};
