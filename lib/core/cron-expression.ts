import { Cron } from 'croner';

/** Parsing costs more than asking, and a schedule is asked at every tick. */
const MOST_REMEMBERED = 10_000;

/** Ticks fall on whole seconds. */
const SECOND_MS = 1_000;

/**
 * The ticks of a cron expression in a time zone, as instants in ms since 1970. The only file that knows which library
 * does the calendar.
 *
 * When clocks change, a schedule whose hours, minutes and seconds are all named (no `*`, no step) keeps its count of
 * runs: a time that does not exist runs at the first instant after the gap, one that exists twice runs at the first.
 * Any other schedule follows the clock on the wall: it leaves out what does not exist and runs at what exists twice.
 */
export class CronExpression {
  private static readonly remembered = new Map<string, CronExpression>();

  private constructor(private readonly cron: Cron) {}

  /** @throws Error that says in words what is wrong with the expression or the zone */
  static parse(expression: string, timezone: string): CronExpression {
    const key = `${timezone} ${expression}`;
    const known = CronExpression.remembered.get(key);
    if (known !== undefined) return known;
    const parsed = new CronExpression(
      new Cron(expression, { paused: true, mode: '5-or-6-parts', timezone, fixedTimeRule: 'no-wildcard' }),
    );
    if (CronExpression.remembered.size >= MOST_REMEMBERED) CronExpression.remembered.clear();
    CronExpression.remembered.set(key, parsed);
    return parsed;
  }

  /** The first tick after this instant; `null` when there is none any more. */
  after(instantMs: number): number | null {
    return this.cron.nextRun(new Date(instantMs))?.getTime() ?? null;
  }

  /** The first tick at this instant or after it. */
  atOrAfter(instantMs: number): number | null {
    return this.after(Math.ceil(instantMs / SECOND_MS) * SECOND_MS - SECOND_MS);
  }

  /** The last tick at this instant or before it; `null` when there was none. */
  atOrBefore(instantMs: number): number | null {
    const endOfSecondMs = Math.floor(instantMs / SECOND_MS) * SECOND_MS + SECOND_MS;
    return this.cron.previousRuns(1, new Date(endOfSecondMs))[0]?.getTime() ?? null;
  }

  /** The next ticks after this instant, at most so many. */
  nextTicks(count: number, afterMs: number): number[] {
    return this.cron.nextRuns(count, new Date(afterMs)).map((tick) => tick.getTime());
  }
}

/** Whether the platform knows the time zone, by its IANA name. */
export function isTimezone(value: unknown): value is string {
  if (typeof value !== 'string' || value === '') return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** What is wrong with an expression, in words; nothing when it can be used. */
export function complaintAbout(expression: string, timezone: string, nowMs: number): string | undefined {
  // It stands for the moment of parsing, which every process has its own.
  if (expression.includes('?')) return 'it has a "?"';
  try {
    const cron = CronExpression.parse(expression, timezone);
    return cron.after(nowMs) === null ? 'it never comes' : undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
