import type { EventBus } from '../core/event-bus.js';
import type { RescuedJobEvent } from '../core/events.js';
import type { Dispatcher } from '../core/ports/dispatcher.js';
import type { DutyPlan, DutyTurn, LedgerUpkeep } from '../core/ports/ledger-upkeep.js';
import type { Duty } from './duty-loop.js';

/** What the reaper works with. */
export interface ReaperParts {
  readonly queues: readonly string[];
  readonly upkeep: LedgerUpkeep;
  readonly dispatcher: Dispatcher;
  readonly events: EventBus;
  readonly leaseMs: number;
  readonly staleJobTimeoutMs: number;
}

/** Half of it is what a job waits on average after its owner's lease is over. */
const TICK_MS = 500;
/** Shorter gaps between two ticks are what a busy machine looks like, also with a very short lease. */
const SHORTEST_GAP_MS = 2_000;
const BATCH_SIZE = 500;

/** A job that took so many processes with it is not run again. */
const MOST_CRASHES = 3;

/**
 * Buries workers whose lease is over and takes their jobs back.
 * After a gap in its own ticks it waits a full lease first: when PostgreSQL was away, no worker could beat, and none
 * of them is dead for it.
 */
export class Reaper implements Duty {
  readonly name = 'rescue';
  readonly plan: DutyPlan;

  constructor(private readonly parts: ReaperParts) {
    this.plan = {
      periodMs: TICK_MS,
      longestGapMs: Math.max(parts.leaseMs / 2, SHORTEST_GAP_MS),
      quietMs: parts.leaseMs,
    };
  }

  async perform(turn: DutyTurn): Promise<void> {
    if (turn.quietForMs === 0) await this.bury([turn.queue]);
    else if (turn.sinceLastMs !== null && turn.quietForMs > this.parts.leaseMs - TICK_MS) {
      this.parts.events.emit('rescue.postponed', { queue: turn.queue, forMs: turn.quietForMs });
    }
    // Jobs of workers that are dead or stopped already can be taken back at any time.
    await this.rescueQueue(turn.queue);
  }

  /**
   * Takes back the jobs of workers that are known to be dead, without waiting for the next tick. It buries nobody:
   * that is left to the tick, which knows about gaps.
   * @param queues default: those of this instance
   * @returns how many jobs were taken back
   */
  async sweep(queues: readonly string[] = this.parts.queues): Promise<number> {
    let rescued = 0;
    for (const queue of queues) rescued += await this.rescueQueue(queue);
    return rescued;
  }

  private async bury(queues: readonly string[]): Promise<void> {
    for (const worker of await this.parts.upkeep.bury(queues))
      this.parts.events.emit('worker.buried', worker);
  }

  private async rescueQueue(queue: string): Promise<number> {
    const limits = {
      staleAfterMs: this.parts.staleJobTimeoutMs,
      mostCrashes: MOST_CRASHES,
      batchSize: BATCH_SIZE,
    };
    let rescued = 0;
    for (;;) {
      const jobs = await this.parts.upkeep.rescue(queue, limits);
      rescued += jobs.length;
      if (jobs.length > 0) await this.announce(queue, jobs);
      if (jobs.length < BATCH_SIZE) return rescued;
    }
  }

  private async announce(queue: string, jobs: readonly RescuedJobEvent[]): Promise<void> {
    this.parts.events.emit('jobs.rescued', { jobs });
    const pending = jobs.filter((job) => job.status === 'pending');
    if (pending.length > 0) await this.parts.dispatcher.announce(queue, pending);
  }
}
