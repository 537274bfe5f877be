import { complaintAbout, CronExpression, isTimezone } from '../core/cron-expression.js';
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
import type { JobStatus } from '../core/job-status.js';
import type { AuditAction } from '../core/ports/audit-trail.js';
import type { OperatorDoors } from '../core/ports/operator-doors.js';
import { describeValue } from '../core/redact.js';
import { isStorable } from '../core/storable-text.js';
import { readSchedule, type ScheduleReading } from '../core/resolve-schedule.js';
import type { EnqueueOptions } from '../core/resolve-enqueue-options.js';
import type { Schedule, ScheduleInput } from '../core/schedule.js';
import { refuseUnknownKeys } from './argument-readers.js';
import {
  MANAGER_KEYS,
  newEntry,
  OPERATOR_KEYS,
  readOperator,
  type OperatorOptions,
  type WithManager,
} from './operator-options.js';
import { detailsOf, previewOf, type ScheduleDetails, type SchedulePreview } from './schedule-details.js';

/** What the schedules work with. */
export interface SchedulesParts<Transaction> {
  readonly app: string;
  readonly schedules: ScheduleLedger<Transaction>;
  readonly reading: () => ScheduleReading;
  readonly enqueue: (
    type: string,
    payload: unknown,
    options: EnqueueOptions & WithManager<Transaction>,
  ) => Promise<{ id: JobId }>;
  readonly operator: OperatorDoors<Transaction>;
  readonly newEntryId: () => string;
  /** Asks the provider now. */
  readonly sync: () => Promise<void>;
}

/** A preview longer than this is no preview. */
const MOST_TICKS = 1_000;

/**
 * Looks at the schedules of an application and changes them. Called by application code. A change and its entry in the
 * trail are one transaction: the caller's own with `manager`, else one of Kyu's.
 */
export class Schedules<Transaction> {
  constructor(private readonly parts: SchedulesParts<Transaction>) {}

  /**
   * Adds a schedule, or changes the one of this name. One whose expression and zone stay the same keeps its next tick;
   * a paused one stays paused.
   * @param options who does it; without `actor` and `reason` nothing is written to the trail: applications do this by
   * themselves. `manager`: there is the schedule if the transaction commits.
   * @throws InvalidScheduleError with every mistake at once
   * @throws ScheduleConflictError when the name belongs to code or to a provider
   * @throws LedgerUnavailableError when PostgreSQL does not answer
   * @example
   * await this.schedules.upsert({ name: 'tenant-42', cron: '0 7 * * *', timezone: 'Europe/Berlin', type: 'sync', payload: { tenant: 42 } });
   */
  async upsert<Reference extends JobReference>(
    schedule: ScheduleInput<Reference>,
    options: OperatorOptions<Transaction> = {},
  ): Promise<Schedule> {
    refuseUnknownKeys('options', options, OPERATOR_KEYS);
    const problems: ConfigProblem[] = [];
    const definition = await readSchedule(schedule, 'dynamic', this.parts.reading(), problems);
    if (definition === undefined) throw new InvalidScheduleError(nameOf(schedule), problems);
    const { app, schedules } = this.parts;
    const { name } = definition;
    const firstTickMs = firstTickOf(definition, await schedules.nowMs());
    return this.within(options, async (manager) => {
      const plans = [{ definition, firstTickMs }];
      const refused = await schedules.upsert(app, plans, ['dynamic'], manager);
      const written = await this.get(name, { manager });
      if (refused.length > 0) {
        throw new ScheduleConflictError(name, `one of ${written.source}`, 'one of KyuSchedules.upsert');
      }
      if ('actor' in options || 'reason' in options) {
        await this.record('upsertSchedule', name, options, manager);
      }
      return written;
    });
  }

