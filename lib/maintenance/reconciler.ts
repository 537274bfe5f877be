import type { EventBus } from '../core/event-bus.js';
import type { ReconcileCause } from '../core/events.js';
import type { Clock } from '../core/ports/clock.js';
import type { Dispatcher } from '../core/ports/dispatcher.js';
import type { DutyPlan, DutyTurn, LedgerUpkeep } from '../core/ports/ledger-upkeep.js';
import type { Duty } from './duty-loop.js';

/** What the reconciler works with. */
export interface ReconcilerParts {
  readonly upkeep: LedgerUpkeep;
  readonly dispatcher: Dispatcher;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly events: EventBus;
}

/** Jobs that SQL enqueued are known to nobody else, and are to start within two seconds. */
const TICK_MS = 1_000;

/**
 * How much of each type's head a tick compares. Enough, because whatever is missing further back reaches the head
 * as the line moves; and cheap, whatever the backlog.
 */
const PROBE_SIZE = 200;

/**
 * So many hints are put back where a whole head is missing: enough for several claims. Whoever takes is told that there
 * is more, and fills the rest of the window. Not all of it at once: while workers read a long line in the ledger itself
 * and withdraw its hints, the head is missing at every tick, and nobody takes.
 */
const REACH = 2_000;

/** The head of a line may be dear to read (docs/decisions/0020): it gets so small a share of the time at most. */
const TIME_SHARE = 0.1;

/**
 * Tells the dispatcher what it forgot: a lost announce, a hint whose worker died before its claim, a flushed Redis.
 * It compares states and follows no id, so a row that committed late is found like any other.
 */
export class Reconciler implements Duty {
  readonly name = 'reconcile';
  private readonly underWay = new Map<string, Promise<void>>();
  /** Types whose whole head was missing at the last look. */
  private readonly headless = new Set<string>();
  /** How long the last look at each queue took. */
  private readonly tookMs = new Map<string, number>();

  constructor(private readonly parts: ReconcilerParts) {}

  get plan(): DutyPlan {
    const longestMs = Math.max(0, ...this.tookMs.values());
    const turnMs = Math.max(TICK_MS / 2, longestMs / TIME_SHARE);
    return { periodMs: TICK_MS, turnMs, longestGapMs: Number.MAX_SAFE_INTEGER, quietMs: 0 };
  }

  async perform(turn: DutyTurn): Promise<void> {
    if (this.parts.dispatcher.mode !== 'redis') return;
    const begunMs = this.parts.clock.monotonicMs();
    for (const type of await this.parts.upkeep.pendingTypes(turn.queue)) {
      await this.probeType(turn.queue, type);
    }
    this.tookMs.set(turn.queue, this.parts.clock.monotonicMs() - begunMs);
  }

  /**
   * A head that is missing as a whole is more than a lost announcement. Who takes would be told that everything is
   * forgotten, but while every worker is busy nobody takes.
   */
  private async probeType(queue: string, type: string): Promise<void> {
    const key = keyOf(queue, type);
    const reach = Math.min(REACH, this.parts.dispatcher.windowSize);
    if (this.headless.has(key)) {
      // One look is enough where it was missing before, and that it still is makes no news.
      const added = await this.restoreType(queue, type, reach, 'low');
      if (added < PROBE_SIZE) this.headless.delete(key);
      return;
    }
    const added = await this.restoreType(queue, type, PROBE_SIZE, 'probe');
    if (added < PROBE_SIZE) return;
    this.headless.add(key);
    await this.restoreType(queue, type, reach, 'low');
  }

  /** Fills the whole window of every type: the dispatcher lost its memory. Calls that overlap share one pass. */
  async restoreQueue(queue: string): Promise<void> {
    await this.once(queue, async () => {
      for (const type of await this.parts.upkeep.pendingTypes(queue)) {
        await this.restoreType(queue, type, this.parts.dispatcher.windowSize, 'forgotten');
      }
    });
  }

  /**
   * Tells the dispatcher everything that it should know of a queue, whatever it holds.
   * @returns how many hints it did not hold
   */
  async rebuildQueue(queue: string): Promise<number> {
    const { dispatcher, upkeep, events } = this.parts;
    let count = 0;
    for (const type of await upkeep.pendingTypes(queue)) {
      const hints = await upkeep.firstPending(queue, type, dispatcher.windowSize);
      const restored = await dispatcher.restore(queue, type, hints, hints.length < dispatcher.windowSize);
      count += restored.added;
    }
    if (count > 0) events.emit('jobs.reconciled', { queue, count, cause: 'forgotten' });
    return count;
  }

  /**
   * For a queue that goes on after a rest: fills the windows, and announces the head of each line, which wakes workers
   * even where nothing was missing. Without a dispatcher the announcement alone does it.
   */
  async reviveQueue(queue: string): Promise<void> {
    const { dispatcher, upkeep } = this.parts;
    if (dispatcher.mode === 'redis') await this.restoreQueue(queue);
    for (const type of await upkeep.pendingTypes(queue)) {
      await dispatcher.announce(queue, await upkeep.firstPending(queue, type, 1));
    }
  }

  /** Fills the window of types that ran low while more waits in the ledger. */
  async refill(queue: string, types: readonly string[]): Promise<void> {
    for (const type of types) {
      await this.once(keyOf(queue, type), async () => {
        await this.restoreType(queue, type, this.parts.dispatcher.windowSize, 'low');
      });
    }
  }

  private async restoreType(
    queue: string,
    type: string,
    limit: number,
    cause: ReconcileCause,
  ): Promise<number> {
    const hints = await this.parts.upkeep.firstPending(queue, type, limit);
    const { added } = await this.parts.dispatcher.restore(queue, type, hints, hints.length < limit);
    if (added > 0) this.parts.events.emit('jobs.reconciled', { queue, count: added, cause });
    return added;
  }

  private async once(key: string, work: () => Promise<void>): Promise<void> {
    const running = this.underWay.get(key);
    if (running !== undefined) return running;
    const pass = work().finally(() => this.underWay.delete(key));
    this.underWay.set(key, pass);
    return pass;
  }
}

function keyOf(queue: string, type: string): string {
  return `${queue} ${type}`;
}
