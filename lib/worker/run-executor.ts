import type { EventBus } from '../core/event-bus.js';
import type { Claim } from '../core/claim.js';
import type { AbortCause } from '../core/events.js';
import type { JobId } from '../core/job.js';
import {
  CompletionRolledBackError,
  JobCancelledError,
  JobDeadlineError,
  JobTimeoutError,
} from '../core/errors.js';
import { outcomeOfThrown, type RunOutcome } from '../core/outcome.js';
import type { Clock, Timer } from '../core/ports/clock.js';
import type { HandlerTable } from '../core/ports/handler-table.js';
import type { KyuLogger } from '../core/ports/logger.js';
import type { KyuTelemetry } from '../core/ports/telemetry.js';
import type { CancelRequest } from '../core/ports/open-runs.js';
import { settle, type Settlement } from '../core/settlement.js';
import { runAs } from './current-job.js';
import type { ProgressReporter } from './progress-reporter.js';
import { Run, type Attendant } from './run.js';

/** What the executor works with. */
export interface ExecutorParts {
  readonly handlers: HandlerTable;
  readonly progress: ProgressReporter;
  readonly logger: KyuLogger;
  readonly attendant: Attendant;
  readonly clock: Clock;
  readonly events: EventBus;
  /** Limit for runs that have no other. */
  readonly staleJobTimeoutMs: number;
  /** Shows runs to a tracing system, where there is one. */
  readonly telemetry?: Pick<KyuTelemetry, 'startRun'> | undefined;
  /** How long a handler may take to stop after its job was cancelled. */
  readonly cancelPatienceMs: number;
  /** Called once per run, when it has ended for Kyu. */
  readonly onEnd: (settlement: Settlement) => void;
  /** The same for a run whose handler has settled it in a transaction of its own: only its place becomes free. */
  readonly onSettledEnd: (claim: Claim) => void;
}

/** How often running jobs are compared with their deadlines: one timer for all of them instead of one for each. */
const SWEEP_MS = 50;

/**
 * Runs claims: calls the handler, holds it to its limits, and turns whatever happens into exactly one settlement.
 * A run may end without its handler (timeout, shutdown); what the handler does afterwards changes nothing.
 */
export class RunExecutor {
  private readonly running = new Set<Run>();
  private sweep: Timer | undefined;
  private readonly emptyListeners: (() => void)[] = [];

  constructor(private readonly parts: ExecutorParts) {}

  get size(): number {
    return this.running.size;
  }

  get jobIds(): JobId[] {
    return [...this.running].map(({ id }) => id);
  }

  get claims(): Claim[] {
    return [...this.running].map(({ claim }) => claim);
  }

  start(claim: Claim, claimedAtMs: number): void {
    const handler = this.parts.handlers.find(claim.type);
    if (handler === undefined) throw new Error(`no handler for job type "${claim.type}"`); // a claim names only handled types
    const now = this.parts.clock.monotonicMs();
    const limitMs = claim.timeoutMs > 0 ? claim.timeoutMs : this.parts.staleJobTimeoutMs;
    const deadlineAtMs = claim.deadlineInMs === null ? Infinity : claimedAtMs + claim.deadlineInMs;
    const times = { claimedAtMs, startedAtMs: now, limitAtMs: now + limitMs, deadlineAtMs };
    const run = new Run(claim, handler, JSON.parse(claim.payload), times, this.parts);
    this.running.add(run);
    this.sweep ??= this.parts.clock.every(SWEEP_MS, () => this.endOverdue());
    if (now < deadlineAtMs) this.call(run);
    else this.end(run, { kind: 'expired', error: new JobDeadlineError(run.id) });
  }

  /** Aborts the signal of every run; the runs go on until their handlers end or `endAll` ends them. */
  abortAll(cause: AbortCause, reasonFor: (claim: Claim) => Error): void {
    for (const run of this.running) this.abort(run, cause, reasonFor(run.claim));
  }

  /** Somebody wants this run to end. Its handler may still end by itself, in whichever way. */
  cancel({ id, run: number, reason }: CancelRequest): void {
    for (const run of this.running) {
      // A run that is being aborted already ends anyway, and the ledger knows of the request.
      if (run.id !== id || run.run !== number || run.abortCause !== undefined) continue;
      run.cancelReason = reason;
      run.patienceUntilMs = this.parts.clock.monotonicMs() + this.parts.cancelPatienceMs;
      this.abort(run, 'cancelled', new JobCancelledError(id, reason));
    }
  }

  /** Hands back, uncharged, what has not ended. */
  releaseAll(): number {
    const left = [...this.running];
    for (const run of left) this.end(run, { kind: 'released' });
    return left.length;
  }

