import type { Claim } from '../core/claim.js';
import type { Job, JobProgress, JobRun } from '../core/job.js';
import type { JobStatus } from '../core/job-status.js';
import type { JobSummary } from '../core/job-summary.js';

/** A row of the claim statements as raw text, column by column in the order of `claimColumns`. */
export type ClaimRow = readonly (string | null)[];

/** PostgreSQL counts in microseconds: what is a whole ms there may be a hair less in binary. */
const HALF_MICROSECOND_MS = 0.0005;

/** Raw text stays text where nobody may ever look: parsing dates costs more than the rest of a claim. */
export function claimOf(row: ClaimRow, workerId: string, queue: string, typeNames: TypeNames): Claim {
  return {
    id: text(row[0]),
    run: Number(row[1]),
    workerId,
    queue,
    type: typeNames.get(text(row[2])) ?? text(row[2]),
    priority: Number(row[3]), // null stands for 0, here and below
    payload: text(row[4]),
    retryCount: Number(row[5]),
    maxRetries: Number(row[6]),
    timeoutMs: Number(row[7]),
    crashCount: Number(row[8]),
    createdAtMs: Math.floor(Number(row[9]) + HALF_MICROSECOND_MS),
    scheduledAt: row[10] ?? null,
    claimedAt: text(row[11]),
    waitedMs: Math.max(0, Number(row[12])),
    deadlineInMs: row[13] == null ? null : Number(row[13]),
    context: row[14] ?? null,
    parentId: row[15] ?? null,
    backoff: row[16] ?? null,
    errors: row[17] ?? null,
  };
}

/**
 * Job types by their name. Each row brings a string of its own; the one that is known already has its hash, and every
 * look-up by type on a job's way (its slots, its handler, its statistics) finds it by identity.
 */
export type TypeNames = ReadonlyMap<string, string>;

export function typeNamesOf(types: readonly string[]): TypeNames {
  return new Map(types.map((type) => [type, type]));
}

function text(value: string | null | undefined): string {
  return value ?? '';
}

/** What lists show of a job as well, as node-postgres parses it. */
export interface JobHeadRow {
  readonly id: string;
  readonly job_type: string;
  readonly queue: string;
  readonly status: JobStatus;
  readonly priority: number;
  readonly progress: JobProgress | null;
  readonly run: number;
  readonly retry_count: number;
  readonly max_retries: number;
  readonly error_message: string | null;
  readonly tags: string[] | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly scheduled_at: Date | null;
  readonly locked_at: Date | null;
  readonly locked_by: string | null;
  readonly completed_at: Date | null;
  readonly deadline_at: Date | null;
  /** Only rows of the archive have it. */
  readonly archived_at?: Date | null;
}

/** A whole row. */
export interface JobRow extends JobHeadRow {
  readonly payload: unknown;
  readonly result: unknown;
  readonly timeout_ms: string;
  readonly crash_count: number;
  readonly context: Readonly<Record<string, unknown>> | null;
  readonly parent_id: string | null;
  readonly unique_key: string | null;
  readonly cancel_requested_at: Date | null;
  readonly cancel_reason: string | null;
}

export function headOf(row: JobHeadRow): Omit<JobSummary, 'payloadSize'> {
  return {
    id: row.id,
    type: row.job_type,
    queue: row.queue,
    status: row.status,
    priority: row.priority,
    progress: row.progress,
    run: row.run,
    retryCount: row.retry_count,
    maxRetries: row.max_retries,
    errorMessage: row.error_message,
    tags: row.tags ?? [],
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    scheduledAt: row.scheduled_at,
    lockedAt: row.locked_at,
    lockedBy: row.locked_by,
    completedAt: row.completed_at,
    deadlineAt: row.deadline_at,
    archivedAt: row.archived_at ?? null,
  };
}

export function jobOf(row: JobRow): Job {
  return {
    ...headOf(row),
    payload: row.payload,
    result: row.result,
    timeoutMs: Number(row.timeout_ms),
    crashCount: row.crash_count,
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
