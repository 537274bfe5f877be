import type { LedgerReadings, QueueReading, WorkerReading } from '../core/ports/ledger-readings.js';
import type { LedgerConnection } from './ledger-connection.js';
import { ping } from './statements/ping.sql.js';
import { readOldestTransaction } from './statements/read-oldest-transaction.sql.js';
import { readQueues } from './statements/read-queues.sql.js';
import { readWorkers } from './statements/read-workers.sql.js';

/** Metrics' and health's door. */
export class PostgresLedgerReadings implements LedgerReadings {
  constructor(private readonly connection: LedgerConnection) {}

  async ping(): Promise<void> {
    await this.connection.query(ping, []);
  }

  async queues(queues: readonly string[]): Promise<QueueReading[]> {
    const rows = await this.connection.query<QueueRow>(readQueues, [queues]);
    return rows.map((row) => ({
      queue: row.queue,
      pending: Number(row.pending),
      scheduled: Number(row.scheduled),
      running: Number(row.running),
      failed: Number(row.failed),
      dead: Number(row.dead),
      oldestPendingMs: row.oldest_ms === null ? null : Math.max(0, Number(row.oldest_ms)),
      liveWorkers: Number(row.live_workers),
      paused: row.paused,
      pausedTypes: row.paused_types,
    }));
  }

  async workers(queues: readonly string[]): Promise<WorkerReading[]> {
    const rows = await this.connection.query<WorkerRow>(readWorkers, [queues]);
    return rows.map((row) => ({
      workerId: row.id,
      host: row.host,
      pid: row.pid,
      version: row.version,
      queues: row.queues,
      concurrency: row.concurrency,
      types: row.job_types,
      state: row.state,
      startedAt: row.started_at,
      heartbeatAt: row.heartbeat_at,
      leaseExpiresAt: row.lease_expires_at,
      running: Number(row.running),
      drainRequestedAt: row.drain_requested_at,
      heartbeatAgeMs: Math.max(0, Math.round(Number(row.heartbeat_age_ms))),
    }));
  }

  async oldestTransactionMs(): Promise<number | null> {
    const [row] = await this.connection.query<{ age_ms: string | null }>(readOldestTransaction, []);
    return row === undefined || row.age_ms === null ? null : Math.max(0, Number(row.age_ms));
  }
}

/** Counts are bigint in PostgreSQL, which node-postgres gives as text. */
interface QueueRow {
  readonly queue: string;
  readonly pending: string;
  readonly oldest_ms: string | null;
  readonly scheduled: string;
  readonly failed: string;
  readonly running: string;
  readonly dead: string;
  readonly live_workers: string;
  readonly paused: boolean;
  readonly paused_types: string[];
}

interface WorkerRow {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  readonly queues: string[];
  readonly concurrency: number;
  readonly job_types: string[] | null;
  readonly state: string;
  readonly started_at: Date;
  readonly heartbeat_at: Date;
  readonly lease_expires_at: Date;
  readonly drain_requested_at: Date | null;
  readonly heartbeat_age_ms: string;
  readonly running: string;
}
