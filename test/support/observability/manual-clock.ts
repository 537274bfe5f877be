import type { Clock, Timer } from '../../../lib/core/ports/clock.js';

interface PlannedAction {
  atMs: number;
  readonly periodMs: number | undefined;
  readonly action: () => void;
}

/** Time that moves only when a test says so. */
export class ManualClock implements Clock {
  private timeMs = 1_000_000;
  private readonly planned = new Set<PlannedAction>();

  get timers(): number {
    return this.planned.size;
  }

  nowMs(): number {
    return this.timeMs;
  }

  monotonicMs(): number {
    return this.timeMs;
  }

  random(): number {
    return 0.5;
  }

  after(delayMs: number, action: () => void): Timer {
    return this.plan({ atMs: this.timeMs + delayMs, periodMs: undefined, action });
  }

  every(periodMs: number, action: () => void): Timer {
    return this.plan({ atMs: this.timeMs + periodMs, periodMs, action });
  }

  /** Runs what falls due on the way, in the order of its time. */
  advance(ms: number): void {
    const end = this.timeMs + ms;
    for (let next = this.firstUntil(end); next !== undefined; next = this.firstUntil(end)) {
      this.timeMs = Math.max(this.timeMs, next.atMs); // what was skipped is late
      if (next.periodMs === undefined) this.planned.delete(next);
      else next.atMs += next.periodMs;
      next.action();
    }
    this.timeMs = end;
  }

  /** Time passes and nothing runs, as in a process that is frozen. */
  skip(ms: number): void {
    this.timeMs += ms;
  }

  private plan(action: PlannedAction): Timer {
    this.planned.add(action);
    return { handle: action, cancel: () => this.planned.delete(action) };
  }

  private firstUntil(end: number): PlannedAction | undefined {
    const due = [...this.planned].filter(({ atMs }) => atMs <= end);
    return due.sort((left, right) => left.atMs - right.atMs)[0];
  }
}
