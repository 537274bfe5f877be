import type { Room } from '../core/claim.js';
import type { EventBus } from '../core/event-bus.js';
import type { Hint } from '../core/job.js';
import type { Clock } from '../core/ports/clock.js';
import type { Dispatcher, Restored, Taken } from '../core/ports/dispatcher.js';
import type { WakeUp } from '../core/ports/wake-up.js';
import { ANNOUNCE_BUDGET_MS } from './announce-budget.js';
import { within } from '../core/within.js';

/** What a dispatcher without Redis is made of. */
export interface PollingDispatcherParts {
  /** The ledger's own signal. */
  readonly ledgerWakeUp: WakeUp;
  /** Queues whose signals are listened to; none for a process that only enqueues. */
  readonly queues: readonly string[];
  readonly onWake: (queue: string) => void;
  readonly windowSize: number;
  readonly clock: Clock;
  readonly events: EventBus;
}

/** Life without Redis: the ledger is both queue and memory, and a signal says when looking is worth while. */
export class PollingDispatcher implements Dispatcher {
  readonly mode = 'postgres';

  constructor(private readonly parts: PollingDispatcherParts) {}

  get windowSize(): number {
    return this.parts.windowSize;
  }

  async announce(queue: string, hints: readonly Hint[]): Promise<void> {
    if (hints.length === 0) return;
    await within(this.parts.clock, ANNOUNCE_BUDGET_MS, this.signal(queue, hints.length));
  }

  async take(_queue: string, _rooms: readonly Room[], _limit: number): Promise<Taken> {
    return { kind: 'look' };
  }

  async restore(
    _queue: string,
    _type: string,
    _hints: readonly Hint[],
    _complete: boolean,
  ): Promise<Restored> {
    return { added: 0 };
  }

  async withdraw(): Promise<void> {}

  async withdrawUpTo(): Promise<void> {}

  async start(): Promise<void> {
    const { events, ledgerWakeUp, onWake, queues } = this.parts;
    if (queues.length === 0) return; // a connection that listens for nobody
    try {
      await ledgerWakeUp.start(queues, onWake);
    } catch (error) {
      // The worker polls anyway; without the signal it only finds jobs later.
      events.emit('engine.failed', { during: 'listen', error });
    }
  }

  async stop(): Promise<void> {
    try {
      await this.parts.ledgerWakeUp.stop();
    } catch (error) {
      this.parts.events.emit('engine.failed', { during: 'listen', error });
    }
  }

  private async signal(queue: string, count: number): Promise<void> {
    try {
      await this.parts.ledgerWakeUp.send(queue);
    } catch (error) {
      this.parts.events.emit('announce.failed', { queue, count, error });
    }
  }
}
