import { nowMs, type BenchPayload } from './payload.js';

/** When the first and the last of a number of jobs were handled, by `nowMs`. */
export interface Span {
  readonly firstAt: number;
  readonly lastAt: number;
}

/** What this process did. */
export interface TallyCount {
  readonly enqueued: number;
  /** Different jobs. */
  readonly handled: number;
  /** Calls of the handler for a job that had been handled already. */
  readonly repeats: number;
}

/** Counts the jobs of one process, each by its number: none may be missing, none may run twice. */
export class Tally {
  private enqueued = 0;
  private handled = 0;
  private repeats = 0;
  private seen = new Uint8Array(1 << 16);
  private goal = Number.POSITIVE_INFINITY;
  private firstAt: number | undefined;
  private reached: ((span: Span) => void) | undefined;

  /** @param next The number of the first job that this process enqueues. */
  constructor(private next = 0) {}

  /** Numbers for jobs that are about to be enqueued. */
  take(count: number): number {
    const first = this.next;
    this.next += count;
    this.enqueued += count;
    return first;
  }

  /** Resolves when so many jobs more have been handled. */
  expect(count: number): Promise<Span> {
    this.goal = this.handled + count;
    this.firstAt = undefined;
    return new Promise((resolve) => {
      this.reached = resolve;
    });
  }

  note({ n }: BenchPayload): void {
    this.firstAt ??= nowMs();
    if (n >= this.seen.length) this.grow(n);
    if (this.seen[n] === 1) {
      this.repeats += 1;
      return;
    }
    this.seen[n] = 1;
    this.handled += 1;
    if (this.handled === this.goal) this.reached?.({ firstAt: this.firstAt, lastAt: nowMs() });
  }

  count(): TallyCount {
    const { enqueued, handled, repeats } = this;
    return { enqueued, handled, repeats };
  }

  private grow(n: number): void {
    const larger = new Uint8Array(Math.max(n + 1, this.seen.length * 2));
    larger.set(this.seen);
    this.seen = larger;
  }
}
