import type { Claim, Room } from '../claim.js';
import type {
  Hint,
  InsertedJob,
  Job,
  JobDraft,
  JobId,
  JobLogLine,
  JobRun,
  JobTexts,
  QueuedHint,
} from '../job.js';
import type { JobStatus } from '../job-status.js';
import type { RescuedJobEvent } from '../events.js';
import type { Settlement } from '../settlement.js';
import type { Claimant } from './local-claims.js';
import type { LeaseRhythm, Watchdog, WatchdogReport } from './watchdog.js';

/**
 * The ledger's doors: one per service, so that no interface grows without end.
 * `Transaction` is the caller's own transaction; what it is, only the adapter knows.
 */

/** What became of a job that could have been written as claimed. */
export interface ClaimedInsert {
  readonly job: InsertedJob;
  /** The worker owns its first run. */
  readonly claim: Claim | undefined;
}

/** The producer's door. */
export interface JobIntake<Transaction> {
  /** One statement. The same drafts twice write one set of rows. Answers in input order. */
  insert(drafts: readonly JobDraft[], transaction?: Transaction): Promise<InsertedJob[]>;
  /**
   * One statement for a job that is for now and has no key: written as claimed for the worker when that is alive,
   * nothing rests and no pending job goes first, else as pending. What stands already stays, and is not claimed.
   */
  insertAndClaim(draft: JobDraft, claimant: Claimant): Promise<ClaimedInsert>;
  /** Runs `action` once the transaction has really committed; never after a rollback. At once when none is open. */
  afterCommit(transaction: Transaction, action: () => void): void;
}

/** Who claims: the process, by its worker id. */
export interface WorkerIdentity {
  readonly workerId: string;
  readonly host: string;
  readonly pid: number;
  readonly queues: readonly string[];
  readonly concurrency: number;
  readonly version: string;
  /** The job types that it handles, patterns as they are written; `null` when it has not told. */
  readonly types: readonly string[] | null;
}

/** The worker's door for runs. */
export interface RunLedger {
  /**
   * Guarded by `status = 'pending'`, by the types that this worker handles, and by a living worker row; what is not
   * answered was a stale, foreign or forged hint.
   */
  claimById(
    workerId: string,
    queue: string,
    types: readonly string[],
    ids: readonly JobId[],
  ): Promise<Claim[]>;
  /** Selects for itself, highest priority first, oldest first, only of types with room. */
  claimByQueue(workerId: string, queue: string, rooms: readonly Room[], limit: number): Promise<Claim[]>;
  /**
   * Answers those that the ledger accepted; the others were no longer this worker's, and nothing changed for them.
   * A job whose cancelling was asked for and that would have run again is answered as cancelled.
   */
  settle(settlements: readonly Settlement[]): Promise<Settlement[]>;
  /**
   * Takes back, uncharged, the running jobs of this worker that it does not know of: the reply to their claim was
   * lost. Must not be called while a claim of this worker is under way.
   */
  handBackUnheard(
    workerId: string,
    queues: readonly string[],
    known: readonly JobId[],
  ): Promise<QueuedHint[]>;
  /** False when the run is no longer this worker's. */
  reportProgress(claim: Claim, percent: number, note: string | null): Promise<boolean>;
}

/** The worker's door for its own life. */
export interface WorkerRegistry {
  register(worker: WorkerIdentity, leaseMs: number): Promise<void>;
  /** Renews the lease. False when the row was buried: this worker id is over for good. */
  beat(workerId: string, leaseMs: number): Promise<boolean>;
  markDraining(workerId: string): Promise<void>;
  /** The last act of an orderly shutdown. */
  sayGoodbye(workerId: string): Promise<void>;
  /**
   * Renews the lease from now on beside the event loop. Answers in words why it cannot: then the worker's own loop
   * has to beat.
   */
  startWatchdog(
    workerId: string,
    rhythm: LeaseRhythm,
    tell: (report: WatchdogReport) => void,
  ): Watchdog | { readonly impossible: string };
}

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

/** What a list is narrowed by: traits that a job has, or in `without` has not. */
export interface JobConditions {
  readonly statuses?: readonly JobStatus[];
  readonly types?: readonly string[];
  readonly queues?: readonly string[];
  /** All of them, not one of them. */
  readonly tags?: readonly string[];
  /** At least one of them. */
  readonly anyTags?: readonly string[];
  readonly payload?: readonly PayloadCondition[];
  /** Whole ids are ranges as well: from themselves to themselves. */
  readonly ids?: readonly IdRange[];
  /** What the last error contains, whatever its capitals: any of these. */
  readonly errors?: readonly string[];
  /** Of the last error: any of these. */
  readonly fingerprints?: readonly string[];
  /** What the type or the last error contains, or the id begins with: all of these. */
  readonly words?: readonly string[];
  readonly priorities?: readonly number[];
  readonly retryCounts?: readonly number[];
  /** Workers that run the job now. */
  readonly workers?: readonly IdRange[];
  /** As they are in the ledger, or the callers' own parts of them. */
  readonly uniqueKeys?: readonly string[];
  readonly parentId?: JobId;
}

