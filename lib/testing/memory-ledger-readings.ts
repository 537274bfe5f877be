import { compareText } from '../core/compare-text.js';
import type { JobStatus } from '../core/job-status.js';
import type { LedgerReadings, QueueReading, WorkerReading } from '../core/ports/ledger-readings.js';
import type { MemoryTables, WorkerRow } from './memory-tables.js';

/** Metrics' and health's door, in memory. */
export class MemoryLedgerReadings implements LedgerReadings {
  constructor(private readonly tables: MemoryTables) {}

  async ping(): Promise<void> {}

  async queues(queues: readonly string[]): Promise<QueueReading[]> {
    return queues.map((queue) => this.readQueue(queue));
  }

  async workers(queues: readonly string[]): Promise<WorkerReading[]> {
    return [...this.tables.workers.values()]
      .filter((worker) => worker.queues.some((queue) => queues.includes(queue)))
      .sort((left, right) => left.startedAt - right.startedAt)
      .map((worker) => ({
        ...worker,
        startedAt: new Date(worker.startedAt),
        heartbeatAt: new Date(worker.heartbeatAt),
        leaseExpiresAt: new Date(worker.leaseExpiresAt),
        running: this.runningOf(worker),
        heartbeatAgeMs: Math.max(0, this.tables.now() - worker.heartbeatAt),
        drainRequestedAt: this.drainRequestOf(worker),
      }));
  }

  /** There is nothing to clean up here. */
  async oldestTransactionMs(): Promise<number | null> {
    return null;
  }

  private readQueue(queue: string): QueueReading {
    const now = this.tables.now();
    const jobs = this.tables.allJobs().filter((row) => row.queue === queue);
    const pending = jobs.filter((row) => row.status === 'pending');
    const count = (status: JobStatus): number => jobs.filter((row) => row.status === status).length;
    return {
      queue,
      pending: pending.length,
      scheduled: count('scheduled'),
      running: count('running'),
      failed: count('failed'),
      dead: count('dead'),
      oldestPendingMs: ageOfOldest(
        pending.map((row) => row.updatedAt),
        now,
      ),
      liveWorkers: [...this.tables.workers.values()].filter((worker) => isServing(worker, queue, now)).length,
      paused: this.pausesOf(queue).includes(null),
      pausedTypes: this.pausesOf(queue)
        .filter((type) => type !== null)
        .sort(compareText),
    };
  }

  /** The types that rest in the queue; `null` is all of it. */
  private pausesOf(name: string): (string | null)[] {
    return this.tables.pauses.rows().flatMap(({ queue, type }) => (queue === name ? [type] : []));
  }

  private drainRequestOf({ workerId }: WorkerRow): Date | null {
    const order = this.tables.drains.get(workerId);
    return order === undefined ? null : new Date(order.requestedAt);
  }

  private runningOf({ workerId, queues }: WorkerRow): number {
    return this.tables
      .allJobs()
      .filter((row) => row.status === 'running' && row.lockedBy === workerId && queues.includes(row.queue))
      .length;
  }
}

function ageOfOldest(instants: readonly number[], now: number): number | null {
  if (instants.length === 0) return null;
  const oldest = instants.reduce((first, instant) => Math.min(first, instant));
  return Math.max(0, now - oldest);
}

function isServing({ state, leaseExpiresAt, queues }: WorkerRow, queue: string, now: number): boolean {
  return state === 'alive' && leaseExpiresAt > now && queues.includes(queue);
}
