import type { RescuedJobEvent } from '../events.js';
import type { Hint, QueuedHint } from '../job.js';

/** The duties that happen once per queue on a clock. */
export type DutyName = 'promote' | 'rescue' | 'reconcile' | 'cron' | 'age' | 'retention';

/** A duty that this process has won for this tick. */
export interface DutyTurn {
  readonly queue: string;
  /** Since the duty's last tick by anybody; `null` at its first. */
  readonly sinceLastMs: number | null;
  /** How long the duty must still hold back after a gap; 0 = not at all. */
  readonly quietForMs: number;
}

/** How often a duty is due, and how long a gap makes the reaper wait. */
export interface DutyPlan {
  readonly periodMs: number;
  /** How long a turn lasts, for a duty that must not be done more often. Default: half a period. */
  readonly turnMs?: number;
  /** A longer gap between two ticks means that heartbeats may have been lost as well. */
  readonly longestGapMs: number;
  /** How long the duty then stays quiet; 0 for duties that need no such care. */
  readonly quietMs: number;
}

/** What a promotion found. */
export interface Promoted {
  readonly jobs: QueuedHint[];
  /** Until the next job of the queue is due; `null` when none waits. */
  readonly nextDueInMs: number | null;
}

/** A worker that was found dead. */
export interface BuriedWorker {
  readonly workerId: string;
  readonly host: string;
  readonly pid: number;
}

/** Limits of a rescue. */
export interface RescueLimits {
  /** Outer bound for a run of a job that has no timeout of its own; added to one that has. */
  readonly staleAfterMs: number;
  /** After so many process deaths a job is dead. */
  readonly mostCrashes: number;
  readonly batchSize: number;
}

/** Maintenance's door. Every verb is safe to run twice, and from many processes at once. */
export interface LedgerUpkeep {
  /** Takes the duty for each queue where it is due and where no other process takes it at this moment. */
  takeDuty(duty: DutyName, queues: readonly string[], plan: DutyPlan): Promise<DutyTurn[]>;
  promote(queue: string, limit: number): Promise<Promoted>;
  bury(queues: readonly string[]): Promise<BuriedWorker[]>;
  rescue(queue: string, limits: RescueLimits): Promise<RescuedJobEvent[]>;
  /** Job types of a queue that have pending jobs. */
  pendingTypes(queue: string): Promise<string[]>;
  /** Pending jobs of some types, counted no further than the limit. */
  countPending(queues: readonly string[], types: readonly string[], limit: number): Promise<number>;
  /**
   * Raises by one step the pending jobs that have waited so long beside more important ones of their queue: of each
   * type and priority the first `limit`. Answers them with their new priority.
   */
  age(queue: string, waitedMs: number, limit: number): Promise<QueuedHint[]>;
  /** The first pending jobs of a type, in claim order. */
  firstPending(queue: string, type: string, limit: number): Promise<Hint[]>;
  /** Pending jobs, due jobs, and running ones whose worker is gone: what a run-once still has to see to. */
  countUnfinishedDue(queues: readonly string[], types: readonly string[]): Promise<number>;
}
