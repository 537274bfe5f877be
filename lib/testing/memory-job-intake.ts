import type { InsertedJob, JobDraft } from '../core/job.js';
import type { JobIntake } from '../core/ports/ledger.js';
import { newJobRow, type JobRow } from './memory-job-row.js';
import type { MemoryTables } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';

/** The producer's door, in memory. */
export class MemoryJobIntake implements JobIntake<MemoryTransaction> {
  constructor(private readonly tables: MemoryTables) {}

  async insert(drafts: readonly JobDraft[], transaction?: MemoryTransaction): Promise<InsertedJob[]> {
    await this.tables.whenFree(
      drafts.map(({ id }) => id),
      transaction,
    );
    const now = this.tables.now(transaction);
    const rows = new Map<string, JobRow>();
    for (const draft of drafts) {
      const row = newJobRow(draft, now);
      const known = this.tables.job(row.id, transaction) ?? rows.get(row.id);
      if (known === undefined) rows.set(row.id, row);
    }
    this.tables.write([...rows.values()], transaction);
    return drafts.map(({ id }) => ({ id, status: this.tables.job(id, transaction)?.status ?? 'pending' }));
  }

  afterCommit(transaction: MemoryTransaction, action: () => void): void {
    transaction.afterCommit(action);
  }
}
