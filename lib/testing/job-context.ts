import type { CarriedContext } from '../core/carried-context.js';
import type { Claim } from '../core/claim.js';
import type { ChildOptions, EnqueueChild } from '../core/child-job.js';
import {
  JobCancelledError,
  JobDeadlineError,
  JobTimeoutError,
  LeaseLostError,
  ShutdownError,
} from '../core/errors.js';
import type { AbortCause } from '../core/events.js';
import type { JobContext } from '../core/job-context.js';
import { JobIdSource } from '../core/job-id.js';
import { jobTypeOf } from '../core/job-definition.js';
import type { EarlierError, JobId, JobProgress } from '../core/job.js';
import { OPTION_DEFAULTS } from '../core/option-defaults.js';
import type { Handler } from '../core/ports/handler-table.js';
import type { KyuLogger } from '../core/ports/logger.js';
import { Run, type RunParts } from '../worker/run.js';
import { requireDuration, VirtualClock } from './virtual-clock.js';

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
  /** The job whose handler enqueued this one. */
  parentId?: JobId | null;
  /** What went wrong in earlier attempts. */
  errors?: readonly EarlierError[];
  /** Aborts the run's own signal when it aborts. */
  signal?: AbortSignal;
}

/** A child that a handler enqueued in a test. */
export interface TestChild {
  readonly id: JobId;
  readonly type: string;
  readonly payload: unknown;
  readonly options: ChildOptions;
}

/** A job context that keeps what the handler said, and can be aborted. */
export interface TestJobContext<Payload = unknown> extends JobContext<Payload> {
  /** What the handler logged, with its details filled in. */
  readonly logs: readonly string[];
  /** Every progress that the handler reported, oldest first. */
  readonly reports: readonly JobProgress[];
  /** The children that it enqueued with `job.enqueue()`, oldest first. They exist nowhere else. */
  readonly children: readonly TestChild[];
  /** The results with which it called `completeIn`, oldest first. Nothing is settled by it here. */
  readonly completions: readonly unknown[];
  /**
   * Aborts the signal, as Kyu does.
   * @param cause `timeout`, `deadline`, `cancelled`, `shutdown` or `lease-lost`
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

/** What a handler said to a run that no worker attends to. */
interface Said {
  readonly logs: string[];
  readonly reports: JobProgress[];
  readonly children: TestChild[];
  readonly completions: unknown[];
}

/** A real run, so that `currentJob()` and everything else that a run can do is there, without a worker behind it. */
export class TestRun extends Run implements TestJobContext {
  readonly logs: readonly string[];
  readonly reports: readonly JobProgress[];
  readonly children: readonly TestChild[];
  readonly completions: readonly unknown[];

  /** @param enqueueChild where children go; default: they are only kept in mind */
  constructor(overrides: JobContextOverrides, handler?: Handler, enqueueChild?: EnqueueChild) {
    const said: Said = { logs: [], reports: [], children: [], completions: [] };
    const claim = claimOf(overrides);
    const times = { claimedAtMs: 0, startedAtMs: 0, limitAtMs: Infinity, deadlineAtMs: Infinity };
    super(claim, handler ?? nobody(claim), overrides.payload, times, partsOf(said, enqueueChild));
    this.logs = said.logs;
    this.reports = said.reports;
    this.children = said.children;
    this.completions = said.completions;
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

function partsOf(said: Said, enqueueChild?: EnqueueChild): RunParts {
  return {
    progress: {
      report: async (_run, percent, note) => void said.reports.push({ percent, note }),
    },
    logger: loggerInto(said.logs),
    attendant: {
      keepLogLine: () => {},
      extend: async (_run, duration) => requireDuration(duration),
      completeIn: async (_run, _manager, result) => void said.completions.push(result),
      enqueueChild:
        enqueueChild ??
        (async (_parent, type, payload, options = {}) => {
          const child = { id: ids.next(), type: jobTypeOf(type), payload, options };
          said.children.push(child);
          return { id: child.id, created: true };
        }),
    },
  };
}

function claimOf(overrides: JobContextOverrides): Claim {
  const { attempt = FIRST, maxAttempts = OPTION_DEFAULTS.maxRetries + 1, run = attempt } = overrides;
  const createdAt = overrides.createdAt ?? START.now();
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
    createdAtMs: createdAt.getTime(),
    scheduledAt: overrides.scheduledAt?.toISOString() ?? null,
    claimedAt: createdAt.toISOString(),
    waitedMs: 0,
    deadlineInMs: null,
    context: overrides.context === undefined ? null : JSON.stringify(overrides.context),
    parentId: overrides.parentId ?? null,
    errors: overrides.errors === undefined ? null : JSON.stringify(overrides.errors),
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
    case 'cancelled':
      return new JobCancelledError(id, null);
    case 'deadline':
      return new JobDeadlineError(id);
  }
}
