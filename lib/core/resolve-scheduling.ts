import type { ConfigProblem } from './errors.js';
import { OptionScope } from './option-scope.js';
import { SYNC_PERIOD } from './option-rules.js';
import { describeValue } from './redact.js';
import { DEFAULT_SYNC_MS } from './resolve-schedule.js';
import type { ScheduleInput, ScheduleProvider } from './schedule.js';

/** The options of a module about schedules. */
interface SchedulingOptions {
  readonly schedules?: readonly ScheduleInput[];
  readonly scheduleProvider?: ScheduleProvider;
}

/** The same with every default applied. */
export interface ResolvedScheduling {
  readonly schedules: readonly ScheduleInput[];
  readonly scheduleProvider: ScheduleProvider | undefined;
  readonly scheduleSyncMs: number;
}

/** Where schedules come from; what the list holds is read later, when the handlers are known. */
export function readScheduling(
  { schedules, scheduleProvider }: SchedulingOptions,
  problems: ConfigProblem[],
): ResolvedScheduling {
  if (schedules !== undefined && !Array.isArray(schedules)) {
    const allowed = 'a list of schedules { name, cron, type, … }';
    problems.push({ field: 'schedules', value: describeValue(schedules), allowed });
  }
  return {
    schedules: Array.isArray(schedules) ? schedules : [],
    scheduleProvider,
    scheduleSyncMs: scheduleProvider === undefined ? DEFAULT_SYNC_MS : readPeriod(scheduleProvider, problems),
  };
}

/** It may be an instance of a class with members of its own, so other keys are left alone. */
function readPeriod(provider: ScheduleProvider, problems: ConfigProblem[]): number {
  if (typeof (provider as Partial<ScheduleProvider> | null)?.load !== 'function') {
    const allowed = 'an object with the method load(), and every: the time between two loads';
    problems.push({ field: 'scheduleProvider', value: describeValue(provider), allowed });
    return DEFAULT_SYNC_MS;
  }
  const scope = new OptionScope<ScheduleProvider>(problems, 'scheduleProvider', provider, []);
  return scope.durationMs('every', SYNC_PERIOD) ?? DEFAULT_SYNC_MS;
}
