import type { Claim } from '../core/claim.js';
import type { CancelRequest, LogEntry, OpenRuns } from '../core/ports/open-runs.js';
import type { Settlement } from '../core/settlement.js';
import { currentJob, settledJob } from './memory-settling.js';
import type { MemoryTables } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';

/** The worker's door for runs that are under way, in memory. */
export class MemoryOpenRuns implements OpenRuns<MemoryTransaction | undefined> {
  constructor(private readonly tables: MemoryTables) {}

  async cancelRequests(workerIds: readonly string[]): Promise<CancelRequest[]> {
    return this.tables
      .allJobs()
      .filter(({ lockedBy, cancelRequestedAt }) => cancelRequestedAt !== null && isOneOf(lockedBy, workerIds))
      .map(({ id, run, cancelReason: reason }) => ({ id, run, reason }));
  }

  async extend(claim: Claim, forMs: number): Promise<boolean> {
    await this.tables.whenChangeable([claim.id]);
    const job = currentJob(this.tables, claim);
    if (job === undefined) return false;
    const now = this.tables.now();
    const lockedAt = Math.max(job.lockedAt ?? now, now + forMs - job.timeoutMs);
    this.tables.write([{ ...job, lockedAt, updatedAt: now }]);
    return true;
  }

  async keepLogLines(entries: readonly LogEntry[]): Promise<void> {
    for (const { claim, line, afterMs, message } of entries) {
      if (currentJob(this.tables, claim) === undefined) continue;
      const at = new Date(Date.parse(claim.claimedAt) + afterMs);
      this.tables.recordLogLine(claim.id, { run: claim.run, line, at, message });
    }
  }

  /** Without a transaction of this ledger, which a mocked manager is not, it is done at once. */
  async settleIn(settlement: Settlement, transaction: MemoryTransaction | undefined): Promise<boolean> {
    const { claim } = settlement;
    await this.tables.whenChangeable([claim.id], transaction);
    const job = currentJob(this.tables, claim, transaction);
    if (job === undefined) return false;
    const { row, run } = settledJob(job, settlement, this.tables.now(transaction));
    this.tables.write([row], transaction);
    this.afterCommit(transaction, () => this.tables.recordRun(claim.id, run));
    return true;
  }

  afterCommit(transaction: MemoryTransaction | undefined, action: () => void): void {
    if (transaction === undefined) action();
    else transaction.afterCommit(action);
  }
}

function isOneOf(workerId: string | null, workerIds: readonly string[]): boolean {
  return workerId !== null && workerIds.includes(workerId);
}
