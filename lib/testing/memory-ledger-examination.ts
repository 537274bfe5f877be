import type { LedgerExamination, LedgerVitals, SchemaExamination } from '../core/ports/ledger-examination.js';
import type { MemoryTables } from './memory-tables.js';
import { isLiving } from './memory-worker-registry.js';

const REAPER_MS = 10_000;

/** The doctor's door, in memory, where there is no schema that could drift. */
export class MemoryLedgerExamination implements LedgerExamination {
  constructor(private readonly tables: MemoryTables) {}

  async schema(): Promise<SchemaExamination> {
    return { version: 0, needed: 0, differences: [], obstacle: null };
  }

  async vitals(): Promise<LedgerVitals> {
    return {
      nowMs: this.tables.now(),
      producerSkewMs: null,
      orphans: this.orphans(),
      tables: [],
      heldTransactions: [],
      lateDuties: [],
    };
  }

  async repairIndexes(): Promise<string[]> {
    return [];
  }

  private orphans(): { queue: string; count: number }[] {
    const before = this.tables.now() - REAPER_MS;
    const counts = new Map<string, number>();
    for (const { status, queue, lockedBy, lockedAt } of this.tables.allJobs()) {
      if (status !== 'running' || lockedBy === null || (lockedAt ?? 0) >= before) continue;
      const owner = this.tables.workers.get(lockedBy);
      const hasEnded = owner !== undefined && !isLiving(owner) && owner.heartbeatAt < before;
      if (owner !== undefined && !hasEnded && owner.leaseExpiresAt >= before) continue;
      counts.set(queue, (counts.get(queue) ?? 0) + 1);
    }
    return [...counts].map(([queue, count]) => ({ queue, count }));
  }
}
