import { ShutdownError } from '../core/errors.js';
import type { EventBus } from '../core/event-bus.js';
import type { Clock } from '../core/ports/clock.js';
import { within } from '../core/within.js';
import type { CancelWatch } from './cancel-watch.js';
import type { LeaseKeeper } from './lease-keeper.js';
import type { RunExecutor } from './run-executor.js';
import type { RunStarter } from './run-starter.js';
import type { SettleBatcher } from './settle-batcher.js';

/** After the abort signal, handlers have so long to stop by themselves. */
const AFTER_ABORT_MS = 1_300;

/** A drain ends so long after its grace period at the latest, answered or not; another process will find the jobs. */
const AFTER_GRACE_MS = 2_100;

/** The least time for the last words to a ledger that may not answer. */
const LAST_WORDS_MS = 400;

/** What a drain brings to its end. */
export interface DrainParts {
  readonly clock: Clock;
  readonly events: EventBus;
  readonly executor: RunExecutor;
  readonly starter: RunStarter;
  readonly settling: SettleBatcher;
  readonly lease: LeaseKeeper;
  readonly cancels: CancelWatch;
  /** Nothing more is claimed from the call on; comes back when no claim is under way any more. */
  readonly stopClaiming: () => Promise<unknown>;
  /** The pool is at rest. */
  readonly onStopped: () => void;
}

/** The end of a pool, step by step, each with its limit of time: no store that stays silent holds it up. */
export class PoolDrain {
  /** Handed back in this drain. */
  private released = 0;

  constructor(private readonly parts: DrainParts) {}

  /** Ends 2.1 s after the grace period at the latest, even when no store answers. */
  async run(graceMs: number): Promise<void> {
    const { clock, events, executor, starter, settling, lease, cancels } = this.parts;
    const begunMs = clock.monotonicMs();
    events.emit('drain.started', { running: executor.size, graceMs });
    const stopped = this.parts.stopClaiming();
    this.released = 0;
    starter.handBackWaiting();
    const told = lease.drain();
    await within(clock, graceMs, executor.whenEmpty());
    if (executor.size > 0) await this.abortAndRelease();
    const lastWordsAtMs = begunMs + graceMs + AFTER_GRACE_MS - LAST_WORDS_MS;
    const flushed = Promise.all([stopped, told]).then(() => settling.whenIdle());
    await within(clock, Math.max(LAST_WORDS_MS, lastWordsAtMs - clock.monotonicMs()), flushed);
    settling.abandon();
    cancels.stop();
    await within(clock, LAST_WORDS_MS, lease.stop());
    this.parts.onStopped();
    events.emit('drain.finished', {
      released: this.released,
      tookMs: Math.round(clock.monotonicMs() - begunMs),
    });
  }

  /** A job goes back without being charged for it. */
  countReleased(): void {
    this.released += 1;
  }

  private async abortAndRelease(): Promise<void> {
    const { clock, executor } = this.parts;
    executor.abortAll('shutdown', (claim) => new ShutdownError(claim.id));
    await within(clock, AFTER_ABORT_MS, executor.whenEmpty());
    executor.releaseAll();
  }
}
