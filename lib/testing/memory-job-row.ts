import { compareText } from '../core/compare-text.js';
import type { Claim } from '../core/claim.js';
import { isFinal, type JobStatus } from '../core/job-status.js';
import type { Job, JobDraft, JobId, JobProgress, JobRun, QueuedHint } from '../core/job.js';

/** One job as the memory ledger keeps it. Never changed, only replaced. Instants are ms since 1970. */
export interface JobRow {
  readonly id: JobId;
  readonly queue: string;
  readonly type: string;
  readonly priority: number;
  readonly status: JobStatus;
  /** JSON text, as are results: a reader gets a value of its own each time. */
  readonly payload: string;
  readonly result: string | null;
  readonly progress: JobProgress | null;
  readonly run: number;
  readonly maxRetries: number;
  readonly retryCount: number;
  readonly crashCount: number;
  readonly timeoutMs: number;
  readonly errorMessage: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly scheduledAt: number | null;
  readonly lockedAt: number | null;
  readonly lockedBy: string | null;
  readonly completedAt: number | null;
  readonly archivedAt: number | null;
  readonly deadlineAt: number | null;
  readonly tags: readonly string[];
  /** JSON text. */
  readonly context: string | null;
  readonly parentId: JobId | null;
  /** JSON text. */
  readonly backoff: string | null;
  readonly uniqueKey: string | null;
  readonly uniqueKeeps: boolean;
  readonly uniqueExpiresAt: number | null;
  readonly cancelRequestedAt: number | null;
  readonly cancelReason: string | null;
}

export function newJobRow(draft: JobDraft, now: number): JobRow {
  const scheduledAt = dueAtOf(draft, now);
  return {
    id: normalId(draft.id),
    queue: draft.queue,
    type: draft.type,
    priority: draft.priority,
    status: scheduledAt !== null && scheduledAt > now ? 'scheduled' : 'pending',
    payload: draft.payload,
    result: null,
    progress: null,
    run: 0,
    maxRetries: draft.maxRetries,
    retryCount: 0,
    crashCount: 0,
    timeoutMs: draft.timeoutMs,
    errorMessage: null,
    createdAt: now,
    updatedAt: now,
    scheduledAt,
    lockedAt: null,
    lockedBy: null,
    completedAt: null,
    archivedAt: null,
    ...rareFieldsOf(draft, now),
    cancelRequestedAt: null,
    cancelReason: null,
  };
}

/** A job whose end was asked for while it ran, and that would run again. */
export function calledOffRow(row: JobRow, now: number): JobRow {
  return {
    ...row,
    status: 'cancelled',
    completedAt: now,
    errorMessage: row.cancelReason ?? row.errorMessage,
  };
}

/** What few drafts have. */
export function rareFieldsOf(
  { deadlineAt, tags, context, parentId, backoff, unique }: JobDraft,
  now: number,
): Pick<
  JobRow,
  'deadlineAt' | 'tags' | 'context' | 'parentId' | 'backoff' | 'uniqueKey' | 'uniqueKeeps' | 'uniqueExpiresAt'
> {
  return {
    deadlineAt: deadlineAt == null ? null : Date.parse(deadlineAt),
    tags: tags ?? [],
    context: context ?? null,
    parentId: parentId ?? null,
    backoff: backoff ?? null,
    uniqueKey: unique?.key ?? null,
    uniqueKeeps: unique?.keeps ?? false,
    uniqueExpiresAt: unique?.expiresAfterMs == null ? null : now + unique.expiresAfterMs,
  };
}

/** Whether the job keeps others from having its key. */
export function holdsKey(row: JobRow): boolean {
  return row.uniqueKey !== null && (row.uniqueKeeps || !isFinal(row.status));
}

export function dueAtOf(draft: JobDraft, now: number): number | null {
  if (draft.scheduledAt !== null) return Date.parse(draft.scheduledAt);
  return draft.delayMs > 0 ? now + draft.delayMs : null;
}