/** What a list is narrowed by. */
export interface JobFilter extends JobConditions {
  /** Instants are ISO 8601; a span begins with `from` and ends before `before`. */
  readonly createdFrom?: string;
  readonly createdBefore?: string;
  readonly finishedFrom?: string;
  readonly finishedBefore?: string;
  /** Ms, by the database's clock: so long ago, and not so long ago. */
  readonly olderThanMs?: number;
  readonly youngerThanMs?: number;
  readonly finishedOverMs?: number;
  readonly finishedUnderMs?: number;
  /** Both included. */
  readonly priorityFrom?: number;
  readonly priorityTo?: number;
  readonly retriesFrom?: number;
  readonly retriesTo?: number;
  /** None of these holds: each is looked at by itself. */
  readonly without?: JobConditions;
}

/** Ids from here to there, both included, in small letters. */
export interface IdRange {
  readonly from: string;
  readonly to: string;
}

/** A value that a payload must have at a place: any of these. */
export interface PayloadCondition {
  /** Keys of objects and indexes of lists, from the outside in. */
  readonly path: readonly string[];
  readonly values: readonly (string | number | boolean | null)[];
}

/** One page of jobs, newest first. */
export interface JobPage {
  readonly filter: JobFilter;
  readonly limit: number;
  /** Only jobs older than this id. */
  readonly before?: JobId;
  /** True: the jobs that retention has archived, and no others. */
  readonly archived?: boolean;
}

/** How many jobs of a queue are in a status. */
export interface StatusCount {
  readonly queue: string;
  readonly type: string;
  readonly status: JobStatus;
  readonly count: number;
}

/** A queue as metrics and health see it. */
export interface QueueReading {
  readonly queue: string;
  readonly pending: number;
  readonly scheduled: number;
  readonly running: number;
  readonly failed: number;
  readonly dead: number;
  /** Age of the oldest pending job; `null` when none is pending. */
  readonly oldestPendingMs: number | null;
  readonly liveWorkers: number;
  /** The whole queue rests. */
  readonly paused: boolean;
  /** Job types that rest in it, in the order of their names. */
  readonly pausedTypes: readonly string[];
}

/** A worker process as the ledger shows it. */
export interface WorkerReading extends WorkerIdentity {
  readonly state: string;
  readonly startedAt: Date;
  readonly heartbeatAt: Date;
  readonly leaseExpiresAt: Date;
  /** By the database's clock. */
  readonly heartbeatAgeMs: number;
  readonly running: number;
  /** Somebody asked it to take nothing more. */
  readonly drainRequestedAt: Date | null;
}

/** What became of an attempt to change one job. */
export type ChangedJob =
  | { readonly kind: 'changed'; readonly hint: QueuedHint }
  | { readonly kind: 'refused'; readonly status: JobStatus }
  | { readonly kind: 'missing' };

/** What became of an attempt to cancel one: a job that runs is only asked to end. */
export type CancelledJob = ChangedJob | { readonly kind: 'requested'; readonly hint: QueuedHint };

/** The operator's door. Every verb works inside the caller's transaction as well. */
export interface LedgerInspection<Transaction> {
  /** One in the archive as well. */
  find(id: JobId, transaction?: Transaction): Promise<Job | undefined>;
  /** Its payload and its result as they are kept; one in the archive as well. */
  texts(id: JobId, transaction?: Transaction): Promise<JobTexts | undefined>;
  runs(id: JobId, transaction?: Transaction): Promise<JobRun[]>;
  /** Every line that its handlers logged, oldest first. */
  logs(id: JobId, transaction?: Transaction): Promise<JobLogLine[]>;
  list(page: JobPage, transaction?: Transaction): Promise<Job[]>;
  count(filter: JobFilter, transaction?: Transaction): Promise<StatusCount[]>;
  cancel(id: JobId, reason: string | null, transaction?: Transaction): Promise<CancelledJob>;
  retry(id: JobId, transaction?: Transaction): Promise<ChangedJob>;
  delete(id: JobId, transaction?: Transaction): Promise<ChangedJob>;
  /** As at the intake. */
  afterCommit(transaction: Transaction, action: () => void): void;
}

/** Metrics' and health's door: cheap questions about the whole. */
export interface LedgerReadings {
  /** Fails when PostgreSQL does not answer. */
  ping(): Promise<void>;
  queues(queues: readonly string[]): Promise<QueueReading[]>;
  workers(queues: readonly string[]): Promise<WorkerReading[]>;
  /** Age of the oldest open transaction that keeps the ledger from being cleaned up; `null` when there is none. */
  oldestTransactionMs(): Promise<number | null>;
}
