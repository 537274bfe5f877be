import type { Clock } from '../core/ports/clock.js';
import { formatDuration } from '../core/duration.js';

export interface SharedReadingOptions<Value> {
  readonly read: () => Promise<Value>;
  /** How long an answer, good or bad, serves everybody who asks. */
  readonly keepMs: number;
  /** After this time without an answer, those who wait are told that there is none. */
  readonly patienceMs: number;
  readonly clock: Clock;
}

/** A question that hangs for so long is given up, and the next caller asks anew on another connection. */
const HANGING_MS = 30_000;

/**
 * One question for everybody who asks at about the same time. A store that hangs is not asked a second time
 * while the first question is still open, so that probes and scrapes cannot use up a pool.
 */
export class SharedReading<Value> {
  private answer: { readonly value: Promise<Value>; freshUntilMs: number } | undefined;
  private question: { readonly value: Promise<Value>; readonly askedAtMs: number } | undefined;

  constructor(private readonly options: SharedReadingOptions<Value>) {}

  /** Rejects when the question failed or was not answered in time. */
  get(): Promise<Value> {
    const now = this.options.clock.monotonicMs();
    if (this.answer !== undefined && now < this.answer.freshUntilMs) return this.answer.value;
    const value = this.withinPatience(this.ask(now));
    const answer = { value, freshUntilMs: Infinity };
    this.answer = answer;
    const keep = (): void => {
      answer.freshUntilMs = this.options.clock.monotonicMs() + this.options.keepMs;
    };
    value.then(keep, keep);
    return value;
  }

  private ask(now: number): Promise<Value> {
    const open = this.question;
    if (open !== undefined && now - open.askedAtMs < HANGING_MS) return open.value;
    const question = { value: this.options.read(), askedAtMs: now };
    this.question = question;
    const close = (): void => {
      if (this.question === question) this.question = undefined;
    };
    question.value.then(close, close);
    return question.value;
  }

  private withinPatience(value: Promise<Value>): Promise<Value> {
    const { clock, patienceMs } = this.options;
    return new Promise((resolve, reject) => {
      const timer = clock.after(patienceMs, () =>
        reject(new Error(`no answer within ${formatDuration(patienceMs)}`)),
      );
      value.then(resolve, reject).finally(() => timer.cancel());
    });
  }
}
