import type { EventBus } from '../core/event-bus.js';
import type { JobId } from '../core/job.js';
import type { Dispatcher } from '../core/ports/dispatcher.js';
import type { RunLedger } from '../core/ports/run-ledger.js';

/** What takes unheard claims back. */
export interface UnheardParts {
  readonly ledger: Pick<RunLedger, 'handBackUnheard'>;
  readonly dispatcher: Pick<Dispatcher, 'announce'>;
  readonly events: EventBus;
  readonly queues: readonly string[];
  /** Every job that this process runs, keeps or is about to settle. */
  readonly known: () => readonly JobId[];
}

/** A claim whose reply was lost has happened: its jobs are this worker's, and only the ledger knows. */
export class UnheardClaims {
  constructor(private readonly parts: UnheardParts) {}

  /** Must not be called while a claim of this worker is under way that `known` does not name. */
  async handBack(workerId: string): Promise<void> {
    const { dispatcher, events, ledger, queues, known } = this.parts;
    const jobs = await ledger.handBackUnheard(workerId, queues, known());
    for (const queue of queues) {
      const hints = jobs.filter((job) => job.queue === queue);
      if (hints.length === 0) continue;
      events.emit('jobs.reconciled', { queue, count: hints.length, cause: 'unheard' });
      await dispatcher.announce(queue, hints);
    }
  }
}
