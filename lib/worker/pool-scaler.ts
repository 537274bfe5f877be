import type { EventBus } from '../core/event-bus.js';
import type { WorkerScaling } from '../core/options.js';
import type { Clock, Timer } from '../core/ports/clock.js';
import type { SlotBook } from './slot-book.js';

/** What the scaler works with. */
export interface ScalerParts {
  readonly scaling: WorkerScaling;
  readonly slots: SlotBook;
  /** Pending jobs of the types that are handled here, counted no further than `atMost`. */
  readonly countPending: (atMost: number) => Promise<number>;
  readonly clock: Clock;
  readonly events: EventBus;
  /** There are more slots than before. */
  readonly onGrown: () => void;
}

/** One look makes the pool at most so many times larger: the next one sees what came of it. */
const MOST_GROWTH = 2;

/**
 * The size of a pool that follows its work.
 *
 * It grows while every slot is in use and more jobs are pending for each run than the threshold: so far that they
 * are not, and at most to the double at a time. It shrinks to the most that it used, once it has not used all of it for
 * the idle timeout. The backlog is counted only while every slot is in use, and no further than could matter.
 */
export class PoolScaler {
  private timer: Timer | undefined;
  private checking: Promise<void> | undefined;
  private idleSinceMs: number | undefined;
  private mostUsedIdle = 0;

  constructor(private readonly parts: ScalerParts) {}

  start(): void {
    const { clock, scaling } = this.parts;
    this.timer ??= clock.every(scaling.checkIntervalMs, () => void this.check());
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  /** One look; never rejects. */
  check(): Promise<void> {
    this.checking ??= this.checkOnce().finally(() => (this.checking = undefined));
    return this.checking;
  }

  private async checkOnce(): Promise<void> {
    const { slots } = this.parts;
    const mostUsed = slots.takeMostRunning();
    if (mostUsed < slots.size) {
      this.shrinkAfterIdling(mostUsed);
      return;
    }
    this.idleSinceMs = undefined;
    try {
      await this.grow();
    } catch (error) {
      this.parts.events.emit('engine.failed', { during: 'count the backlog', error });
    }
  }

  private async grow(): Promise<void> {
    const { countPending, onGrown, scaling, slots } = this.parts;
    const { max, threshold } = scaling;
    if (slots.size >= max) return;
    const backlog = slots.waitingCount + (await countPending(Math.ceil(max * threshold)));
    if (backlog <= slots.size * threshold) return;
    const wanted = Math.ceil(backlog / threshold);
    this.resize(Math.min(max, slots.size * MOST_GROWTH, Math.max(wanted, slots.size + 1)), backlog);
    onGrown();
  }

  private shrinkAfterIdling(mostUsed: number): void {
    const { clock, scaling, slots } = this.parts;
    const now = clock.monotonicMs();
    if (this.idleSinceMs === undefined) {
      this.idleSinceMs = now;
      this.mostUsedIdle = mostUsed;
      return;
    }
    this.mostUsedIdle = Math.max(this.mostUsedIdle, mostUsed);
    if (now - this.idleSinceMs < scaling.idleTimeoutMs) return;
    this.idleSinceMs = undefined;
    this.resize(Math.max(scaling.min, Math.min(slots.size, this.mostUsedIdle)), 0);
  }

  private resize(to: number, backlog: number): void {
    const { events, slots } = this.parts;
    const from = slots.size;
    if (to === from) return;
    slots.resize(to);
    events.emit('pool.resized', { from, to, backlog });
  }
}
