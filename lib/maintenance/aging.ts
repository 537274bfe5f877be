import type { EventBus } from '../core/event-bus.js';
import type { Dispatcher } from '../core/ports/dispatcher.js';
import type { DutyPlan, DutyTurn, LedgerUpkeep } from '../core/ports/ledger-upkeep.js';
import type { Duty } from './duty-loop.js';

/** What aging works with. */
export interface AgingParts {
  readonly upkeep: LedgerUpkeep;
  readonly dispatcher: Dispatcher;
  readonly events: EventBus;
  /** A pending job gains a step for each such time; 0 = aging is off. */
  readonly agingMs: number;
}

/** Of each job type and priority the oldest so many: those behind them are next when these have gone. */
const BATCH_SIZE = 500;

/** So that a turn is taken soon after it is due, whichever process comes by. */
const TICKS_PER_TURN = 10;
const LONGEST_TICK_MS = 5_000;

/**
 * Keeps unimportant jobs from waiting for ever: a pending job that waits beside more important ones of its queue gains
 * one step of priority per interval, until it is as important as the most important, and there the older one comes
 * first. The ledger and the dispatcher both learn the new priority.
 *
 * One turn is one step, so a turn lasts a whole interval, whoever takes it. Done twice by accident, a job is a step
 * ahead of its time, which harms nobody.
 */
export class Aging implements Duty {
  readonly name = 'age';
  readonly plan: DutyPlan;

  constructor(private readonly parts: AgingParts) {
    const { agingMs } = parts;
    this.plan = {
      periodMs: Math.max(1, Math.min(agingMs / TICKS_PER_TURN, LONGEST_TICK_MS)),
      turnMs: agingMs,
      longestGapMs: Number.MAX_SAFE_INTEGER,
      quietMs: 0,
    };
  }

  /** The first turn of a queue only begins the first interval. */
  async perform(turn: DutyTurn): Promise<void> {
    if (turn.sinceLastMs === null) return;
    const { agingMs, dispatcher, events, upkeep } = this.parts;
    const jobs = await upkeep.age(turn.queue, agingMs, BATCH_SIZE);
    if (jobs.length === 0) return;
    events.emit('jobs.aged', { queue: turn.queue, count: jobs.length });
    await dispatcher.announce(turn.queue, jobs);
  }
}
