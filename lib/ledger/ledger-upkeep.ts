import type { RescuedJobEvent } from '../core/events.js';
import type { Hint, QueuedHint } from '../core/job.js';
import type { JobStatus } from '../core/job-status.js';
import type {
  BuriedWorker,
  DutyName,
  DutyPlan,
  DutyTurn,
  LedgerUpkeep,
  Promoted,
  RescueLimits,
} from '../core/ports/ledger-upkeep.js';
import type { LedgerConnection } from './ledger-connection.js';
import { ageJobs } from './statements/age-jobs.sql.js';
import { buryWorkers } from './statements/bury-workers.sql.js';
import { countPending } from './statements/count-pending.sql.js';
import { countUnfinishedDue } from './statements/count-unfinished-due.sql.js';
import { findNextDue } from './statements/find-next-due.sql.js';
import { listFirstPending } from './statements/list-first-pending.sql.js';
import { listPendingTypes } from './statements/list-pending-types.sql.js';
import { promoteDueJobs } from './statements/promote-due-jobs.sql.js';
import { rescueJobs } from './statements/rescue-jobs.sql.js';
import { takeDuty } from './statements/take-duty.sql.js';

/** Maintenance's door: one verb, one statement. */
export class PostgresLedgerUpkeep implements LedgerUpkeep {
  constructor(private readonly connection: LedgerConnection) {}

  async takeDuty(duty: DutyName, queues: readonly string[], plan: DutyPlan): Promise<DutyTurn[]> {
    const { periodMs, longestGapMs, quietMs } = plan;
    const values = [queues, duty, periodMs, longestGapMs, quietMs];
    const rows = await this.connection.query<DutyRow>(takeDuty, values);
    return rows.map((row) => ({
      queue: row.queue,
      sinceLastMs: row.gap_ms === null ? null : Number(row.gap_ms),
      quietForMs: Number(row.quiet_ms),
    }));
  }

  async promote(queue: string, limit: number): Promise<Promoted> {
    const jobs = await this.connection.query<QueuedHint>(promoteDueJobs, [queue, limit]);
    const [next] = await this.connection.query<{ due_in_ms: string }>(findNextDue, [queue]);
    return { jobs, nextDueInMs: next === undefined ? null : Math.max(0, Number(next.due_in_ms)) };
  }

  async bury(queues: readonly string[]): Promise<BuriedWorker[]> {
    const rows = await this.connection.query<{ id: string; host: string; pid: number }>(buryWorkers, [
      queues,
    ]);
    return rows.map(({ id, host, pid }) => ({ workerId: id, host, pid }));
  }

  async rescue(queue: string, limits: RescueLimits): Promise<RescuedJobEvent[]> {
    const { staleAfterMs, mostCrashes, batchSize } = limits;
    const rows = await this.connection.query<RescuedRow>(rescueJobs, [
      queue,
      staleAfterMs,
      mostCrashes,
      batchSize,
    ]);
    return rows.map(({ worker_id: workerId, cancel_reason: cancelReason, ...job }) => ({
      ...job,
      workerId,
      cancelReason,
    }));
  }

  async pendingTypes(queue: string): Promise<string[]> {
    const rows = await this.connection.query<{ type: string }>(listPendingTypes, [queue]);
    return rows.map((row) => row.type);
  }

  async countPending(queues: readonly string[], types: readonly string[], limit: number): Promise<number> {
    const [row] = await this.connection.query<{ count: number }>(countPending, [queues, types, limit]);
    return row?.count ?? 0;
  }

  async age(queue: string, waitedMs: number, limit: number): Promise<QueuedHint[]> {
    return this.connection.query<QueuedHint>(ageJobs, [queue, waitedMs, limit]);
  }

  async firstPending(queue: string, type: string, limit: number): Promise<Hint[]> {
    const rows = await this.connection.queryRaw(listFirstPending, [queue, type, limit]);
    return rows.map(([id, priority]) => ({ id: String(id), type, priority: Number(priority) }));
  }

  async countUnfinishedDue(queues: readonly string[], types: readonly string[]): Promise<number> {
    const [row] = await this.connection.query<{ count: number }>(countUnfinishedDue, [queues, types]);
    return row?.count ?? 0;
  }
}

interface DutyRow {
  readonly queue: string;
  readonly gap_ms: string | null;
  readonly quiet_ms: string;
}

interface RescuedRow {
  readonly id: string;
  readonly queue: string;
  readonly type: string;
  readonly priority: number;
  readonly status: JobStatus;
  readonly run: number;
  readonly attempt: number;
  readonly worker_id: string;
  readonly cancel_reason: string | null;
}
