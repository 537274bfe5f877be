import { formatDuration } from '../core/duration.js';
import type { Clock, Timer } from '../core/ports/clock.js';
import type { LogLine } from './log-line.js';

export interface RepeatLimiterOptions {
  readonly write: (line: LogLine) => void;
  /** At most one line per key in this time. */
  readonly periodMs: number;
  readonly clock: Clock;
}

interface Period {
  repeats: number;
  latest: () => LogLine;
  timer: Timer;
}

/**
 * A store that is down makes the same error many times a second. The first one is written at once; what follows is
 * counted and written at the end of each period, as long as it goes on.
 */
export class RepeatLimiter {
  private readonly periods = new Map<string, Period>();

  constructor(private readonly options: RepeatLimiterOptions) {}

  /** `makeLine` is called only for lines that are written. */
  report(key: string, makeLine: () => LogLine): void {
    const period = this.periods.get(key);
    if (period !== undefined) {
      period.repeats += 1;
      period.latest = makeLine;
      return;
    }
    this.periods.set(key, { repeats: 0, latest: makeLine, timer: this.endLater(key) });
    this.options.write(makeLine());
  }

  /** Writes what was counted and not yet written. */
  stop(): void {
    for (const period of this.periods.values()) {
      period.timer.cancel();
      if (period.repeats > 0) this.writeRepeats(period);
    }
    this.periods.clear();
  }

  private endLater(key: string): Timer {
    return this.options.clock.after(this.options.periodMs, () => this.end(key));
  }

  private end(key: string): void {
    const period = this.periods.get(key);
    if (period === undefined) return;
    if (period.repeats === 0) {
      this.periods.delete(key);
      return;
    }
    this.writeRepeats(period);
    period.repeats = 0;
    period.timer = this.endLater(key);
  }

  private writeRepeats({ latest, repeats }: Period): void {
    const { details, level, message } = latest();
    const times = repeats === 1 ? 'once more' : `${repeats} more times`;
    this.options.write({
      level,
      message: `${message} (${times} within ${formatDuration(this.options.periodMs)})`,
      details: { ...details, repeats },
    });
  }
}
