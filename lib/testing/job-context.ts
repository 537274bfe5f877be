import type { CarriedContext } from '../core/carried-context.js';
import type { Claim } from '../core/claim.js';
import { JobTimeoutError, LeaseLostError, ShutdownError } from '../core/errors.js';
import type { AbortCause } from '../core/events.js';
import type { JobContext } from '../core/job-context.js';
import { JobIdSource } from '../core/job-id.js';
import type { JobId, JobProgress } from '../core/job.js';
import { OPTION_DEFAULTS } from '../core/option-defaults.js';
import type { Handler } from '../core/ports/handler-table.js';
import type { KyuLogger } from '../core/ports/logger.js';
import { Run } from '../worker/run.js';
import { VirtualClock } from './virtual-clock.js';

/** What a test can say about the run that a handler is to see; what it leaves out is as in a first attempt. */
export interface JobContextOverrides<Payload = unknown> {
  id?: JobId;
  /** Default `test_job`. */
  type?: string;
  /** Default `kyu:default`. */
  queue?: string;
  /** Default 0. */
  priority?: number;
  payload?: Payload;
  /** 1 (default) for the first attempt. */
  attempt?: number;
  /** Default 4. */
  maxAttempts?: number;
  /** Number of the run; default: that of the attempt. */
  run?: number;
  createdAt?: Date;
  scheduledAt?: Date | null;
  /** What travelled with the job. Default: nothing. */
  context?: CarriedContext;
  /** Aborts the run's own signal when it aborts. */
  signal?: AbortSignal;
}

/** A job context that keeps what the handler said, and can be aborted. */
export interface TestJobContext<Payload = unknown> extends JobContext<Payload> {
  /** What the handler logged, with its details filled in. */
  readonly logs: readonly string[];
  /** Every progress that the handler reported, oldest first. */
  readonly reports: readonly JobProgress[];
  /**
   * Aborts the signal, as Kyu does.
   * @param cause `timeout`, `shutdown` or `lease-lost`
   * @param reason default: the error that Kyu gives for this cause
   */
  abort(cause: AbortCause, reason?: Error): void;
}

/**
 * Makes the context that a handler gets, for tests that call it themselves.
 * @example
 * const job = createJobContext({ attempt: 3, payload: { to: 'a@b.example' } });
 * await mailer.send(job.payload, job);
 * expect(job.logs).toEqual(['accepted as 17']);
 */
export function createJobContext<Payload = unknown>(
  overrides: JobContextOverrides<Payload> = {},
): TestJobContext<Payload> {
  return new TestRun(overrides) as TestJobContext<Payload>;
}

const START = new VirtualClock();
const ids = new JobIdSource(START.nowMs);
const FIRST = 1;

/** A real run, so that `currentJob()` and everything else that a run can do is there, without a worker behind it. */
export class TestRun extends Run {
  readonly logs: string[];
  readonly reports: JobProgress[];

  constructor(overrides: JobContextOverrides, handler?: Handler) {
    const logs: string[] = [];
    const reports: JobProgress[] = [];
    const progress = {
      report: async (_run: Run, percent: number, note: string | null) => void reports.push({ percent, note }),
    };
    const claim = claimOf(overrides);
    const times = { claimedAtMs: 0, startedAtMs: 0, deadlineMs: Infinity };
    super(claim, handler ?? nobody(claim), overrides.payload, times, { progress, logger: loggerInto(logs) });
    this.logs = logs;
    this.reports = reports;
    if (overrides.signal !== undefined) this.follow(overrides.signal);
  }

  override abort(cause: AbortCause, reason: Error = reasonOf(cause, this.claim)): void {
    super.abort(cause, reason);
  }

  private follow(signal: AbortSignal): void {
    const abort = (): void => this.abort('shutdown', signal.reason as Error);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  }
}

function claimOf(overrides: JobContextOverrides): Claim {
  const { attempt = FIRST, maxAttempts = OPTION_DEFAULTS.maxRetries + 1, run = attempt } = overrides;
  const createdAt = (overrides.createdAt ?? START.now()).toISOString();
  return {
    id: overrides.id ?? ids.next(),
    run,
    workerId: '00000000-0000-4000-8000-000000000000',
    queue: overrides.queue ?? OPTION_DEFAULTS.queueName,
    type: overrides.type ?? 'test_job',
    priority: overrides.priority ?? 0,
    payload: 'null',
    retryCount: attempt - 1,
    maxRetries: Math.max(attempt, maxAttempts) - 1,
    timeoutMs: 0,
    crashCount: 0,
    createdAt,
    scheduledAt: overrides.scheduledAt?.toISOString() ?? null,
    claimedAt: createdAt,
    waitedMs: 0,
    deadlineInMs: null,
    context: overrides.context === undefined ? null : JSON.stringify(overrides.context),
    parentId: null,
    errors: null,
  };
}

function nobody({ type, queue }: Claim): Handler {
  const retryPolicy = {
    backoff: OPTION_DEFAULTS.backoff,
    resultLimitBytes: OPTION_DEFAULTS.payloadLimitBytes,
  };
  const settings = { concurrency: Infinity, timeoutMs: 0, retryPolicy };
  return { type, queue, ...settings, source: 'a test', invoke: () => undefined };
}

function loggerInto(logs: string[]): KyuLogger {
  const keep = (message: string): void => void logs.push(message);
  return { log: keep, warn: keep, error: keep, debug: keep };
}

function reasonOf(cause: AbortCause, { id, run, timeoutMs }: Claim): Error {
  switch (cause) {
    case 'timeout':
      return new JobTimeoutError(id, timeoutMs);
    case 'shutdown':
      return new ShutdownError(id);
    case 'lease-lost':
      return new LeaseLostError(id, run);
  }
}
