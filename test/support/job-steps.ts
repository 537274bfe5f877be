import { canMove, type JobStatus } from '../../lib/core/job-status.js';

/** One change of a job, as a trigger in the database saw it. */
export interface AuditedChange {
  readonly jobId: string;
  /** `null` before the job was inserted. */
  readonly before: AuditedState | null;
  /** `null` after the job was deleted. */
  readonly after: AuditedState | null;
}

export interface AuditedState {
  readonly status: JobStatus;
  readonly run: number;
  readonly owner: string | null;
  readonly retryCount: number;
  readonly maxRetries: number;
}

/** What a single step of a job must not have done: the invariants I3, I6 and I12. */
export function stepFaults(before: AuditedState | null, after: AuditedState | null): string[] {
  if (after === null) return before?.status === 'running' ? ['deleted while it ran'] : [];
  const faults: string[] = [];
  const claimed = after.status === 'running';
  if (before === null) {
    // A worker that enqueues may write the job as its own at once.
    if (!claimed && after.status !== 'pending' && after.status !== 'scheduled')
      faults.push(`began as ${after.status}`);
    if (after.run !== (claimed ? 1 : 0)) faults.push(`began with run ${after.run}`);
    if (claimed !== (after.owner !== null)) faults.push(`began ${after.status}, owned by ${after.owner}`);
    return faults;
  }
  if (!canMove(before.status, after.status)) faults.push(`went from ${before.status} to ${after.status}`);
  if (after.run !== before.run + (claimed ? 1 : 0)) faults.push(`run ${before.run} became ${after.run}`);
  if (claimed !== (after.owner !== null)) faults.push(`is ${after.status} and owned by ${after.owner}`);
  return [...faults, ...chargeFaults(before, after)];
}

/** Attempts are charged one by one, when a run ends, never beyond the limit; only a redrive gives them back. */
function chargeFaults(before: AuditedState, after: AuditedState): string[] {
  const charged = after.retryCount - before.retryCount;
  if (charged === 0) return [];
  if (after.retryCount > after.maxRetries)
    return [`used ${after.retryCount} of ${after.maxRetries} attempts`];
  if (charged === 1 && before.status === 'running') return [];
  const isRedriven = before.status === 'dead' || before.status === 'cancelled';
  if (isRedriven && after.retryCount === 0) return [];
  return [`was charged ${charged} from ${before.status} to ${after.status}`];
}
