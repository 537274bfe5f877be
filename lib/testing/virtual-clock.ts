import { parseDuration, type Duration } from '../core/duration.js';
import type { Clock, Timer } from '../core/ports/clock.js';
import { describeValue } from '../core/redact.js';
import { letPromisesRun } from './event-loop.js';

/** Where a clock stands that was given no instant. */
const DEFAULT_START = '2026-01-01T00:00:00.000Z';

/** The middle of chance: a delay that varies by ±10 % is then exactly itself. */
const MIDDLE = 0.5;

interface VirtualTimer extends Timer {
  dueMs: number;
  /** `undefined`: fires once. */
  readonly periodMs: number | undefined;
  readonly action: () => void;
}

/**
 * A clock that stands still until it is told to move. Its timers fire in the order of their instants, and its chance
 * is always the middle, so that a jittered backoff is exactly what its formula says.
 * @example
 * const clock = new VirtualClock('2027-03-01T08:00:00Z');
 * KyuTestingModule.forRoot({ clock });
 */
export class VirtualClock implements Clock {
  private readonly startMs: number;
  private elapsedMs = 0;
  /** In the order in which they were set: of two that are due at the same instant, the first fires first. */
  private readonly timers = new Set<VirtualTimer>();

  /**
   * @param start the instant at which it stands; default 2026-01-01T00:00:00Z
   * @throws RangeError when `start` is no instant
   */
  constructor(start: Date | string | number = DEFAULT_START) {
    this.startMs = new Date(start).getTime();
    if (Number.isNaN(this.startMs)) throw new RangeError(`${describeValue(start)} is no instant.`);
  }

  /** Wall clock in ms since 1970. */
  readonly nowMs = (): number => this.startMs + this.elapsedMs;

  /** Ms since the clock was made. */
  readonly monotonicMs = (): number => this.elapsedMs;

  /** Always 0.5. */
  readonly random = (): number => MIDDLE;

  /** The instant at which it stands. */
  now(): Date {
    return new Date(this.nowMs());
  }

  /** Runs once, when the clock has moved so far. */
  after(delayMs: number, action: () => void): Timer {
    return this.add(delayMs, undefined, action);
  }

  /** Runs again and again while the clock moves. */
  every(periodMs: number, action: () => void): Timer {
    return this.add(periodMs, wholeMs(periodMs), action);
  }

  /** Ms until the next timer fires; `undefined` when none is set. */
  get nextTimerInMs(): number | undefined {
    const next = this.nextTimer();
    return next === undefined ? undefined : next.dueMs - this.elapsedMs;
  }

  /**
   * Moves the clock. Timers fire at their instants, in order; after each instant promises run, so that what they set
   * in motion can set further timers.
   * @param duration ms or text such as `'1h30m'`
   * @throws RangeError when it is no duration
   * @example
   * await clock.advanceBy('5m');
   */
  async advanceBy(duration: Duration): Promise<void> {
    const untilMs = this.elapsedMs + requireDuration(duration);
    await letPromisesRun();
    while (this.elapsedMs < untilMs) {
      const leftMs = untilMs - this.elapsedMs;
      this.moveBy(Math.min(leftMs, this.nextTimerInMs ?? leftMs));
      await letPromisesRun();
    }
  }

  /** Moves the clock at once: timers fire in order, promises wait until the caller does. */
  moveBy(ms: number): void {
    const untilMs = this.elapsedMs + ms;
    for (;;) {
      const next = this.nextTimer();
      if (next === undefined || next.dueMs > untilMs) break;
      this.elapsedMs = next.dueMs;
      this.fire(next);
    }
    this.elapsedMs = untilMs;
  }

  private add(delayMs: number, periodMs: number | undefined, action: () => void): Timer {
    const timer: VirtualTimer = {
      dueMs: this.elapsedMs + wholeMs(delayMs),
      periodMs,
      action,
      get handle() {
        return timer;
      },
      cancel: () => void this.timers.delete(timer),
    };
    this.timers.add(timer);
    return timer;
  }

  private fire(timer: VirtualTimer): void {
    this.timers.delete(timer);
    if (timer.periodMs !== undefined) {
      timer.dueMs += timer.periodMs;
      this.timers.add(timer);
    }
    timer.action();
  }

  private nextTimer(): VirtualTimer | undefined {
    let next: VirtualTimer | undefined;
    for (const timer of this.timers) {
      if (next === undefined || timer.dueMs < next.dueMs) next = timer;
    }
    return next;
  }
}

/** A duration that a caller of the test kit gave, in ms. */
export function requireDuration(duration: Duration): number {
  const ms = parseDuration(duration);
  if (ms === undefined) {
    throw new RangeError(`${describeValue(duration)} is no duration; give ms or text such as '30s'.`);
  }
  return ms;
}

/** As in Node, "at once" is a millisecond later: a timer that sets itself again does not stop the clock for ever. */
function wholeMs(ms: number): number {
  return Math.max(1, Math.ceil(ms));
}
