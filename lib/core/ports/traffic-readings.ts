import type { ErrorGroupList } from '../error-group.js';
import type { JobStatus } from '../job-status.js';
import type { QueueReading } from './ledger-readings.js';

/** How many of something there were in one part of a window. */
export interface TrafficCell {
  /** From 0 for the oldest part on. */
  readonly part: number;
  readonly queue: string;
  readonly type: string;
  readonly count: number;
}

/** How long jobs waited and ran: all of them, or those of a queue, of a type, or of both. */
export interface RunTimes {
  /** `null`: of every queue. */
  readonly queue: string | null;
  /** `null`: of every type. */
  readonly type: string | null;
  readonly waitP50Ms: number;
  readonly waitP95Ms: number;
  readonly runP50Ms: number;
  readonly runP95Ms: number;
}

/** What happened in a window, until now. */
export interface TrafficReading {
  /** By the ledger's clock. */
  readonly nowMs: number;
  readonly enqueued: readonly TrafficCell[];
  readonly completed: readonly TrafficCell[];
  /** Runs that ended with an error. */
  readonly failed: readonly TrafficCell[];
  readonly times: readonly RunTimes[];
  /** True when some of it was estimated from a sample. */
  readonly approximate: boolean;
}

/** Jobs of one queue and type that wait or run. */
export interface LivingGroup {
  readonly queue: string;
  readonly type: string;
  readonly pending: number;
  readonly running: number;
  /** Age of the oldest pending one. */
  readonly oldestPendingMs: number | null;
  /** Living workers that serve the queue, and those of them that handle the type. */
  readonly liveWorkers: number;
  readonly ableWorkers: number;
  readonly isPaused: boolean;
}

/** How the whole stands now. */
export interface StandingReading {
  readonly counts: Readonly<Record<JobStatus, number>>;
  /** Of these statuses there are so many that their numbers are estimates. */
  readonly estimated: readonly JobStatus[];
  readonly groups: readonly LivingGroup[];
  /** Jobs that have died within the last hour. */
  readonly diedLately: number;
  /** Age of the oldest transaction of any database session; it keeps dead rows from being removed. */
  readonly oldestTransactionMs: number;
  /** Schedules whose tick has been due for longer than a minute. */
  readonly lateSchedules: number;
  /** True when something was not counted to its end. */
  readonly approximate: boolean;
}

/** How a queue stands, but for the age of what waits in it: that is said by type, see `LivingGroup`. */
export type QueueDepth = Omit<QueueReading, 'oldestPendingMs'>;

/** How queues stand, for people. */
export interface QueueDepths {
  readonly queues: readonly QueueDepth[];
  /** True when something was many, and therefore estimated. */
  readonly approximate: boolean;
}

/** The door of overviews: what is large is counted up to a limit, or taken from a sample, and says so. */
export interface TrafficReadings {
  /** @throws ReadingTimeoutError */
  traffic(windowMs: number, parts: number): Promise<TrafficReading>;
  /** @throws ReadingTimeoutError */
  standing(): Promise<StandingReading>;
  /** @throws ReadingTimeoutError */
  depths(queues: readonly string[]): Promise<QueueDepths>;
  /** @throws ReadingTimeoutError */
  errorGroups(windowMs: number, limit: number): Promise<ErrorGroupList>;
}

/** How runs end that end with an error. */
export const FAILED_OUTCOMES = [
  'failed',
  'timed-out',
  'discarded',
  'retry-after',
  'expired',
  'crashed',
] as const;
