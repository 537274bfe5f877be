import { fenceOf, type Claim } from '../core/claim.js';
import type { EventBus } from '../core/event-bus.js';
import type { Clock, Timer } from '../core/ports/clock.js';
import type { LogEntry, OpenRuns } from '../core/ports/open-runs.js';
import { toStorableText } from '../core/storable-text.js';

/** What the run log works with. */
export interface RunLogParts {
  readonly openRuns: Pick<OpenRuns<unknown>, 'keepLogLines'>;
  readonly clock: Clock;
  readonly events: EventBus;
}

/** What the log has to know of a run. */
export interface LoggingRun {
  readonly claim: Claim;
  readonly times: { readonly claimedAtMs: number };
  readonly ended: boolean;
  /** Lines so far. */
  loggedLines: number;
}

/** Handlers may log as often as they like; the ledger hears of it this often. */
const WRITE_EVERY_MS = 250;
const MOST_LINES = 1_000;
const LONGEST_LINE = 2_000;
const BATCH_SIZE = 1_000;

/**
 * Keeps the lines of all runs of this process, many with one statement. Lines are written before their run is settled,
 * because a settled run is nobody's any more and the ledger would refuse them. What cannot be written is in the
 * application's log all the same, so a line is tried once and never holds up a settlement for long.
 *
 * Modes: idle (no timer) → gathering (lines wait for the next write) → idle. Runs that do not log cost nothing.
 */
export class RunLog {
  private waiting: LogEntry[] = [];
  /** Lines that are not written yet, by run. */
  private readonly unwritten = new Map<string, number>();
  private timer: Timer | undefined;
  private writing = Promise.resolve();

  constructor(private readonly parts: RunLogParts) {}

  add(run: LoggingRun, message: string): void {
    if (run.ended || run.loggedLines > MOST_LINES) return;
    run.loggedLines += 1;
    const isTooMany = run.loggedLines > MOST_LINES;
    const kept = isTooMany
      ? `This run logged more than ${MOST_LINES} lines; further ones are only in the application's log.`
      : toStorableText(message, LONGEST_LINE);
    this.waiting.push({
      claim: run.claim,
      line: run.loggedLines,
      afterMs: this.parts.clock.monotonicMs() - run.times.claimedAtMs,
      message: kept,
    });
    const fence = fenceOf(run.claim);
    this.unwritten.set(fence, (this.unwritten.get(fence) ?? 0) + 1);
    this.timer ??= this.parts.clock.every(WRITE_EVERY_MS, () => void this.flush());
  }

  /** Resolves when the lines of this run are written or lost; `undefined` when there is nothing to wait for. */
  whenWritten(claim: Claim): Promise<void> | undefined {
    // Asked for every run that ends, and hardly any logs: its fence is not even put together.
    if (this.unwritten.size === 0) return undefined;
    return this.unwritten.has(fenceOf(claim)) ? this.flush() : undefined;
  }

  private flush(): Promise<void> {
    this.timer?.cancel();
    this.timer = undefined;
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  private async write(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, BATCH_SIZE);
      try {
        await this.parts.openRuns.keepLogLines(batch);
      } catch (error) {
        this.parts.events.emit('engine.failed', { during: 'log', error });
      }
      for (const { claim } of batch) this.forget(fenceOf(claim));
    }
  }

  private forget(fence: string): void {
    const left = (this.unwritten.get(fence) ?? 0) - 1;
    if (left > 0) this.unwritten.set(fence, left);
    else this.unwritten.delete(fence);
  }
}