/** PostgreSQL's uuid is the same in capitals. */
export function normalId(id: JobId): JobId {
  return id.toLowerCase();
}

/**
 * The check constraints of `kyu_jobs`. Whatever PostgreSQL would refuse must not pass in memory.
 * @throws Error that names the constraint
 */
export function refuseBrokenRow(row: JobRow): void {
  const owned = row.lockedBy !== null && row.lockedAt !== null;
  const waits = row.status === 'scheduled' || row.status === 'failed';
  const broken =
    ((row.status === 'running') !== owned && 'kyu_jobs_owner') ||
    (isFinal(row.status) !== (row.completedAt !== null) && 'kyu_jobs_end') ||
    (waits && row.scheduledAt === null && 'kyu_jobs_wait') ||
    ((row.retryCount < 0 || row.retryCount > row.maxRetries) && 'kyu_jobs_attempts');
  if (broken !== false) throw new Error(`Job ${row.id} violates check constraint "${broken}".`);
}

/** The job as a reader sees it. */
export function jobOf({
  uniqueKeeps: _keeps,
  uniqueExpiresAt: _expires,
  backoff: _backoff,
  ...row
}: JobRow): Job {
  return {
    ...row,
    context: row.context === null ? null : (JSON.parse(row.context) as Record<string, unknown>),
    deadlineAt: dateOf(row.deadlineAt),
    cancelRequestedAt: dateOf(row.cancelRequestedAt),
    payload: JSON.parse(row.payload) as unknown,
    result: row.result === null ? null : (JSON.parse(row.result) as unknown),
    createdAt: new Date(row.createdAt),
    updatedAt: new Date(row.updatedAt),
    scheduledAt: dateOf(row.scheduledAt),
    lockedAt: dateOf(row.lockedAt),
    completedAt: dateOf(row.completedAt),
    archivedAt: dateOf(row.archivedAt),
  };
}

function dateOf(instant: number | null): Date | null {
  return instant === null ? null : new Date(instant);
}

/** What the worker gets of a row that it has just claimed. */
export function claimOf(
  row: JobRow,
  workerId: string,
  waitedMs: number,
  earlierRuns: readonly JobRun[],
): Claim {
  return {
    id: row.id,
    run: row.run,
    workerId,
    queue: row.queue,
    type: row.type,
    priority: row.priority,
    payload: row.payload,
    retryCount: row.retryCount,
    maxRetries: row.maxRetries,
    timeoutMs: row.timeoutMs,
    crashCount: row.crashCount,
    createdAtMs: row.createdAt,
    scheduledAt: row.scheduledAt === null ? null : isoOf(row.scheduledAt),
    claimedAt: isoOf(row.updatedAt),
    waitedMs: Math.max(0, waitedMs),
    deadlineInMs: row.deadlineAt === null ? null : row.deadlineAt - row.updatedAt,
    context: row.context,
    parentId: row.parentId,
    backoff: row.backoff,
    errors: errorsOf(row, earlierRuns),
  };
}

function errorsOf({ retryCount }: JobRow, runs: readonly JobRun[]): string | null {
  if (retryCount === 0) return null;
  const failed = runs.filter(({ errorMessage, outcome }) => errorMessage !== null && outcome !== 'released');
  if (failed.length === 0) return null;
  const errors = failed.slice(-MOST_ERRORS).map(({ run, attempt, outcome, errorMessage, finishedAt }) => ({
    run,
    attempt,
    outcome,
    message: errorMessage,
    finishedAt,
  }));
  return JSON.stringify(errors);
}

/** As many as the statement looks up. */
const MOST_ERRORS = 20;

function isoOf(instant: number): string {
  return new Date(instant).toISOString();
}

export function hintOf({ id, queue, type, priority }: JobRow): QueuedHint {
  return { id, queue, type, priority };
}

export function byId(left: { readonly id: JobId }, right: { readonly id: JobId }): number {
  return compareText(left.id, right.id);
}
