import { CronExpression } from '../core/cron-expression.js';
import {
  InvalidQueryError,
  InvalidScheduleError,
  ScheduleConflictError,
  ScheduleNotFoundError,
  type ConfigProblem,
} from '../core/errors.js';
import { firstTickOf } from '../core/first-tick.js';
import type { JobReference } from '../core/job-definition.js';
import type { JobId } from '../core/job.js';
import type { ScheduleLedger } from '../core/ports/schedule-ledger.js';
import { describeValue } from '../core/redact.js';
import { readSchedule, type ScheduleReading } from '../core/resolve-schedule.js';
import type { EnqueueOptions } from '../core/resolve-enqueue-options.js';
import type { Schedule, ScheduleInput } from '../core/schedule.js';

/** What the schedules work with. */
export interface SchedulesParts {
  readonly app: string;
  readonly schedules: ScheduleLedger;
  readonly reading: () => ScheduleReading;
  readonly enqueue: (type: string, payload: unknown, options: EnqueueOptions) => Promise<{ id: JobId }>;
  /** Asks the provider now. */
  readonly sync: () => Promise<void>;
}

/** A preview longer than this is no preview. */
const MOST_TICKS = 1_000;

/** Looks at the schedules of an application and changes them. Called by application code. */
export class Schedules {
  constructor(private readonly parts: SchedulesParts) {}

  /**
   * Adds a schedule, or changes the one of this name. One whose expression and zone stay the same keeps its next tick;
   * a paused one stays paused.
   * @throws InvalidScheduleError with every mistake at once
   * @throws ScheduleConflictError when the name belongs to code or to a provider
   * @throws LedgerUnavailableError when PostgreSQL does not answer
   * @example
   * await this.schedules.upsert({ name: 'tenant-42', cron: '0 7 * * *', timezone: 'Europe/Berlin', type: 'sync', payload: { tenant: 42 } });
   */
  async upsert<Reference extends JobReference>(schedule: ScheduleInput<Reference>): Promise<Schedule> {
    const problems: ConfigProblem[] = [];
    const definition = await readSchedule(schedule, 'dynamic', this.parts.reading(), problems);
    if (definition === undefined) throw new InvalidScheduleError(nameOf(schedule), problems);
    const { app, schedules } = this.parts;
    const firstTickMs = firstTickOf(definition, await schedules.nowMs());
    const refused = await schedules.upsert(app, [{ definition, firstTickMs }], ['dynamic']);
    const written = await this.get(definition.name);
    if (refused.length === 0) return written;
    throw new ScheduleConflictError(
      definition.name,
      `one of ${written.source}`,
      'one of KyuSchedules.upsert',
    );
  }

  /**
   * One schedule, with its last tick and its next.
   * @throws ScheduleNotFoundError
   */
  async get(name: string): Promise<Schedule> {
    const schedule = await this.parts.schedules.find(this.parts.app, name);
    if (schedule === undefined) throw new ScheduleNotFoundError(describeValue(name));
    return schedule;
  }

  /** Every schedule of the application, by name, each with its last tick and its next. */
  list(): Promise<Schedule[]> {
    return this.parts.schedules.list(this.parts.app);
  }

  /**
   * Its ticks pass by until it is resumed, across restarts and deployments. Jobs that exist go on.
   * @throws ScheduleNotFoundError
   */
  async pause(name: string): Promise<Schedule> {
    const isThere = await this.parts.schedules.pause(this.parts.app, name);
    if (!isThere) throw new ScheduleNotFoundError(describeValue(name));
    return this.get(name);
  }

  /**
   * It goes on with its next tick. Those of its rest are not caught up.
   * @throws ScheduleNotFoundError
   */
  async resume(name: string): Promise<Schedule> {
    const { app, schedules } = this.parts;
    const nextMs = firstTickOf(await this.get(name), await schedules.nowMs());
    if (!(await schedules.resume(app, name, nextMs))) throw new ScheduleNotFoundError(describeValue(name));
    return this.get(name);
  }

  /**
   * It is gone; its jobs stay. One that code declares comes back at the next start: pause it instead.
   * @throws ScheduleNotFoundError
   */
  async remove(name: string): Promise<void> {
    const removed = await this.parts.schedules.remove(this.parts.app, [name]);
    if (removed.length === 0) throw new ScheduleNotFoundError(describeValue(name));
  }

  /**
   * The ticks to come, whether it is paused or not; without the jitter.
   * @param count 1 to 1,000. Default 5.
   * @throws ScheduleNotFoundError
   * @throws InvalidQueryError
   */
  async next(name: string, count = 5): Promise<Date[]> {
    if (!Number.isInteger(count) || count < 1 || count > MOST_TICKS) {
      const allowed = `a whole number from 1 to ${MOST_TICKS}`;
      throw new InvalidQueryError('count', describeValue(count), allowed);
    }
    const { cron, timezone } = await this.get(name);
    const nowMs = await this.parts.schedules.nowMs();
    return CronExpression.parse(cron, timezone)
      .nextTicks(count, nowMs)
      .map((tick) => new Date(tick));
  }

  /**
   * Enqueues a job of the schedule at once, besides its plan: ticks, pause and overlap know nothing of it.
   * @throws ScheduleNotFoundError
   */
  async runNow(name: string): Promise<{ id: JobId }> {
    const { type, payload, queue, options } = await this.get(name);
    const { id } = await this.parts.enqueue(type, payload, { ...options, queue });
    return { id };
  }

  /** Asks the provider of this process now, without waiting for its period. Does nothing when there is none. */
  sync(): Promise<void> {
    return this.parts.sync();
  }
}

function nameOf(schedule: unknown): string {
  const name: unknown = (schedule as Partial<ScheduleInput> | null | undefined)?.name;
  return typeof name === 'string' ? describeValue(name) : 'without a name';
}
