import {
  CANCELLABLE_STATUSES,
  CHANGEABLE_STATUSES,
  DELETABLE_STATUSES,
  REDRIVABLE_STATUSES,
  WAITING_STATUSES,
  isFinal,
  type JobStatus,
} from '../core/job-status.js';
import type { JobId } from '../core/job.js';
import type {
  BatchOutcome,
  DueTime,
  JobBatch,
  JobChanges,
  JobOperations,
  OperatedHint,
  OperatedJob,
} from '../core/ports/job-operations.js';
import { matches } from './memory-job-filter.js';
import { byId, hintOf, normalId, type JobRow } from './memory-job-row.js';
import type { MemoryTables } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';

/** What an operation makes of a job; nothing: it is gone. */
type Operation = (row: JobRow, now: number) => JobRow | undefined;

/** The operator's door for jobs that do not run, in memory. */
export class MemoryJobOperations implements JobOperations<MemoryTransaction> {
  constructor(private readonly tables: MemoryTables) {}

  runNow(id: JobId, transaction?: MemoryTransaction): Promise<OperatedJob> {
    return this.operate(id, WAITING_STATUSES, pendingRow, transaction);
  }

  reschedule(id: JobId, due: DueTime, transaction?: MemoryTransaction): Promise<OperatedJob> {
    return this.operate(id, CHANGEABLE_STATUSES, (row, now) => rescheduledRow(row, due, now), transaction);
  }

  change(id: JobId, changes: JobChanges, transaction?: MemoryTransaction): Promise<OperatedJob> {
    return this.operate(id, CHANGEABLE_STATUSES, (row, now) => changedRow(row, changes, now), transaction);
  }

  runManyNow(batch: JobBatch, transaction?: MemoryTransaction): Promise<BatchOutcome> {
    return this.operateMany(batch, WAITING_STATUSES, pendingRow, transaction);
  }

  rescheduleMany(batch: JobBatch, due: DueTime, transaction?: MemoryTransaction): Promise<BatchOutcome> {
    return this.operateMany(
      batch,
      CHANGEABLE_STATUSES,
      (row, now) => rescheduledRow(row, due, now),
      transaction,
    );
  }

  cancelMany(batch: JobBatch, reason: string | null, transaction?: MemoryTransaction): Promise<BatchOutcome> {
    return this.operateMany(
      batch,
      CANCELLABLE_STATUSES,
      (row, now) => cancelledRow(row, reason, now),
      transaction,
    );
  }

  retryMany(batch: JobBatch, transaction?: MemoryTransaction): Promise<BatchOutcome> {
    return this.operateMany(batch, REDRIVABLE_STATUSES, retriedRow, transaction);
  }

  deleteMany(batch: JobBatch, transaction?: MemoryTransaction): Promise<BatchOutcome> {
    return this.operateMany(batch, DELETABLE_STATUSES, () => undefined, transaction);
  }

  private async operate(
    id: JobId,
    from: readonly JobStatus[],
    operation: Operation,
    transaction: MemoryTransaction | undefined,
  ): Promise<OperatedJob> {
    await this.tables.whenChangeable([id], transaction);
    const row = this.tables.job(id, transaction);
    if (row === undefined) return { kind: 'missing' };
    // A row lock is held until the end of the transaction even where it led to nothing.
    this.tables.hold(id, transaction);
    if (!from.includes(row.status)) return { kind: 'refused', status: row.status };
    const { status, ...hint } = this.apply(row, operation, transaction);
    return { kind: 'changed', status, hint };
  }

  private async operateMany(
    { filter, limit, after }: JobBatch,
    from: readonly JobStatus[],
    operation: Operation,
    transaction: MemoryTransaction | undefined,
  ): Promise<BatchOutcome> {
    transaction?.requireOpen();
    const rows = this.tables
      .allJobs(transaction)
      .filter((row) => from.includes(row.status) && matches(row, filter, this.tables.now(transaction)))
      .filter((row) => after === undefined || row.id > normalId(after))
      .sort(byId)
      .slice(0, limit);
    const free = rows.filter(({ id }) => this.tables.isFree(id, transaction));
    return {
      matched: rows.length,
      lastId: rows.at(-1)?.id,
      // The newest first: of several that want the same key it is the one that gets it.
      changed: free.reverse().flatMap((row) => {
        const comesBack = operation === retriedRow && isFinal(row.status);
        if (comesBack && isKeyTaken(this.tables, row, transaction)) return [];
        return [this.apply(row, operation, transaction)];
      }),
    };
  }

  private apply(row: JobRow, operation: Operation, transaction: MemoryTransaction | undefined): OperatedHint {
    const changed = operation(row, this.tables.now(transaction));
    if (changed === undefined) this.tables.remove(row.id, transaction);
    else this.tables.write([changed], transaction);
    return { ...hintOf(changed ?? row), status: (changed ?? row).status };
  }
}

function pendingRow(row: JobRow, now: number): JobRow {
  return { ...row, status: 'pending', scheduledAt: null, updatedAt: now };
}

function rescheduledRow(row: JobRow, due: DueTime, now: number): JobRow {
  const dueAt = 'at' in due ? Date.parse(due.at) : now + due.delayMs;
  const waits = row.status === 'failed' ? 'failed' : 'scheduled';
  return { ...row, scheduledAt: dueAt, status: dueAt <= now ? 'pending' : waits, updatedAt: now };
}

function changedRow(row: JobRow, changes: JobChanges, now: number): JobRow {
  const { maxRetries = row.maxRetries, deadlineAt, ...others } = changes;
  const deadline = deadlineAt === null ? null : Date.parse(deadlineAt ?? '');
  return {
    ...row,
    ...others,
    maxRetries: Math.max(maxRetries, row.retryCount),
    deadlineAt: deadlineAt === undefined ? row.deadlineAt : deadline,
    updatedAt: now,
  };
}

/** A job that runs is asked to end. */
function cancelledRow(row: JobRow, reason: string | null, now: number): JobRow {
  if (row.status === 'running') {
    return {
      ...row,
      cancelRequestedAt: row.cancelRequestedAt ?? now,
      cancelReason: reason ?? row.cancelReason,
    };
  }
  return {
    ...row,
    status: 'cancelled',
    completedAt: now,
    errorMessage: reason ?? row.errorMessage,
    updatedAt: now,
  };
}

/** Whether another job holds the key which this one gave up when it ended. */
export function isKeyTaken(
  tables: MemoryTables,
  { id, uniqueKey }: JobRow,
  transaction: MemoryTransaction | undefined,
): boolean {
  if (uniqueKey === null) return false;
  const holder = tables.holderOf(uniqueKey, transaction);
  return holder !== undefined && holder.id !== id;
}

/** A dead or cancelled job gets all its attempts again; one that waits for its next attempt only waits no longer. */
export function retriedRow(row: JobRow, now: number): JobRow {
  return {
    ...row,
    status: 'pending',
    completedAt: null,
    scheduledAt: null,
    retryCount: row.status === 'failed' ? row.retryCount : 0,
    crashCount: 0,
    cancelRequestedAt: null,
    cancelReason: null,
    updatedAt: now,
  };
}
