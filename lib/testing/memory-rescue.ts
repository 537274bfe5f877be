import type { JobRun } from '../core/job.js';
import type { RescueLimits } from '../core/ports/ledger-upkeep.js';
import { calledOffRow, type JobRow } from './memory-job-row.js';
import type { WorkerRow } from './memory-tables.js';
import { isLiving } from './memory-worker-registry.js';

/** Whether a job runs that no worker will end. */
export function isOrphaned(
  row: JobRow,
  owner: WorkerRow | undefined,
  limits: RescueLimits,
  now: number,
): boolean {
  if (row.lockedAt === null) return false;
  if (owner === undefined || !isLiving(owner)) return true;
  return row.lockedAt < now - (row.timeoutMs + limits.staleAfterMs);
}

/** A process death uses an attempt and is counted; a worker that stopped in order costs the job nothing. */
export function rescuedRow(
  row: JobRow,
  owner: WorkerRow | undefined,
  limits: RescueLimits,
  now: number,
): JobRow {
  const free: JobRow = { ...row, status: 'pending', lockedBy: null, lockedAt: null, updatedAt: now };
  if (row.cancelRequestedAt !== null) {
    const charge = isUncharged(owner) ? 0 : 1;
    return {
      ...calledOffRow(free, now),
      retryCount: Math.min(row.maxRetries, row.retryCount + charge),
      crashCount: row.crashCount + charge,
    };
  }
  if (isUncharged(owner)) return free;
  const isOver = row.retryCount >= row.maxRetries || row.crashCount + 1 >= limits.mostCrashes;
  return {
    ...free,
    status: isOver ? 'dead' : 'pending',
    completedAt: isOver ? now : null,
    retryCount: Math.min(row.maxRetries, row.retryCount + 1),
    crashCount: row.crashCount + 1,
    errorMessage: reasonOf(owner),
  };
}

export function rescuedRunOf(row: JobRow, owner: WorkerRow | undefined, now: number): JobRun {
  return {
    run: row.run,
    attempt: row.retryCount + 1,
    workerId: row.lockedBy ?? '',
    // An extended run counts from a later instant than its start, which may even lie ahead.
    startedAt: new Date(Math.min(row.lockedAt ?? now, now)),
    finishedAt: new Date(now),
    outcome: isUncharged(owner) ? 'released' : 'crashed',
    errorMessage: reasonOf(owner),
    errorStack: null,
  };
}

function isUncharged(owner: WorkerRow | undefined): boolean {
  return owner?.state === 'stopped';
}

function reasonOf(owner: WorkerRow | undefined): string {
  if (owner === undefined) return 'the worker process died';
  if (isLiving(owner)) return 'the run exceeded every limit and its worker did not end it';
  if (owner.state === 'stopped') return 'the worker stopped before it could hand the job back';
  return `the worker process died (${owner.host}, pid ${owner.pid})`;
}
