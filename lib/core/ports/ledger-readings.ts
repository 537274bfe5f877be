import type { WorkerIdentity } from './worker-registry.js';

/** A queue as metrics and health see it. */
export interface QueueReading {
  readonly queue: string;
  readonly pending: number;
  readonly scheduled: number;
  readonly running: number;
  readonly failed: number;
  readonly dead: number;
  /** Age of the oldest pending job; `null` when none is pending. */
  readonly oldestPendingMs: number | null;
  readonly liveWorkers: number;
  /** The whole queue rests. */
  readonly paused: boolean;
  /** Job types that rest in it, in the order of their names. */
  readonly pausedTypes: readonly string[];
}

/** A worker process as the ledger shows it. */
export interface WorkerReading extends WorkerIdentity {
  readonly state: string;
  readonly startedAt: Date;
  readonly heartbeatAt: Date;
  readonly leaseExpiresAt: Date;
  /** By the database's clock. */
  readonly heartbeatAgeMs: number;
  readonly running: number;
  /** Somebody asked it to take nothing more. */
  readonly drainRequestedAt: Date | null;
}

/** Metrics' and health's door: cheap questions about the whole. */
export interface LedgerReadings {
  /** Fails when PostgreSQL does not answer. */
  ping(): Promise<void>;
  queues(queues: readonly string[]): Promise<QueueReading[]>;
  workers(queues: readonly string[]): Promise<WorkerReading[]>;
  /** Age of the oldest open transaction that keeps the ledger from being cleaned up; `null` when there is none. */
  oldestTransactionMs(): Promise<number | null>;
}
