import type { JobDraft, JobId, QueuedHint } from '../job.js';
import type { JobStatus } from '../job-status.js';
import type { Schedule, ScheduleDefinition, ScheduleSource } from '../schedule.js';
import type { DueSchedule } from '../schedule-tick.js';

/** A schedule to be written, and its first tick in case the ledger does not have one that still holds. */
export interface PlannedSchedule {
  readonly definition: ScheduleDefinition;
  /** Ms since 1970. */
  readonly firstTickMs: number | null;
}

/** Schedules whose tick has come, by the database's clock. */
export interface DueSchedules {
  readonly nowMs: number;
  readonly due: readonly DueSchedule[];
}

/** One step of a schedule: from the tick that it waits for to the one after it, with the job in between or without. */
export interface TickStep {
  readonly name: string;
  /** As it was read: the step is taken only if the schedule still stands there. */
  readonly guard: string;
  readonly nextMs: number | null;
  /** The tick that becomes a job, and the job. */
  readonly job: { readonly tickMs: number; readonly draft: JobDraft } | null;
  /** The job that gives way, if it is still unfinished. */
  readonly replaces: JobId | null;
}

/** A job that a tick has become. */
export interface FiredJob extends QueuedHint {
  readonly schedule: string;
  readonly status: JobStatus;
}

/** A job that gave way: it is cancelled, or still running and asked to stop. */
export interface ReplacedJob extends QueuedHint {
  readonly schedule: string;
  readonly status: JobStatus;
}

/** What became of some steps. */
export interface TakenSteps {
  /** The schedules that moved on by this call; of the others somebody else has taken the step. */
  readonly moved: readonly string[];
  readonly fired: readonly FiredJob[];
  readonly replaced: readonly ReplacedJob[];
}

/**
 * The door for schedules. `app` is the application that they belong to; every verb is safe to run twice. What operators
 * do may be part of a transaction of theirs; what is not takes place at once.
 */
export interface ScheduleLedger<Transaction = unknown> {
  /** The database's clock, in ms since 1970. */
  nowMs(): Promise<number>;
  /**
   * Writes schedules; one whose expression and zone are the same keeps its place in time, and a paused one stays paused.
   * Only over schedules of the given sources.
   * @returns the names that it did not write, because they belong to another source
   */
  upsert(
    app: string,
    schedules: readonly PlannedSchedule[],
    over: readonly ScheduleSource[],
    transaction?: Transaction,
  ): Promise<string[]>;
  find(app: string, name: string, transaction?: Transaction): Promise<Schedule | undefined>;
  /** In the order of their names. */
  list(app: string): Promise<Schedule[]>;
  /** False when there is none. Pausing what is paused changes nothing. */
  pause(app: string, name: string, transaction?: Transaction): Promise<boolean>;
  /** False when there is none. One that is not paused keeps its place in time. */
  resume(app: string, name: string, nextTickMs: number | null, transaction?: Transaction): Promise<boolean>;
  /** The names that were there. Their jobs stay. */
  remove(app: string, names: readonly string[], transaction?: Transaction): Promise<string[]>;
  /**
   * Those whose tick has come, longest due first: all that live in the ledger alone, and of those that code declares
   * the given ones. Left out: what is paused, and what waits in line for its last job.
   */
  due(app: string, declared: readonly string[], limit: number): Promise<DueSchedules>;
  /** Ms until the next tick that has not come; `null` when there is none. */
  nextDueInMs(app: string, declared: readonly string[]): Promise<number | null>;
  /** One statement: moves each schedule on, and writes its job, if nobody else has. */
  take(app: string, steps: readonly TickStep[]): Promise<TakenSteps>;
}
