import type { EventBus } from '../core/event-bus.js';
import type { QueuedHint } from '../core/job.js';
import type { Clock, Timer } from '../core/ports/clock.js';
import type { Dispatcher } from '../core/ports/dispatcher.js';
import type { DutyTurn, LedgerUpkeep } from '../core/ports/ledger-upkeep.js';
import type { Duty } from './duty-loop.js';

/** What the scheduler works with. */
export interface SchedulerParts {
  readonly queues: readonly string[];
  readonly upkeep: LedgerUpkeep;
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
  readonly events: EventBus;
}

/** The longest that a due job waits for its promotion; with it a job starts well within a second of its time. */
const TICK_MS = 500;
const BATCH_SIZE = 1_000;

/**
 * Makes due jobs reachable: scheduled or failed → pending, then announces them.
 * Between two ticks it wakes for a job that is due sooner, so lateness does not depend on the tick.
 */
export class Scheduler implements Duty {
  readonly name = 'promote';
  readonly plan = { periodMs: TICK_MS, longestGapMs: Number.MAX_SAFE_INTEGER, quietMs: 0 };
  private readonly early = new Map<string, Timer>();
  private stopped = true;

  constructor(private readonly parts: SchedulerParts) {}

  async perform(turn: DutyTurn): Promise<void> {
    await this.promoteQueue(turn.queue);
  }

  /**
   * Promotes what is due now in every queue of this instance, without waiting for the next tick.
   * @returns how many jobs became pending
   */
  async promoteDue(): Promise<number> {
    let promoted = 0;
    for (const queue of this.parts.queues) promoted += await this.promoteQueue(queue);
    return promoted;
  }

  /** From now on it wakes early for what is due between two ticks. */
  begin(): void {
    this.stopped = false;
  }

  stop(): void {
    this.stopped = true;
    for (const timer of this.early.values()) timer.cancel();
    this.early.clear();
  }

  private async promoteQueue(queue: string): Promise<number> {
    let promoted = 0;
    for (;;) {
      const { jobs, nextDueInMs } = await this.parts.upkeep.promote(queue, BATCH_SIZE);
      promoted += jobs.length;
      if (jobs.length > 0) await this.announce(queue, jobs);
      if (jobs.length < BATCH_SIZE) {
        this.wakeEarly(queue, nextDueInMs);
        return promoted;
      }
    }
  }

  private async announce(queue: string, jobs: readonly QueuedHint[]): Promise<void> {
    this.parts.events.emit('jobs.promoted', { queue, count: jobs.length });
    await this.parts.dispatcher.announce(queue, jobs);
  }

  private wakeEarly(queue: string, nextDueInMs: number | null): void {
    if (this.stopped || nextDueInMs === null || nextDueInMs >= TICK_MS) return;
    this.early.get(queue)?.cancel();
    this.early.set(
      queue,
      this.parts.clock.after(nextDueInMs, () => void this.promoteEarly(queue)),
    );
  }

  private async promoteEarly(queue: string): Promise<void> {
    try {
      await this.promoteQueue(queue);
    } catch (error) {
      this.parts.events.emit('duty.failed', { duty: this.name, error });
    }
  }
}
