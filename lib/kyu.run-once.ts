import type { KyuRuntime } from './kyu.runtime.js';
import type { KyuWorkers } from './kyu.workers.js';

/** Between two looks at whether everything is done, when nothing has ended in between. */
const LOOK_EVERY_MS = 200;

/**
 * Runs what is due, until nothing is: for crontab and Kubernetes jobs. Jobs that back off into the future are left
 * for the next time, so it never waits for them, and what a dead worker left behind is taken back first.
 */
export class RunOnce {
  constructor(
    private readonly runtime: KyuRuntime,
    private readonly workers: KyuWorkers,
  ) {}

  /** @throws LedgerUnavailableError when PostgreSQL does not answer */
  async run(): Promise<void> {
    await this.workers.start();
    try {
      await this.fireSchedules();
      while (!(await this.isDone())) await this.somethingEnds();
    } finally {
      await this.workers.drain();
    }
  }

  /**
   * The ledger is believed only when nothing of this process moved while it was asked: what is claimed at that moment is
   * not pending any more and not here yet, and what runs may enqueue more.
   */
  private async isDone(): Promise<boolean> {
    const { workers, runtime } = this;
    await runtime.scheduler.promoteDue();
    if (!workers.isIdle) return false;
    const claimsBefore = workers.claimCount;
    const types = runtime.handlers?.all().map((handler) => handler.type) ?? [];
    const left = await runtime.upkeep.countUnfinishedDue(runtime.queues, types);
    if (left > 0) workers.wake();
    return left === 0 && workers.isIdle && workers.claimCount === claimsBefore;
  }

  /** Once, at the beginning: a schedule of every second would never let it come to an end. */
  private async fireSchedules(): Promise<void> {
    const { sync, ticker } = this.runtime.schedules;
    await sync.sync();
    await ticker.fireDue();
  }

  private somethingEnds(): Promise<void> {
    return new Promise((resolve) => {
      const finish = (): void => {
        unsubscribe();
        timer.cancel();
        resolve();
      };
      const unsubscribe = this.runtime.events.on('runs.settled', finish);
      const timer = this.runtime.clock.after(LOOK_EVERY_MS, finish);
    });
  }
}
