import type { Clock, Timer } from '../core/ports/clock.js';
import { currentJob } from '../worker/current-job.js';
import { VirtualClock } from './virtual-clock.js';

/**
 * Time as the engine of a test application sees it. The wall clock is the application's virtual clock; the engine's
 * timers and its monotonic clock are its own, and stand still while it sleeps: a month in which there is nothing to do
 * passes in one step, without a million heartbeats.
 *
 * Modes: asleep (no job is under way: only the wall clock moves) ⇄ awake (both move, so timeouts and leases end).
 */
export class EngineClock implements Clock {
  isAwake = false;
  readonly nowMs: () => number;
  readonly monotonicMs: () => number;
  readonly random: () => number;
  private readonly engine = new VirtualClock();
  /** Instants, by the engine's own clock, for which a handler waits. */
  private readonly awaited = new Map<Timer, number>();

  constructor(private readonly wall: VirtualClock) {
    this.nowMs = wall.nowMs;
    this.monotonicMs = this.engine.monotonicMs;
    this.random = this.engine.random;
  }

  after(delayMs: number, action: () => void): Timer {
    return currentJob() === undefined
      ? this.engine.after(delayMs, action)
      : this.afterForHandler(delayMs, action);
  }

  every(periodMs: number, action: () => void): Timer {
    return this.engine.every(periodMs, action);
  }

  /** Ms until the next timer that fires when time moves; `undefined` when none is set. */
  get nextTimerInMs(): number | undefined {
    return least([this.wall.nextTimerInMs, this.isAwake ? this.engine.nextTimerInMs : undefined]);
  }

  /** Ms until the next timer that was set below a handler, such as the pause between two reports of progress. */
  get awaitedTimerInMs(): number | undefined {
    const dueMs = least([...this.awaited.values()]);
    return dueMs === undefined ? undefined : Math.max(0, dueMs - this.engine.monotonicMs());
  }

  /** Fires what is due by then. Not farther than `nextTimerInMs` at once, or the two clocks' timers change order. */
  moveBy(ms: number): void {
    this.wall.moveBy(ms);
    if (this.isAwake) this.engine.moveBy(ms);
  }

  private afterForHandler(delayMs: number, action: () => void): Timer {
    const inner = this.engine.after(delayMs, () => {
      this.awaited.delete(timer);
      action();
    });
    const cancel = (): void => {
      this.awaited.delete(timer);
      inner.cancel();
    };
    const timer: Timer = { handle: inner.handle, cancel };
    this.awaited.set(timer, this.engine.monotonicMs() + delayMs);
    return timer;
  }
}

/** The least of those that there are. */
export function least(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
