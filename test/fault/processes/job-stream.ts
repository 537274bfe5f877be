import { setTimeout as delay } from 'node:timers/promises';
import type { JobOrder, Load } from '../../support/fault/process-messages.js';
import { SeededRandom } from '../../support/fault/seeded-random.js';
import { monotonicMs } from '../../support/fault/events.js';
import type { JobIntake } from './job-intake.js';

const TICK_MS = 20;
/** While the ledger is away enqueues hang for a moment; they must not pile up without end. */
const MOST_UNDER_WAY = 200;
/** Every so many jobs come as one batch instead of one by one. */
const BATCH_SIZE = 10;
/** Process deaths use attempts: a job must be able to lose some without losing its life by them. */
const MANY_RETRIES = 10;
const FEW_RETRIES = 2;

/** An even stream of jobs. It keeps its rate whatever the stores do: what a store refuses is written down and gone. */
export class JobStream {
  private readonly random: SeededRandom;
  private readonly underWay = new Set<Promise<unknown>>();
  private made = 0;
  private stopped = false;

  constructor(
    private readonly intake: JobIntake,
    private readonly load: Load,
  ) {
    this.random = new SeededRandom(load.seed);
  }

  /** Ends after the wanted number of jobs, or when it is stopped, and when every enqueue has come to something. */
  async run(): Promise<void> {
    const begunAt = monotonicMs();
    while (!this.stopped && this.made < this.wanted) {
      const due = Math.floor(((monotonicMs() - begunAt) / 1_000) * this.load.perSecond);
      this.enqueueUpTo(Math.min(due, this.wanted));
      await delay(TICK_MS); // the rhythm of the stream
    }
    await Promise.all(this.underWay);
  }

  stop(): void {
    this.stopped = true;
  }

  private get wanted(): number {
    return this.load.count ?? Number.POSITIVE_INFINITY;
  }

  private enqueueUpTo(count: number): void {
    while (this.made < count) {
      const size = this.random.next() < 1 / BATCH_SIZE ? Math.min(BATCH_SIZE, count - this.made) : 1;
      this.made += size;
      if (this.underWay.size >= MOST_UNDER_WAY) continue;
      const orders = Array.from({ length: size }, () => this.nextOrder());
      this.follow(size === 1 ? this.intake.enqueue(orders[0]!) : this.intake.enqueueMany(orders)); // of length 1
    }
  }

  private nextOrder(): JobOrder {
    const { failing = 0, longestNapMs } = this.load;
    const lot = this.random.next();
    if (lot < failing / 2) return { type: 'fail_always', maxRetries: FEW_RETRIES };
    if (lot < failing) return { type: 'fail_once', maxRetries: MANY_RETRIES };
    if (lot < failing + (1 - failing) / 3) return { type: 'noop', maxRetries: MANY_RETRIES };
    return { type: 'nap', ms: Math.round(this.random.between(0, longestNapMs)), maxRetries: MANY_RETRIES };
  }

  private follow(enqueue: Promise<unknown>): void {
    const settled = enqueue.catch(() => {}); // the intake has written it down
    this.underWay.add(settled);
    void settled.finally(() => this.underWay.delete(settled));
  }
}
