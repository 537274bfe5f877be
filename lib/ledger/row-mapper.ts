import type { Claim } from '../core/claim.js';
import type { Job, JobProgress, JobRun } from '../core/job.js';
import type { JobStatus } from '../core/job-status.js';

/** A row of the claim statements as raw text, column by column in the order of `claimColumns`. */
export type ClaimRow = readonly (string | null)[];

/** Raw text stays text where nobody may ever look: parsing dates costs more than the rest of a claim. */
export function claimOf(row: ClaimRow, workerId: string): Claim {
  return {
    id: text(row[0]),
    run: Number(row[1]),
    workerId,
    queue: text(row[2]),
    type: text(row[3]),
    priority: Number(row[4]),
    payload: text(row[5]),
    retryCount: Number(row[6]),
    maxRetries: Number(row[7]),
    timeoutMs: Number(row[8]),
    crashCount: Number(row[9]),
    createdAt: text(row[10]),
    scheduledAt: row[11] ?? null,
    claimedAt: text(row[12]),
    waitedMs: Math.max(0, Number(row[13])),
    deadlineInMs: row[14] == null ? null : Number(row[14]),
    context: row[15] ?? null,
    parentId: row[16] ?? null,
    backoff: row[17] ?? null,
    errors: row[18] ?? null,
  };
}

function text(value: string | null | undefined): string {
  return value ?? '';
}

/** A row as node-postgres parses it. */
export interface JobRow {
  readonly id: string;
  readonly job_type: string;
  readonly queue: string;
  readonly status: JobStatus;
  readonly priority: number;
  readonly payload: unknown;
  readonly result: unknown;
  readonly progress: JobProgress | null;
  readonly run: number;
  readonly retry_count: number;
  readonly max_retries: number;
  readonly timeout_ms: string;
  readonly crash_count: number;
  readonly error_message: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly scheduled_at: Date | null;
  readonly locked_at: Date | null;
  readonly locked_by: string | null;
  readonly completed_at: Date | null;
  /** Only rows of the archive have it. */
  readonly archived_at?: Date;
  readonly deadline_at: Date | null;
  readonly tags: string[] | null;
  readonly context: Readonly<Record<string, unknown>> | null;
  readonly parent_id: string | null;
  readonly unique_key: string | null;
  readonly cancel_requested_at: Date | null;
  readonly cancel_reason: string | null;
}

export function jobOf(row: JobRow): Job {
  return {
    id: row.id,
    type: row.job_type,
    queue: row.queue,
    status: row.status,
    priority: row.priority,
    payload: row.payload,
    result: row.result,
    progress: row.progress,
    run: row.run,
    retryCount: row.retry_count,
    maxRetries: row.max_retries,
    timeoutMs: Number(row.timeout_ms),
    crashCount: row.crash_count,
    errorMessage: row.error_message,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    scheduledAt: row.scheduled_at,
    lockedAt: row.locked_at,
    lockedBy: row.locked_by,
    completedAt: row.completed_at,
    archivedAt: row.archived_at ?? null,
    deadlineAt: row.deadline_at,
    tags: row.tags ?? [],
    context: row.context,
    parentId: row.parent_id,
    uniqueKey: row.unique_key,
    cancelRequestedAt: row.cancel_requested_at,
    cancelReason: row.cancel_reason,
  };
}

export interface RunRow {
  readonly run: number;
  readonly attempt: number;
  readonly worker_id: string;
  readonly started_at: Date;
  readonly finished_at: Date;
  readonly outcome: string;
  readonly error_message: string | null;
  readonly error_stack: string | null;
}

export function runOf(row: RunRow): JobRun {
  return {
    run: row.run,
    attempt: row.attempt,
    workerId: row.worker_id,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    outcome: row.outcome,
    errorMessage: row.error_message,
    errorStack: row.error_stack,
  };
}
