import { decodeCarried, type CarriedContext } from '../core/carried-context.js';
import type { ChildJob, ChildOptions, EnqueueChild, TransactionManager } from '../core/child-job.js';
import type { Claim } from '../core/claim.js';
import { attemptOf, fenceOf } from '../core/claim.js';
import type { Duration } from '../core/duration.js';
import type { AbortCause } from '../core/events.js';
import type { JobContext } from '../core/job-context.js';
import type { JobReference, PayloadInputOf } from '../core/job-definition.js';
import type { EarlierError, JobId } from '../core/job.js';
import type { Handler } from '../core/ports/handler-table.js';
import type { KyuLogger } from '../core/ports/logger.js';
import type { RunTelemetry } from '../core/ports/telemetry.js';
import { earlierErrorsOf } from './earlier-errors.js';
import { withDetails } from './log-text.js';
import type { ProgressReporter } from './progress-reporter.js';

/** What a run needs from the worker that executes it. */
export interface RunParts {
  readonly progress: Pick<ProgressReporter, 'report'>;
  readonly logger: KyuLogger;
  readonly attendant: Attendant;
}

/** Does for runs what reaches beyond them. */
export interface Attendant {
  keepLogLine(run: Run, message: string): void;
  extend(run: Run, duration: Duration): Promise<number>;
  completeIn(run: Run, manager: TransactionManager, result: unknown): Promise<void>;
  readonly enqueueChild: EnqueueChild;
}

/** Instants of a run, all in monotonic ms of this process. */
export interface RunClock {
  /** When the reply to the claim arrived. */
  readonly claimedAtMs: number;
  readonly startedAtMs: number;
  /** When its time limit is over; `extend` moves it. */
  readonly limitAtMs: number;
  /** The deadline of its job; `Infinity` without one. */
  readonly deadlineAtMs: number;
}

/**
 * One run in this process: the context that its handler sees, and the state that the worker keeps about it.
 * Made for every job, so nothing is built before somebody looks: the abort signal costs more than the rest together.
 */
export class Run implements JobContext {
  /** Set once: by the handler's end, or by whoever ended the run without it. */
  ended = false;
  abortCause: AbortCause | undefined;
  /** What shows this run to a tracing system. */
  telemetry: RunTelemetry | undefined;
  private carried: CarriedContext | undefined;
  /** How far `completeIn` has come; `committed` is the end of the job, whatever the handler does then. */
  completion: 'none' | 'written' | 'committed' = 'none';
  /** Why the job was cancelled; `undefined` when it was not. */
  cancelReason: string | null | undefined;
  limitAtMs: number;
  /** How long a cancelled run may still take to stop by itself. */
  patienceUntilMs = Infinity;
  loggedLines = 0;
  private controller: AbortController | undefined;
  private abortReason: Error | undefined;
  private earlierErrors: readonly EarlierError[] | undefined;

  constructor(
    readonly claim: Claim,
    readonly handler: Handler,
    readonly payload: unknown,
    readonly times: RunClock,
    private readonly parts: RunParts,
  ) {
    this.limitAtMs = times.limitAtMs;
  }

  get id(): string {
    return this.claim.id;
  }

  get type(): string {
    return this.claim.type;
  }

  get queue(): string {
    return this.claim.queue;
  }

  get priority(): number {
    return this.claim.priority;
  }

  get run(): number {
    return this.claim.run;
  }

  get attempt(): number {
    return attemptOf(this.claim);
  }

  get maxAttempts(): number {
    return this.claim.maxRetries + 1;
  }

  get createdAt(): Date {
    return new Date(this.claim.createdAtMs);
  }

  get scheduledAt(): Date | null {
    return this.claim.scheduledAt === null ? null : toDate(this.claim.scheduledAt);
  }

  get context(): CarriedContext {
    this.carried ??= decodeCarried(this.claim.context);
    return this.carried;
  }

  get parentId(): JobId | null {
    return this.claim.parentId;
  }

  get errors(): readonly EarlierError[] {
    this.earlierErrors ??= earlierErrorsOf(this.claim.errors);
    return this.earlierErrors;
  }

  get fence(): string {
    return fenceOf(this.claim);
  }

  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      if (this.abortReason !== undefined) this.controller.abort(this.abortReason);
    }
    return this.controller.signal;
  }

  /**
   * Ended, or settled in a transaction of the handler's. While that is open it holds the row of the job: a handler that
   * waited in it for a write of Kyu's own would wait for itself.
   */
  get isSettled(): boolean {
    return this.ended || this.completion !== 'none';
  }

  /** When the worker ends the run, whether its handler has ended or not. */
  get endsAtMs(): number {
    return Math.min(this.limitAtMs, this.times.deadlineAtMs, this.patienceUntilMs);
  }

  /** The first cause wins; later ones are echoes of it. */
  abort(cause: AbortCause, reason: Error): void {
    if (this.abortCause !== undefined) return;
    this.abortCause = cause;
    this.abortReason = reason;
    this.controller?.abort(reason);
  }

  progress(percent: number, note?: string): Promise<void> {
    if (this.isSettled) return Promise.resolve();
    return this.parts.progress.report(this, percent, note ?? null);
  }

  log(message: string, ...details: unknown[]): void {
    const text = withDetails(message, details);
    this.parts.logger.log(text, {
      jobId: this.id,
      jobType: this.type,
      queue: this.queue,
      run: this.run,
      attempt: this.attempt,
    });
    this.parts.attendant.keepLogLine(this, text);
  }

  extend(duration: Duration): Promise<number> {
    return this.parts.attendant.extend(this, duration);
  }

  completeIn(manager: TransactionManager, result?: unknown): Promise<void> {
    return this.parts.attendant.completeIn(this, manager, result);
  }

  enqueue<Reference extends JobReference>(
    type: Reference,
    payload: PayloadInputOf<Reference>,
    options?: ChildOptions,
  ): Promise<ChildJob> {
    return this.parts.attendant.enqueueChild(this.claim, type, payload, options);
  }
}

/** PostgreSQL writes `2026-11-22 04:00:00.123456+00`; JavaScript wants a T and a whole offset. */
function toDate(text: string): Date {
  return new Date(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'));
}
