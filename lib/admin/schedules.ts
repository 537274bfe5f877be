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
import type { KeysOf } from '../core/option-scope.js';
import type { AuditAction } from '../core/ports/audit-trail.js';
import type { OperatorDoors } from '../core/ports/operator-doors.js';
import { describeValue } from '../core/redact.js';
import { isStorable } from '../core/storable-text.js';
import { readSchedule, type ScheduleReading } from '../core/resolve-schedule.js';
import type { EnqueueOptions } from '../core/resolve-enqueue-options.js';
import type { Schedule, ScheduleInput } from '../core/schedule.js';
import { refuseUnknownKeys } from './argument-readers.js';
import { newEntry, readOperator, type OperatorOptions } from './operator-options.js';
import { detailsOf, previewOf, type ScheduleDetails, type SchedulePreview } from './schedule-details.js';

/** Who changes a schedule, and why: kept in `kyu_audit` as soon as it is done. */
export type ScheduleOperatorOptions = Pick<OperatorOptions<unknown>, 'actor' | 'reason'>;

const OPERATOR_KEYS: KeysOf<ScheduleOperatorOptions> = { actor: true, reason: true };

/** What the schedules work with. */
export interface SchedulesParts {
  readonly app: string;
  readonly schedules: ScheduleLedger;
  readonly reading: () => ScheduleReading;
  readonly enqueue: (type: string, payload: unknown, options: EnqueueOptions) => Promise<{ id: JobId }>;
  readonly operator: OperatorDoors<unknown>;
  readonly newEntryId: () => string;
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
   * @param options who does it; without one nothing is written to the trail: applications do this by themselves
   * @throws ScheduleConflictError when the name belongs to code or to a provider
   * @throws LedgerUnavailableError when PostgreSQL does not answer
   * @example
   * await this.schedules.upsert({ name: 'tenant-42', cron: '0 7 * * *', timezone: 'Europe/Berlin', type: 'sync', payload: { tenant: 42 } });
   */
  async upsert<Reference extends JobReference>(
    schedule: ScheduleInput<Reference>,
    options: ScheduleOperatorOptions = {},
  ): Promise<Schedule> {
    refuseUnknownKeys('options', options, OPERATOR_KEYS);
    const problems: ConfigProblem[] = [];
    const definition = await readSchedule(schedule, 'dynamic', this.parts.reading(), problems);
    if (definition === undefined) throw new InvalidScheduleError(nameOf(schedule), problems);
    const { app, schedules } = this.parts;
    const firstTickMs = firstTickOf(definition, await schedules.nowMs());
    const refused = await schedules.upsert(app, [{ definition, firstTickMs }], ['dynamic']);
    const written = await this.get(definition.name);
    if (refused.length === 0) {
      if (Object.keys(options).length > 0) await this.record('upsertSchedule', definition.name, options);
      return written;
    }
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
    refuseImpossibleName(name);
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
  async pause(name: string, options: ScheduleOperatorOptions = {}): Promise<Schedule> {
    refuseUnknownKeys('options', options, OPERATOR_KEYS);
    refuseImpossibleName(name);
    const isThere = await this.parts.schedules.pause(this.parts.app, name);
    if (!isThere) throw new ScheduleNotFoundError(describeValue(name));
    await this.record('pauseSchedule', name, options);
    return this.get(name);
  }

  /**
   * It goes on with its next tick. Those of its rest are not caught up.
   * @throws ScheduleNotFoundError
   */
  async resume(name: string, options: ScheduleOperatorOptions = {}): Promise<Schedule> {
    refuseUnknownKeys('options', options, OPERATOR_KEYS);
    const { app, schedules } = this.parts;
    const nextMs = firstTickOf(await this.get(name), await schedules.nowMs());
    if (!(await schedules.resume(app, name, nextMs))) throw new ScheduleNotFoundError(describeValue(name));
    await this.record('resumeSchedule', name, options);
    return this.get(name);
  }

  /**
   * It is gone; its jobs stay. One that code declares comes back at the next start: pause it instead.
   * @throws ScheduleNotFoundError
   */
  async remove(name: string, options: ScheduleOperatorOptions = {}): Promise<void> {
    refuseUnknownKeys('options', options, OPERATOR_KEYS);
    refuseImpossibleName(name);
    const removed = await this.parts.schedules.remove(this.parts.app, [name]);
    if (removed.length === 0) throw new ScheduleNotFoundError(describeValue(name));
    await this.record('removeSchedule', name, options);
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
  async runNow(name: string, given: ScheduleOperatorOptions = {}): Promise<{ id: JobId }> {
    refuseUnknownKeys('options', given, OPERATOR_KEYS);
    const { type, payload, queue, options } = await this.get(name);
    const { id } = await this.parts.enqueue(type, payload, { ...options, queue });
    await this.record('runScheduleNow', name, given, { jobId: id, queue, type });
    return { id };
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

  /** Written once it is done: the schedules' own statements know no transaction of others. */
  private async record(
    action: AuditAction,
    schedule: string,
    options: ScheduleOperatorOptions,
    about: { jobId?: JobId; queue?: string; type?: string } = {},
  ): Promise<void> {
    const { operator, newEntryId, app } = this.parts;
    const entry = {
      ...newEntry(newEntryId(), action, readOperator(options)),
      ...about,
      selection: JSON.stringify({ schedule, app }),
      affected: 1,
    };
    await operator.transactions.within(undefined, (manager) => operator.audit.record(entry, manager));
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
