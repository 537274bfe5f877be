import { byClaimOrder } from '../core/claim-order.js';
import type { JobId } from '../core/job.js';
import { isHandledBy, MOST_AHEAD, type JobStanding, type JobStandings } from '../core/ports/job-standings.js';
import { restsBy } from '../core/ports/queue-pauses.js';
import type { JobRow } from './memory-job-row.js';
import type { MemoryTables, WorkerRow } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';

/** The door of those who ask why a job does not run, in memory. */
export class MemoryJobStandings implements JobStandings<MemoryTransaction> {
  constructor(private readonly tables: MemoryTables) {}

  async standing(id: JobId, transaction?: MemoryTransaction): Promise<JobStanding | undefined> {
    const row = this.tables.job(id, transaction);
    if (row === undefined) return undefined;
    const now = this.tables.now();
    const pauses = this.tables.pauses.rows(transaction).filter((pause) => restsBy(pause, row));
    const workers = [...this.tables.workers.values()].filter((worker) => isServing(worker, row.queue, now));
    return {
      id: row.id,
      type: row.type,
      queue: row.queue,
      status: row.status,
      priority: row.priority,
      retryCount: row.retryCount,
      maxRetries: row.maxRetries,
      errorMessage: row.errorMessage,
      scheduledAt: row.scheduledAt === null ? null : new Date(row.scheduledAt),
      completedAt: row.completedAt === null ? null : new Date(row.completedAt),
      dueInMs: row.scheduledAt === null ? null : row.scheduledAt - now,
      workerId: row.lockedBy,
      runningForMs: row.lockedAt === null ? null : now - row.lockedAt,
      ahead: row.status === 'pending' ? this.countAhead(row, transaction) : 0,
      isQueuePaused: pauses.some(({ type }) => type === null),
      isTypePaused: pauses.some(({ type }) => type !== null),
      liveWorkers: workers.length,
      ableWorkers: workers.filter(
        ({ types }) => types === null || types.some((name) => isHandledBy(row.type, name)),
      ).length,
    };
  }

  private countAhead(row: JobRow, transaction: MemoryTransaction | undefined): number {
    const ahead = this.tables
      .allJobs(transaction)
      .filter(({ status, queue, type }) => status === 'pending' && queue === row.queue && type === row.type)
      .filter((other) => byClaimOrder(other, row) < 0);
    return Math.min(MOST_AHEAD, ahead.length);
  }
}

function isServing({ state, leaseExpiresAt, queues }: WorkerRow, queue: string, now: number): boolean {
  return state === 'alive' && leaseExpiresAt > now && queues.includes(queue);
}
