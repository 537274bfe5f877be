import type { EntityManager } from 'typeorm';
import type { JobId } from '../core/job.js';
import type { JobStatus } from '../core/job-status.js';
import { MOST_AHEAD, type JobStanding, type JobStandings } from '../core/ports/job-standings.js';
import type { LedgerConnection } from './ledger-connection.js';
import { readStanding } from './statements/read-standing.sql.js';

/** The door of those who ask why a job does not run. */
export class PostgresJobStandings implements JobStandings<EntityManager> {
  constructor(private readonly connection: LedgerConnection) {}

  async standing(id: JobId, manager?: EntityManager): Promise<JobStanding | undefined> {
    const [row] = await this.connection.queryIn<StandingRow>(manager, readStanding, [id, MOST_AHEAD]);
    if (row === undefined) return undefined;
    return {
      id: row.id,
      type: row.job_type,
      queue: row.queue,
      status: row.status,
      priority: row.priority,
      retryCount: row.retry_count,
      maxRetries: row.max_retries,
      errorMessage: row.error_message,
      scheduledAt: row.scheduled_at,
      completedAt: row.completed_at,
      dueInMs: numberOf(row.due_in_ms),
      workerId: row.locked_by,
      runningForMs: numberOf(row.running_for_ms),
      ahead: Math.min(MOST_AHEAD, Number(row.ahead)),
      isQueuePaused: row.is_queue_paused,
      isTypePaused: row.is_type_paused,
      liveWorkers: Number(row.live_workers),
      ableWorkers: Number(row.able_workers),
    };
  }
}

function numberOf(text: string | null): number | null {
  return text === null ? null : Number(text);
}

/** Counts are bigint and spans numeric in PostgreSQL, which node-postgres gives as text. */
interface StandingRow {
  readonly id: string;
  readonly job_type: string;
  readonly queue: string;
  readonly status: JobStatus;
  readonly priority: number;
  readonly retry_count: number;
  readonly max_retries: number;
  readonly error_message: string | null;
  readonly scheduled_at: Date | null;
  readonly completed_at: Date | null;
  readonly due_in_ms: string | null;
  readonly locked_by: string | null;
  readonly running_for_ms: string | null;
  readonly ahead: string;
  readonly is_queue_paused: boolean;
  readonly is_type_paused: boolean;
  readonly live_workers: string;
  readonly able_workers: string;
}
