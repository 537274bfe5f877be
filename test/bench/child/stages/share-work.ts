import type { BenchChild } from '../bench-child.js';
import { nowMs } from '../payload.js';

/** What one of several workers tells while it works. */
export interface Progress {
  readonly handled: number;
  /** When it handled its first and its latest job; 0 before the first. */
  readonly firstAt: number;
  readonly lastAt: number;
}

const TELL_EVERY_MS = 20;

/** Works on a queue together with other processes, and tells how far it is. */
export class SharedWork {
  private handled = 0;
  private firstAt = 0;
  private lastAt = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly child: BenchChild,
    private readonly tell: (progress: Progress) => void,
  ) {}

  async start(): Promise<void> {
    this.handled = 0;
    this.firstAt = 0;
    const { contestant, tally } = this.child;
    this.timer = setInterval(() => this.report(), TELL_EVERY_MS);
    await contestant.startWorker((payload) => {
      tally.note(payload);
      this.handled += 1;
      this.lastAt = nowMs();
      if (this.firstAt === 0) this.firstAt = this.lastAt;
    });
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.child.contestant.settled();
    await this.child.contestant.stopWorker();
  }

  private report(): void {
    const { handled, firstAt, lastAt } = this;
    this.tell({ handled, firstAt, lastAt });
  }
}
