import { MemoryLedger } from '../../../lib/testing/memory-ledger.js';
import type { MemoryTransaction } from '../../../lib/testing/memory-transaction.js';
import { ManualClock } from '../observability/manual-clock.js';
import type { LedgerSubject, OpenTransaction } from './ledger-subject.js';

/** A memory ledger whose clock only moves when a test says so. */
export async function openMemoryLedger(): Promise<LedgerSubject<MemoryTransaction>> {
  return new MemorySubject();
}

class MemorySubject implements LedgerSubject<MemoryTransaction> {
  private readonly clock = new ManualClock();
  private ledger = new MemoryLedger(this.clock);

  get intake(): MemoryLedger['intake'] {
    return this.ledger.intake;
  }

  get runs(): MemoryLedger['runs'] {
    return this.ledger.runs;
  }

  get registry(): MemoryLedger['registry'] {
    return this.ledger.registry;
  }

  get upkeep(): MemoryLedger['upkeep'] {
    return this.ledger.upkeep;
  }

  get inspection(): MemoryLedger['inspection'] {
    return this.ledger.inspection;
  }

  get readings(): MemoryLedger['readings'] {
    return this.ledger.readings;
  }

  get openRuns(): MemoryLedger['openRuns'] {
    return this.ledger.openRuns;
  }

  get outcomes(): MemoryLedger['outcomes'] {
    return this.ledger.outcomes;
  }

  get operator(): MemoryLedger['operator'] {
    return this.ledger.operator;
  }

  get schedules(): MemoryLedger['schedules'] {
    return this.ledger.schedules;
  }

  get retention(): MemoryLedger['retention'] {
    return this.ledger.retention;
  }

  async begin(): Promise<OpenTransaction<MemoryTransaction>> {
    const manager = this.ledger.begin();
    return { manager, commit: async () => manager.commit(), rollback: async () => manager.rollback() };
  }

  async passTime(ms: number): Promise<void> {
    this.clock.advance(ms);
  }

  async nowMs(): Promise<number> {
    return this.clock.nowMs();
  }

  async clear(): Promise<void> {
    this.ledger = new MemoryLedger(this.clock);
  }

  async close(): Promise<void> {}
}
