import { KyuConfigError, ScheduleConflictError, type ConfigProblem } from './errors.js';
import { readSchedule, type ScheduleReading } from './resolve-schedule.js';
import type { ScheduleDefinition, ScheduleSource } from './schedule.js';

/** A schedule as it stands in code, unchecked, and where. */
export interface WrittenSchedule {
  readonly schedule: unknown;
  readonly source: ScheduleSource;
  readonly place: string;
}

/**
 * Every schedule that code declares, checked.
 * @throws KyuConfigError with every mistake at once, each with its place
 */
export async function readDeclaredSchedules(
  written: readonly WrittenSchedule[],
  reading: ScheduleReading,
): Promise<ScheduleDefinition[]> {
  const problems: ConfigProblem[] = [];
  const definitions: ScheduleDefinition[] = [];
  for (const { schedule, source, place } of written) {
    const found: ConfigProblem[] = [];
    const definition = await readSchedule(schedule, source, reading, found);
    problems.push(...found.map((problem) => ({ ...problem, field: `${place}: ${problem.field}` })));
    if (definition !== undefined) definitions.push(definition);
  }
  if (problems.length > 0) throw new KyuConfigError(problems, 'The schedules of this application');
  return definitions;
}

/**
 * Before anything else is made of them: two schedules of one name would also be two handlers of one job type.
 * @throws ScheduleConflictError
 */
export function refuseRepeatedNames(written: readonly WrittenSchedule[]): void {
  const places = new Map<string, string>();
  for (const { schedule, place } of written) {
    const name: unknown = (schedule as { name?: unknown } | null | undefined)?.name;
    if (typeof name !== 'string') continue;
    const owner = places.get(name);
    if (owner !== undefined) throw new ScheduleConflictError(name, owner, place);
    places.set(name, place);
  }
}