  /** A promise below this run's handler rejected and nobody was there to catch it. */
  failStray(run: Run, error: unknown): boolean {
    if (run.ended) {
      this.parts.events.emit('run.overstayed', { claim: run.claim, error });
      return true;
    }
    if (!this.running.has(run)) return false;
    this.end(run, this.outcomeOfFailure(run, error));
    return true;
  }

  async whenEmpty(): Promise<void> {
    if (this.running.size === 0) return;
    await new Promise<void>((resolve) => this.emptyListeners.push(resolve));
  }

  private call(run: Run): void {
    let returned: unknown;
    let isPending: boolean;
    try {
      returned = this.invoke(run);
      // What was returned may throw as soon as it is looked at: that is the handler's failure as well.
      isPending = isThenable(returned) && this.follow(run, returned);
    } catch (error) {
      this.end(run, this.outcomeOfFailure(run, error));
      return;
    }
    if (!isPending) this.end(run, this.outcomeOfReturn(run, returned));
  }

  private follow(run: Run, returned: PromiseLike<unknown>): true {
    returned.then(
      (result) => this.end(run, this.outcomeOfReturn(run, result)),
      (error: unknown) => this.end(run, this.outcomeOfFailure(run, error)),
    );
    return true;
  }

  private invoke(run: Run): unknown {
    const { telemetry } = this.parts;
    if (telemetry === undefined) return runAs(run, callHandler);
    run.telemetry = telemetry.startRun(run.claim, run.context);
    return run.telemetry.call(() => runAs(run, callHandler));
  }

  /** A handler that has completed its run in a transaction, and returns, believes that it has committed. */
  private outcomeOfReturn(run: Run, result: unknown): RunOutcome {
    if (run.completion !== 'written') return { kind: 'completed', result };
    return { kind: 'failed', error: new CompletionRolledBackError(run.id) };
  }

  /** A handler that stops because Kyu told it to has not failed. */
  private outcomeOfFailure(run: Run, error: unknown): RunOutcome {
    if (run.cancelReason !== undefined) return { kind: 'cancelled', reason: run.cancelReason };
    const outcome = outcomeOfThrown(error);
    const isToldToStop = run.abortCause === 'shutdown' || run.abortCause === 'lease-lost';
    return isToldToStop && outcome.kind !== 'discarded' ? { kind: 'released' } : outcome;
  }

  private end(run: Run, outcome: RunOutcome): void {
    const isSettled = run.ended || run.completion === 'committed';
    if (isSettled && outcome.kind === 'failed') {
      this.parts.events.emit('run.overstayed', { claim: run.claim, error: outcome.error });
    }
    if (run.ended) return;
    run.ended = true;
    this.running.delete(run);
    if (isSettled) {
      run.telemetry?.end(this.settlementOf(run, { kind: 'completed', result: undefined }));
      this.parts.onSettledEnd(run.claim);
    } else {
      const settlement = this.settlementOf(run, outcome);
      run.telemetry?.end(settlement);
      this.parts.onEnd(settlement);
    }
    if (this.running.size === 0) this.becomeEmpty();
  }

  private settlementOf(run: Run, outcome: RunOutcome): Settlement {
    const times = {
      startedAfterMs: run.times.startedAtMs - run.times.claimedAtMs,
      finishedAfterMs: this.parts.clock.monotonicMs() - run.times.claimedAtMs,
    };
    const { retryPolicy: atHome, retryPolicyIn } = run.handler;
    const retryPolicy = retryPolicyIn?.get(run.claim.queue) ?? atHome;
    return settle(run.claim, outcome, times, retryPolicy, this.parts.clock.random);
  }

  private endOverdue(): void {
    const now = this.parts.clock.monotonicMs();
    for (const run of this.running) if (now >= run.endsAtMs) this.endWithoutHandler(run);
  }

  private endWithoutHandler(run: Run): void {
    const { startedAtMs, deadlineAtMs } = run.times;
    if (run.cancelReason !== undefined) {
      this.end(run, { kind: 'cancelled', reason: run.cancelReason });
    } else if (deadlineAtMs <= run.limitAtMs) {
      const error = new JobDeadlineError(run.id);
      this.abort(run, 'deadline', error);
      this.end(run, { kind: 'expired', error });
    } else {
      const error = new JobTimeoutError(run.id, Math.round(run.limitAtMs - startedAtMs));
      this.abort(run, 'timeout', error);
      this.end(run, { kind: 'timed-out', error });
    }
  }

  private abort(run: Run, cause: AbortCause, reason: Error): void {
    if (run.abortCause !== undefined) return;
    run.abort(cause, reason);
    this.parts.events.emit('run.aborted', { claim: run.claim, cause });
  }

  private becomeEmpty(): void {
    this.sweep?.cancel();
    this.sweep = undefined;
    for (const listener of this.emptyListeners.splice(0)) listener();
  }
}

/** One function for all runs: a closure for each would be made for nothing. */
function callHandler(run: Run): unknown {
  return run.handler.invoke(run.payload, run);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
