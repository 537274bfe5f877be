import type { CarriedContext } from './carried-context.js';
import type { ChildJob, ChildOptions, TransactionManager } from './child-job.js';
import type { Duration } from './duration.js';
import type { JobReference, PayloadInputOf } from './job-definition.js';
import type { EarlierError, JobId } from './job.js';

/**
 * What a handler learns about the run that it is: `send(payload, job)`, or `@Ctx() job`.
 * Everything here is about this run only; another run of the same job gets its own.
 */
export interface JobContext<Payload = unknown> {
  readonly id: JobId;
  readonly type: string;
  readonly queue: string;
  readonly priority: number;
  readonly payload: Payload;
  /** The number of this run; it grows with every run of the job and is never given twice. */
  readonly run: number;
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly createdAt: Date;
  readonly scheduledAt: Date | null;
  /** What travelled with the job from the place that enqueued it (option `carry`); empty when nothing did. */
  readonly context: CarriedContext;
  /** The job whose handler enqueued this one with `enqueue()`; else `null`. */
  readonly parentId: JobId | null;
  /** What went wrong in the earlier attempts, oldest first; the last 20 at most. */
  readonly errors: readonly EarlierError[];
  /**
   * Aborts on timeout and deadline, when an operator cancels the job, on shutdown (after the grace period) and when the
   * lease is lost. `signal.reason` says which: a `JobTimeoutError`, `JobDeadlineError`, `JobCancelledError`,
   * `ShutdownError` or `LeaseLostError`.
   */
  readonly signal: AbortSignal;
  /**
   * `<id>:<run>`, for stores of your own that can refuse an older run's write: keep `run` beside what is written, and
   * write only where the run that is there is not newer.
   */
  readonly fence: string;
  /**
   * Writes how far the work is, at most a few times a second; the latest value wins.
   * Resolves when it is written or was replaced by a newer one.
   * @throws LeaseLostError when the run is no longer this worker's
   */
  progress(percent: number, note?: string): Promise<void>;
  /**
   * Logs through Nest's logger with the job's id, type, run and attempt attached, and keeps the line in the ledger,
   * where `KyuAdmin.logs` shows it: up to 1,000 lines of 2,000 characters per run. `%s`, `%d` and `%j` are filled in.
   */
  log(message: string, ...details: unknown[]): void;
  /**
   * Gives this run so much time from now on, in place of what was left of its time limit, where that is more. The job's
   * deadline stays.
   * @returns how many ms the run has left now: fewer than asked for when the deadline is nearer
   * @throws RangeError when it is no duration
   * @throws LeaseLostError when the run is no longer this worker's
   * @example
   * for (const page of pages) {
   *   await job.extend('1m');
   *   await copy(page);
   * }
   */
  extend(duration: Duration): Promise<number>;
  /**
   * Settles the job as `completed` inside your own transaction: what the handler wrote in it and the end of the job
   * commit together, or not at all. Make it the last call in the transaction. What the handler returns afterwards is
   * not looked at.
   * @param manager the manager that `dataSource.transaction()` hands out
   * @param result kept as the job's result
   * @throws LeaseLostError when the run is no longer this worker's: the transaction must not commit
   * @throws NoTransactionError when the manager has no open transaction
   * @example
   * await this.dataSource.transaction(async (manager) => {
   *   await manager.insert(Payment, { orderId });
   *   await job.completeIn(manager, { paid: true });
   * });
   */
  completeIn(manager: TransactionManager, result?: unknown): Promise<void>;
  /**
   * Adds a child job: `KyuProducer.enqueue`, with this job as its parent and with what travels with this job.
   * It runs on its own; this run does not wait for it.
   * @example
   * await job.enqueue('send_email', { to }, { delay: '5m' });
   */
  enqueue<Reference extends JobReference>(
    type: Reference,
    payload: PayloadInputOf<Reference>,
    options?: ChildOptions,
  ): Promise<ChildJob>;
}
