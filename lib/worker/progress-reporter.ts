import type { Claim } from '../core/claim.js';
import { LeaseLostError } from '../core/errors.js';
import type { Clock } from '../core/ports/clock.js';
import type { RunLedger } from '../core/ports/run-ledger.js';
import { toStorableText } from '../core/storable-text.js';

/** A handler may report as often as it likes; the ledger hears of it this often. */
const WRITE_EVERY_MS = 250;

/** The ledger shows a line, not a log. */
const NOTE_LIMIT = 1_024;

/** What the reporter has to know of a run. */
export interface ReportingRun {
  readonly id: string;
  readonly run: number;
  readonly claim: Claim;
  /** Nothing that it says now would be taken. */
  readonly isSettled: boolean;
}

/** The latest word of one run, and who waits for it to be written. */
interface Waiting {
  percent: number;
  note: string | null;
  readonly promise: Promise<void>;
}

/** Writes progress, throttled per run; the latest value wins. */
export class ProgressReporter {
  private readonly waiting = new Map<ReportingRun, Waiting>();
  private readonly lastWriteMs = new WeakMap<ReportingRun, number>();

  constructor(
    private readonly ledger: RunLedger,
    private readonly clock: Clock,
  ) {}

  /** Resolves when this word, or a newer one, is written. */
  report(run: ReportingRun, percent: number, note: string | null): Promise<void> {
    const bounded = boundedPercent(percent);
    const text = note === null ? null : toStorableText(note, NOTE_LIMIT);
    const waiting = this.waiting.get(run);
    if (waiting === undefined) return this.begin(run, bounded, text);
    waiting.percent = bounded;
    waiting.note = text;
    return waiting.promise;
  }

  private begin(run: ReportingRun, percent: number, note: string | null): Promise<void> {
    const promise = this.pause(run).then(() => this.write(run));
    this.waiting.set(run, { percent, note, promise });
    return promise;
  }

  private async pause(run: ReportingRun): Promise<void> {
    const last = this.lastWriteMs.get(run);
    const waitMs = last === undefined ? 0 : last + WRITE_EVERY_MS - this.clock.monotonicMs();
    if (waitMs > 0) await new Promise<void>((resolve) => this.clock.after(waitMs, resolve));
  }

  private async write(run: ReportingRun): Promise<void> {
    const word = this.waiting.get(run);
    this.waiting.delete(run);
    if (word === undefined || run.isSettled) return;
    this.lastWriteMs.set(run, this.clock.monotonicMs());
    const isOurs = await this.ledger.reportProgress(run.claim, word.percent, word.note);
    if (!isOurs && !run.isSettled) throw new LeaseLostError(run.id, run.run);
  }
}

function boundedPercent(percent: number): number {
  if (!Number.isFinite(percent)) return 0;
  return Math.min(100, Math.max(0, percent));
}
