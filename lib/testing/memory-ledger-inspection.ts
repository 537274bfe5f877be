import { compareText } from '../core/compare-text.js';
import type { Job, JobId, JobLogLine, JobRun, JobTexts } from '../core/job.js';
import { CANCELLABLE_STATUSES, isFinal, REDRIVABLE_STATUSES, type JobStatus } from '../core/job-status.js';
import type { JobFilter } from '../core/ports/job-filter.js';
import type {
  CancelledJob,
  ChangedJob,
  JobCensus,
  JobPage,
  LedgerInspection,
  StatusCount,
} from '../core/ports/ledger-inspection.js';
import { matches } from './memory-job-filter.js';
import { MemoryJobLists } from './memory-job-lists.js';
import { isKeyTaken, retriedRow } from './memory-job-operations.js';
import { hintOf, jobOf, type JobRow } from './memory-job-row.js';
import type { MemoryTables } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';

/** The operator's door, in memory. */
export class MemoryLedgerInspection implements LedgerInspection<MemoryTransaction> {
  constructor(private readonly tables: MemoryTables) {}

  async find(id: JobId, transaction?: MemoryTransaction): Promise<Job | undefined> {
    const row = this.tables.job(id, transaction) ?? this.tables.archivedJob(id);
    return row === undefined ? undefined : jobOf(row);
  }

  async texts(id: JobId, transaction?: MemoryTransaction): Promise<JobTexts | undefined> {
    const row = this.tables.job(id, transaction) ?? this.tables.archivedJob(id);
    return row === undefined ? undefined : { payload: row.payload, result: row.result };
  }

  async runs(id: JobId, transaction?: MemoryTransaction): Promise<JobRun[]> {
    return this.tables.runsOf(id, transaction);
  }

  async logs(id: JobId, transaction?: MemoryTransaction): Promise<JobLogLine[]> {
    return this.tables.logsOf(id, transaction);
  }

  async list(page: JobPage, transaction?: MemoryTransaction): Promise<Job[]> {
    const { filter, limit, before, archived = false } = page;
    const after = before === undefined ? {} : { after: { key: null, id: before } };
    const inOrder = { filter, limit, sort: 'created', order: 'desc', archived, ...after } as const;
    const { found } = await new MemoryJobLists(this.tables).jobs(inOrder, transaction);
    return found.map(({ job }) => job);
  }

  async count(filter: JobFilter, transaction?: MemoryTransaction): Promise<StatusCount[]> {
    const counts = new Map<string, StatusCount>();
    for (const row of this.tables.allJobs(transaction)) {
      if (!matches(row, filter, this.tables.now(transaction))) continue;
      const { queue, type, status } = row;
      const key = `${queue} ${type} ${status}`;
      counts.set(key, { queue, type, status, count: (counts.get(key)?.count ?? 0) + 1 });
    }
    return [...counts.values()].sort(byNames);
  }

  async census(): Promise<JobCensus> {
    return { groups: await this.count({}), estimated: [] };
  }

  async cancel(id: JobId, reason: string | null, transaction?: MemoryTransaction): Promise<CancelledJob> {
    const now = this.tables.now(transaction);
    let isRequested = false;
    const changed = await this.change(id, CANCELLABLE_STATUSES, transaction, (row) => {
      isRequested = row.status === 'running';
      return isRequested ? requestedRow(row, reason, now) : cancelledRow(row, reason, now);
    });
    return changed.kind === 'changed' && isRequested ? { kind: 'requested', hint: changed.hint } : changed;
  }

  async retry(id: JobId, transaction?: MemoryTransaction): Promise<ChangedJob> {
    const now = this.tables.now(transaction);
    return this.change(id, REDRIVABLE_STATUSES, transaction, (row) => retriedRow(row, now));
  }

  async delete(id: JobId, transaction?: MemoryTransaction): Promise<ChangedJob> {
    await this.tables.whenChangeable([id], transaction);
    const row = this.tables.job(id, transaction);
    if (row === undefined) return { kind: 'missing' };
    this.tables.hold(id, transaction);
    if (row.status === 'running') return { kind: 'refused', status: row.status };
    this.tables.remove(id, transaction);
    return { kind: 'changed', hint: hintOf(row) };
  }

  afterCommit(transaction: MemoryTransaction, action: () => void): void {
    transaction.afterCommit(action);
  }

  private async change(
    id: JobId,
    from: readonly JobStatus[],
    transaction: MemoryTransaction | undefined,
    changed: (row: JobRow) => JobRow,
  ): Promise<ChangedJob> {
    await this.tables.whenChangeable([id], transaction);
    const row = this.tables.job(id, transaction);
    if (row === undefined) return { kind: 'missing' };
    // A row lock is held until the end of the transaction even where it led to nothing.
    this.tables.hold(id, transaction);
    if (!from.includes(row.status)) return { kind: 'refused', status: row.status };
    const next = changed(row);
    if (!isFinal(next.status) && isKeyTaken(this.tables, row, transaction)) {
      return { kind: 'refused', status: row.status };
    }
    this.tables.write([next], transaction);
    return { kind: 'changed', hint: hintOf(row) };
  }
}

function cancelledRow(row: JobRow, reason: string | null, now: number): JobRow {
  const errorMessage = reason ?? row.errorMessage;
  return { ...row, status: 'cancelled', completedAt: now, errorMessage, updatedAt: now };
}

/** A running job is only asked to end; the first instant of the wish stays. */
function requestedRow(row: JobRow, reason: string | null, now: number): JobRow {
  return {
    ...row,
    cancelRequestedAt: row.cancelRequestedAt ?? now,
    cancelReason: reason ?? row.cancelReason,
  };
}

function byNames(left: StatusCount, right: StatusCount): number {
  return (
    compareText(left.queue, right.queue) ||
    compareText(left.type, right.type) ||
    compareText(left.status, right.status)
  );
}
