import { Batcher } from '../core/batcher.js';
import type { EventBus } from '../core/event-bus.js';
import { LedgerUnavailableError } from '../core/errors.js';
import type { Clock } from '../core/ports/clock.js';
import type { JobId } from '../core/job.js';
import type { Dispatcher } from '../core/ports/dispatcher.js';
import type { RunLedger } from '../core/ports/run-ledger.js';
import type { Settlement } from '../core/settlement.js';

/** What the settle batcher works with. */
export interface SettleParts {
  readonly ledger: RunLedger;
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
  readonly events: EventBus;
}

const BATCH_SIZE = 500;
const IN_FLIGHT = 2;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Writes settlements, many at a time. It never gives up: a result that was computed is kept and tried again until
 * the ledger takes it or refuses it, which is safe at any time because every write carries its fence.
 * A batch that fails for its content is written row by row, so that one bad row does not hold up the others.
 */
export class SettleBatcher {
  private readonly batcher: Batcher<Settlement>;
  private readonly unsettled = new Set<Settlement>();
  /** Settlements that wait for something to be written before them. */
  private readonly held = new Set<Promise<void>>();
  private abandoned = false;

  constructor(private readonly parts: SettleParts) {
    this.batcher = new Batcher({
      flush: (settlements) => this.writeAll(settlements),
      maxSize: BATCH_SIZE,
      maxInFlight: IN_FLIGHT,
    });
  }

  /** Runs that ended and are not yet settled. */
  get size(): number {
    return this.batcher.size + this.held.size;
  }

  get jobIds(): JobId[] {
    return [...this.unsettled].map(({ claim }) => claim.id);
  }

  /** @param first what has to be over before the run may be settled; it must not reject */
  push(settlement: Settlement, first?: Promise<void>): void {
    this.unsettled.add(settlement);
    if (first === undefined) return this.batcher.push(settlement);
    const held = first.then(() => {
      this.held.delete(held);
      this.batcher.push(settlement);
    });
    this.held.add(held);
  }

  async whenIdle(): Promise<void> {
    await Promise.all(this.held);
    await this.batcher.whenIdle();
  }

  /** Waits out outages again, after an `abandon`. */
  resume(): void {
    this.abandoned = false;
  }

  /** The process ends: what the ledger has not taken by now is left to the reaper of another one. */
  abandon(): void {
    this.abandoned = true;
  }

  /** Runs that went well are written by themselves: the ledger has a shorter statement for them. */
  private async writeAll(settlements: Settlement[]): Promise<void> {
    const completed = settlements.filter(({ outcome }) => outcome === 'completed');
    if (completed.length === 0 || completed.length === settlements.length) return this.write(settlements);
    const others = settlements.filter(({ outcome }) => outcome !== 'completed');
    await Promise.all([this.write(completed), this.write(others)]);
  }

  private async write(settlements: Settlement[]): Promise<void> {
    try {
      this.report(settlements, await this.writeUntilTaken(settlements));
    } catch (error) {
      if (settlements.length === 1) this.parts.events.emit('engine.failed', { during: 'settle', error });
      else for (const settlement of settlements) await this.write([settlement]);
    } finally {
      for (const settlement of settlements) this.unsettled.delete(settlement);
    }
  }

  /** Waits out an outage; rejects only for what another try cannot change. */
  private async writeUntilTaken(settlements: Settlement[]): Promise<Settlement[]> {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        return await this.parts.ledger.settle(settlements);
      } catch (error) {
        if (!(error instanceof LedgerUnavailableError) || this.abandoned) throw error;
        this.parts.events.emit('settle.delayed', { count: settlements.length, error });
        await new Promise<void>((resolve) => this.parts.clock.after(pauseMs, resolve));
      }
    }
  }

  private report(tried: Settlement[], accepted: Settlement[]): void {
    if (accepted.length > 0) this.parts.events.emit('runs.settled', { settlements: accepted });
    if (accepted.length < tried.length) this.reportLost(tried, accepted);
    this.announceReleased(accepted);
  }

  private reportLost(tried: Settlement[], accepted: Settlement[]): void {
    const taken = new Set(accepted);
    this.parts.events.emit('runs.lost', {
      settlements: tried.filter((settlement) => !taken.has(settlement)),
    });
  }

  /** Jobs that went straight back to pending join the common path at its second step. */
  private announceReleased(accepted: Settlement[]): void {
    const queues = new Map<string, { id: string; type: string; priority: number }[]>();
    for (const { claim, status } of accepted) {
      if (status !== 'pending') continue;
      const hints = queues.get(claim.queue) ?? [];
      queues.set(claim.queue, hints);
      hints.push({ id: claim.id, type: claim.type, priority: claim.priority });
    }
    for (const [queue, hints] of queues) void this.parts.dispatcher.announce(queue, hints);
  }
}
