import { CronExpression } from './cron-expression.js';
import type { ScheduleDefinition } from './schedule.js';

/** The first tick of a schedule that is written now, in ms since 1970; `null` when there is none. */
export function firstTickOf(
  { cron, timezone }: Pick<ScheduleDefinition, 'cron' | 'timezone'>,
  nowMs: number,
): number | null {
  return CronExpression.parse(cron, timezone).after(nowMs);
}
