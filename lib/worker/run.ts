import { decodeCarried, type CarriedContext } from '../core/carried-context.js';
import type { Claim } from '../core/claim.js';
import { attemptOf, fenceOf } from '../core/claim.js';
import type { AbortCause } from '../core/events.js';
import type { JobContext } from '../core/job-context.js';
import type { Handler } from '../core/ports/handler-table.js';
import type { KyuLogger } from '../core/ports/logger.js';
import type { RunTelemetry } from '../core/ports/telemetry.js';
import type { ProgressReporter } from './progress-reporter.js';

/** What a run needs from the worker that executes it. */
export interface RunParts {
  readonly progress: Pick<ProgressReporter, 'report'>;
  readonly logger: KyuLogger;
}

/** Instants of a run, all in monotonic ms of this process. */
export interface RunClock {
  /** When the reply to the claim arrived. */
  readonly claimedAtMs: number;
  readonly startedAtMs: number;
  readonly deadlineMs: number;
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
  private controller: AbortController | undefined;
  private abortReason: Error | undefined;

  constructor(
    readonly claim: Claim,
    readonly handler: Handler,
    readonly payload: unknown,
    readonly times: RunClock,
    private readonly parts: RunParts,
  ) {}

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
    return toDate(this.claim.createdAt);
  }

  get scheduledAt(): Date | null {
    return this.claim.scheduledAt === null ? null : toDate(this.claim.scheduledAt);
  }

  get context(): CarriedContext {
    this.carried ??= decodeCarried(this.claim.context);
    return this.carried;
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

  /** The first cause wins; later ones are echoes of it. */
  abort(cause: AbortCause, reason: Error): void {
    if (this.abortCause !== undefined) return;
    this.abortCause = cause;
    this.abortReason = reason;
    this.controller?.abort(reason);
  }

  progress(percent: number, note?: string): Promise<void> {
    return this.parts.progress.report(this, percent, note ?? null);
  }

  log(message: string, ...details: unknown[]): void {
    this.parts.logger.log(withDetails(message, details), {
      jobId: this.id,
      jobType: this.type,
      queue: this.queue,
      run: this.run,
      attempt: this.attempt,
    });
  }
}

/** PostgreSQL writes `2026-11-22 04:00:00.123456+00`; JavaScript wants a T and a whole offset. */
function toDate(text: string): Date {
  return new Date(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'));
}

function withDetails(message: string, details: readonly unknown[]): string {
  let next = 0;
  const filled = message.replace(/%[sdj]/g, (mark) => (next < details.length ? show(details[next++]) : mark));
  const rest = details.slice(next).map(show);
  return rest.length === 0 ? filled : `${filled} ${rest.join(' ')}`;
}

function show(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return value.stack ?? value.message;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
