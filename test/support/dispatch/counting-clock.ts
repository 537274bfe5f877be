import type { Clock, Timer } from '../../../lib/core/ports/clock.js';
import { systemClock } from '../../../lib/core/system-clock.js';

/** The real clock, which also knows how many of its timers are still set. */
export class CountingClock implements Clock {
  private readonly pending = new Set<Timer>();

  get timers(): number {
    return this.pending.size;
  }

  nowMs(): number {
    return systemClock.nowMs();
  }

  monotonicMs(): number {
    return systemClock.monotonicMs();
  }

  random(): number {
    return systemClock.random();
  }

  after(delayMs: number, action: () => void): Timer {
    const timer = systemClock.after(delayMs, () => {
      this.pending.delete(timer);
      action();
    });
    return this.count(timer);
  }

  every(periodMs: number, action: () => void): Timer {
    return this.count(systemClock.every(periodMs, action));
  }

  private count(timer: Timer): Timer {
    this.pending.add(timer);
    return {
      ...timer,
      cancel: () => {
        this.pending.delete(timer);
        timer.cancel();
      },
    };
  }
}
