import { compareText } from '../core/compare-text.js';
import type { PauseOrder, QueuePause, QueuePauses } from '../core/ports/queue-pauses.js';
import type { MemoryTables } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';

/** The operator's door for queues, in memory. */
export class MemoryQueuePauses implements QueuePauses<MemoryTransaction> {
  constructor(private readonly tables: MemoryTables) {}

  async pause(order: PauseOrder, transaction?: MemoryTransaction): Promise<string[]> {
    const { queues, ...pause } = order;
    const pausedAt = new Date(this.tables.now(transaction));
    const begun = inOrder(queues).filter((queue) => !this.isPaused(queue, pause.type, transaction));
    for (const queue of begun) {
      this.tables.pauses.put(keyOf(queue, pause.type), { ...pause, queue, pausedAt }, transaction);
    }
    return begun;
  }

  async resume(
    queues: readonly string[],
    type: string | null,
    transaction?: MemoryTransaction,
  ): Promise<string[]> {
    const ended = inOrder(queues).filter((queue) => this.isPaused(queue, type, transaction));
    for (const queue of ended) this.tables.pauses.remove(keyOf(queue, type), transaction);
    return ended;
  }

  async list(queues: readonly string[]): Promise<QueuePause[]> {
    return this.tables.pauses
      .rows()
      .filter(({ queue }) => queues.includes(queue))
      .sort((left, right) => compareText(keyOf(left.queue, left.type), keyOf(right.queue, right.type)));
  }

  private isPaused(queue: string, type: string | null, transaction: MemoryTransaction | undefined): boolean {
    return this.tables.pauses.get(keyOf(queue, type), transaction) !== undefined;
  }
}

function keyOf(queue: string, type: string | null): string {
  return `${queue} ${type ?? ''}`;
}

function inOrder(queues: readonly string[]): string[] {
  return [...new Set(queues)].sort(compareText);
}
