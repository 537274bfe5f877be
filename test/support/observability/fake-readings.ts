import type { LedgerReadings, QueueReading } from '../../../lib/core/ports/ledger-readings.js';

export function queueReading(given: Partial<QueueReading> = {}): QueueReading {
  return {
    queue: 'shop',
    pending: 0,
    scheduled: 0,
    running: 0,
    failed: 0,
    dead: 0,
    oldestPendingMs: null,
    liveWorkers: 1,
    paused: false,
    pausedTypes: [],
    ...given,
  };
}

/** A ledger whose answers a test chooses, and that counts how often it was asked. */
export class FakeReadings implements LedgerReadings {
  answer: readonly QueueReading[] = [];
  /** Every question fails with it. */
  failure: unknown;
  /** No question is answered until `resume`. */
  private stalled: (() => void)[] | undefined;
  pings = 0;
  questions: (readonly string[])[] = [];

  async ping(): Promise<void> {
    this.pings += 1;
    await this.unlessStalled();
    if (this.failure !== undefined) throw this.failure;
  }

  async queues(queues: readonly string[]): Promise<QueueReading[]> {
    this.questions.push(queues);
    await this.unlessStalled();
    if (this.failure !== undefined) throw this.failure;
    return [...this.answer];
  }

  /** What `oldestTransactionMs` answers. */
  transactionMs: number | null = null;
  transactionQuestions = 0;

  async oldestTransactionMs(): Promise<number | null> {
    this.transactionQuestions += 1;
    await this.unlessStalled();
    if (this.failure !== undefined) throw this.failure;
    return this.transactionMs;
  }

  async workers(): Promise<never[]> {
    return [];
  }

  stall(): void {
    this.stalled = [];
  }

  resume(): void {
    const waiting = this.stalled ?? [];
    this.stalled = undefined;
    for (const goOn of waiting) goOn();
  }

  private async unlessStalled(): Promise<void> {
    const { stalled } = this;
    if (stalled !== undefined) await new Promise<void>((resolve) => stalled.push(resolve));
  }
}
