import type { Claim } from './claim.js';
import type { JobId, QueuedHint } from './job.js';
import type { JobStatus } from './job-status.js';
import type { SkipReason } from './schedule-tick.js';
import type { RetainedStatus, RetentionAction } from './retention-options.js';
import type { Settlement } from './settlement.js';

/** Why a run was aborted from outside. */
export type AbortCause = 'timeout' | 'shutdown' | 'lease-lost' | 'cancelled' | 'deadline';

/** Which of the two dispatchers is in use. */
export type DispatchMode = 'redis' | 'postgres';

/**
 * Why jobs were announced again: a routine comparison found a few, the dispatcher had lost its memory, its window ran
 * low, or the reply to a claim was lost.
 */
export type ReconcileCause = 'probe' | 'forgotten' | 'low' | 'unheard';

/**
 * Everything that Kyu tells its listeners, by name. Events that happen per job on the hot path come in batches,
 * one event per flush, so that listening costs nothing per job.
 */
export interface KyuEvents {
  /** Jobs were written; those in a caller's transaction are told of when it has committed, and never if it rolls back. */
  'jobs.enqueued': { readonly queue: string; readonly jobs: readonly { id: JobId; type: string }[] };
  /** A call of `enqueue` or `enqueueMany` has its answer; `types` are the job types in it. */
  'enqueue.timed': { readonly types: readonly string[]; readonly tookMs: number };
  /** The dispatcher could not be told; the reconciler will find the jobs. */
  'announce.failed': { readonly queue: string; readonly count: number; readonly error: unknown };
  /** This process owns these runs now. `hints` were tried, `hints − claims` of them were stale. */
  'runs.claimed': { readonly queue: string; readonly claims: readonly Claim[]; readonly hints: number };
  /** The ledger accepted these settlements. */
  'runs.settled': { readonly settlements: readonly Settlement[] };
  /** The ledger refused these settlements: the runs were no longer this worker's. Nothing was changed. */
  'runs.lost': { readonly settlements: readonly Settlement[] };
  /** A settlement could not be written and is tried again. */
  'settle.delayed': { readonly count: number; readonly error: unknown };
  /** Kyu itself aborted a run. */
  'run.aborted': { readonly claim: Claim; readonly cause: AbortCause };
  /** A handler went on after its run was settled without it, and then ended. */
  'run.overstayed': { readonly claim: Claim; readonly error: unknown };
  /** An operator cancelled a job that did not run. One that ran ends with a settlement. */
  'job.cancelled': { readonly job: QueuedHint; readonly reason: string | null };
  /** An operator asked for the end of a running job; its worker, wherever it is, aborts the run. */
  'cancel.requested': { readonly job: QueuedHint; readonly reason: string | null };
  /** Due jobs became pending. */
  'jobs.promoted': { readonly queue: string; readonly count: number };
  /** Jobs were taken back from a worker that died. */
  'jobs.rescued': { readonly jobs: readonly RescuedJobEvent[] };
  /** The dispatcher had forgotten pending jobs; they were announced again. */
  'jobs.reconciled': { readonly queue: string; readonly count: number; readonly cause: ReconcileCause };
  /** Pending jobs of these types have no handler in any living worker; told once, until the types have gone. */
  'types.unhandled': { readonly queue: string; readonly types: readonly string[] };
  /** Jobs that waited long beside more important ones were raised by one step of priority. */
  'jobs.aged': { readonly queue: string; readonly count: number };
  /** The pool of this process grew or shrank. */
  'pool.resized': { readonly from: number; readonly to: number; readonly backlog: number };
  /** Jobs whose time was over were deleted or archived. */
  'jobs.retired': {
    readonly queue: string;
    readonly status: RetainedStatus;
    readonly action: RetentionAction;
    readonly count: number;
  };
  /** A worker process was found dead. */
  'worker.buried': { readonly workerId: string; readonly host: string; readonly pid: number };
  'worker.registered': { readonly workerId: string };
  /** This process could not prove that it lives; its runs were aborted. */
  'lease.lost': { readonly workerId: string; readonly reason: string };
  /** No thread beats for this process: a handler that blocks the event loop for the lease makes it look dead. */
  'watchdog.absent': { readonly workerId: string; readonly reason: string };
  'heartbeat.failed': { readonly workerId: string; readonly error: unknown };
  /** The dispatcher changed, with the reason in words. */
  'dispatcher.switched': { readonly to: DispatchMode; readonly reason: string };
  /** A duty's tick threw; it runs again at its next tick. */
  'duty.failed': { readonly duty: string; readonly error: unknown };
  /** After a gap in the duty ticks nobody is buried for one lease. */
  'rescue.postponed': { readonly queue: string; readonly forMs: number };
  /** A claim, take or listen threw; the loop goes on. */
  'engine.failed': { readonly during: string; readonly error: unknown };
  /** A tick of a schedule became a job. */
  'schedule.fired': {
    readonly schedule: string;
    readonly jobId: JobId;
    readonly tick: Date;
    readonly latenessMs: number;
  };
  /** A tick of a schedule became no job of its own: its last job is unfinished, or nobody was there in time. */
  'schedule.skipped': { readonly schedule: string; readonly tick: Date; readonly reason: SkipReason };
  /** A schedule in the ledger cannot be read by this process; the others go on. */
  'schedule.failed': { readonly schedule: string; readonly error: unknown };
  /** What a provider lists was written to the ledger. */
  'schedules.synced': { readonly written: readonly string[]; readonly removed: readonly string[] };
  /** A provider failed, or listed what cannot be used; its schedules stay as they are. */
  'schedules.sync.failed': { readonly error: unknown };
  /** An operator asked for the end of this worker, from wherever. */
  'drain.ordered': { readonly workerId: string; readonly thenExit: boolean };
  'drain.started': { readonly running: number; readonly graceMs: number };
  'drain.finished': { readonly released: number; readonly tookMs: number };
  /** A notifier could not deliver, for good; `lost` are the events that nobody was told of. */
  'notifier.failed': { readonly notifier: string; readonly lost: number; readonly error: unknown };
}

/** One job as the reaper left it. */
export interface RescuedJobEvent {
  readonly id: JobId;
  readonly queue: string;
  readonly type: string;
  readonly priority: number;
  readonly run: number;
  /** The attempt that ended with the worker. */
  readonly attempt: number;
  readonly status: JobStatus;
  readonly workerId: string;
  /** Why the job was called off, with status `cancelled`. */
  readonly cancelReason: string | null;
}

/** The name of an event. */
export type KyuEventName = keyof KyuEvents;
