import type { CarriedContext } from './carried-context.js';
import type { JobId } from './job.js';

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
  /** Aborts on timeout, shutdown (after the grace period) and when the lease is lost; `signal.reason` says which. */
  readonly signal: AbortSignal;
  /** `<id>:<run>`, for stores of your own that can refuse an older run's write. */
  readonly fence: string;
  /**
   * Writes how far the work is, at most a few times a second; the latest value wins.
   * Resolves when it is written or was replaced by a newer one.
   * @throws LeaseLostError when the run is no longer this worker's
   */
  progress(percent: number, note?: string): Promise<void>;
  /** Logs through Nest's logger with the job's id, type, run and attempt attached. */
  log(message: string, ...details: unknown[]): void;
}