  /**
   * One schedule, with its last tick and its next.
   * @throws ScheduleNotFoundError
   */
  async get(name: string, options: WithManager<Transaction> = {}): Promise<Schedule> {
    refuseUnknownKeys('options', options, MANAGER_KEYS);
    refuseImpossibleName(name);
    const schedule = await this.parts.schedules.find(this.parts.app, name, options.manager);
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
  async pause(name: string, options: OperatorOptions<Transaction> = {}): Promise<Schedule> {
    refuseUnknownKeys('options', options, OPERATOR_KEYS);
    refuseImpossibleName(name);
    const { app, schedules } = this.parts;
    return this.within(options, async (manager) => {
      if (!(await schedules.pause(app, name, manager))) throw new ScheduleNotFoundError(describeValue(name));
      await this.record('pauseSchedule', name, options, manager);
      return this.get(name, { manager });
    });
  }

  /**
   * It goes on with its next tick. Those of its rest are not caught up.
   * @throws ScheduleNotFoundError
   */
  async resume(name: string, options: OperatorOptions<Transaction> = {}): Promise<Schedule> {
    refuseUnknownKeys('options', options, OPERATOR_KEYS);
    const { app, schedules } = this.parts;
    const nowMs = await schedules.nowMs();
    return this.within(options, async (manager) => {
      const nextMs = firstTickOf(await this.get(name, { manager }), nowMs);
      const isThere = await schedules.resume(app, name, nextMs, manager);
      if (!isThere) throw new ScheduleNotFoundError(describeValue(name));
      await this.record('resumeSchedule', name, options, manager);
      return this.get(name, { manager });
    });
  }

  /**
   * It is gone; its jobs stay. One that code declares comes back at the next start: pause it instead.
   * @throws ScheduleNotFoundError
   */
  async remove(name: string, options: OperatorOptions<Transaction> = {}): Promise<void> {
    refuseUnknownKeys('options', options, OPERATOR_KEYS);
    refuseImpossibleName(name);
    const { app, schedules } = this.parts;
    await this.within(options, async (manager) => {
      const removed = await schedules.remove(app, [name], manager);
      if (removed.length === 0) throw new ScheduleNotFoundError(describeValue(name));
      await this.record('removeSchedule', name, options, manager);
    });
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
  async runNow(name: string, given: OperatorOptions<Transaction> = {}): Promise<{ id: JobId }> {
    refuseUnknownKeys('options', given, OPERATOR_KEYS);
    return this.within(given, async (manager) => {
      const { type, payload, queue, options } = await this.get(name, { manager });
      const { id } = await this.parts.enqueue(type, payload, { ...options, queue, manager });
      await this.record('runScheduleNow', name, given, manager, { jobId: id, queue, type });
      return { id };
    });
  }

  /**
   * Every schedule as people look at it: in words, with its next ticks, the job of its last one, what it missed, and what
   * a change of clocks does to it.
   * @example
   * for (const { name, words, lastJob } of await this.schedules.details()) console.log(name, words, lastJob?.status);
   */
  async details(): Promise<ScheduleDetails[]> {
    const { schedules, operator } = this.parts;
    const all = await this.list();
    const nowMs = await schedules.nowMs();
    const ids = all.flatMap(({ lastJobId }) => lastJobId ?? []);
    const statuses = new Map<JobId, JobStatus>();
    for (let start = 0; start < ids.length; start += MOST_TICKS) {
      const few = ids.slice(start, start + MOST_TICKS).map((id) => ({ from: id, to: id }));
      const page = { sort: 'created', order: 'desc', limit: MOST_TICKS, archived: false } as const;
      const { found } = await operator.lists.summaries({ ...page, filter: { ids: few } });
      for (const { job } of found) statuses.set(job.id, job.status);
    }
    return all.map((schedule) => detailsOf(schedule, nowMs, statuses));
  }

  /**
   * What an expression would come to, before there is a schedule.
   * @param timezone default `UTC`
   * @throws InvalidQueryError
   * @example
   * const { words, nextTicks } = await this.schedules.preview('30 7 * * 1-5', 'Europe/Berlin');
   */
  async preview(cron: string, timezone = 'UTC'): Promise<SchedulePreview> {
    const nowMs = await this.parts.schedules.nowMs();
    if (!isTimezone(timezone)) {
      throw new InvalidQueryError('timezone', describeValue(timezone), 'an IANA name such as Europe/Berlin');
    }
    const complaint = typeof cron === 'string' ? complaintAbout(cron, timezone, nowMs) : 'it is no text';
    if (complaint === undefined) return previewOf(cron, timezone, nowMs);
    throw new InvalidQueryError(
      'cron',
      `${describeValue(cron)}: ${complaint}`,
      'five fields, or six with the seconds first',
    );
  }

  /** Asks the provider of this process now, without waiting for its period. Does nothing when there is none. */
  sync(): Promise<void> {
    return this.parts.sync();
  }

  private within<Answer>(
    { manager }: WithManager<Transaction>,
    work: (manager: Transaction) => Promise<Answer>,
  ): Promise<Answer> {
    return this.parts.operator.transactions.within(manager, work);
  }

  private async record(
    action: AuditAction,
    schedule: string,
    options: OperatorOptions<Transaction>,
    manager: Transaction,
    about: { jobId?: JobId; queue?: string; type?: string } = {},
  ): Promise<void> {
    const { operator, newEntryId, app } = this.parts;
    const entry = {
      ...newEntry(newEntryId(), action, readOperator(options)),
      ...about,
      selection: JSON.stringify({ schedule, app }),
      affected: 1,
    };
    await operator.audit.record(entry, manager);
  }
}

function nameOf(schedule: unknown): string {
  const name: unknown = (schedule as Partial<ScheduleInput> | null | undefined)?.name;
  return typeof name === 'string' ? describeValue(name) : 'without a name';
}

/** No schedule has a name that PostgreSQL cannot hold, and none can be looked for under it. */
function refuseImpossibleName(name: unknown): void {
  if (typeof name !== 'string' || !isStorable(name)) throw new ScheduleNotFoundError(describeValue(name));
}
