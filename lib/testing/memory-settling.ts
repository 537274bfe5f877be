import type { Claim } from '../core/claim.js';
import { isFinal } from '../core/job-status.js';
import type { JobRun } from '../core/job.js';
import { calledOff, type Settlement } from '../core/settlement.js';
import { calledOffRow, type JobRow } from './memory-job-row.js';
import type { MemoryTables } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';

/** What a settlement makes of a job. */
export interface SettledJob {
  readonly row: JobRow;
  readonly run: JobRun;
  /** The settlement, or what became of it because the job had been called off. */
  readonly answer: Settlement;
}

/** The job, as long as the claim's fence is that of its row. */
export function currentJob(
  tables: MemoryTables,
  claim: Claim,
  transaction?: MemoryTransaction,
): JobRow | undefined {
  const job = tables.job(claim.id, transaction);
  return job?.run === claim.run && job.lockedBy === claim.workerId ? job : undefined;
}

export function settledJob(job: JobRow, settlement: Settlement, now: number): SettledJob {
  const row = settledRow(job, settlement, now);
  const run = runOf(settlement);
  if (job.cancelRequestedAt === null || isFinal(settlement.status)) return { row, run, answer: settlement };
  return { row: calledOffRow(row, now), run, answer: calledOff(settlement, job.cancelReason) };
}

function settledRow(job: JobRow, settlement: Settlement, now: number): JobRow {
  const { status, delayMs, error } = settlement;
  const waits = status === 'failed' || status === 'scheduled';
  return {
    ...job,
    status,
    retryCount: settlement.retryCount,
    result: settlement.result,
    errorMessage: error?.message ?? job.errorMessage,
    scheduledAt: waits ? now + delayMs : job.scheduledAt,
    completedAt: isFinal(status) ? now : null,
    crashCount: status === 'completed' ? 0 : job.crashCount,
    lockedBy: null,
    lockedAt: null,
    updatedAt: now,
  };
}

function runOf({ claim, status, retryCount, outcome, error, ...times }: Settlement): JobRun {
  const claimedAt = Date.parse(claim.claimedAt);
  return {
    run: claim.run,
    // A failure that has another attempt to come has already counted itself.
    attempt: status === 'failed' ? retryCount : retryCount + 1,
    workerId: claim.workerId,
    startedAt: new Date(claimedAt + times.startedAfterMs),
    finishedAt: new Date(claimedAt + times.finishedAfterMs),
    outcome,
    errorMessage: error?.message ?? null,
    errorStack: error?.stack ?? null,
  };
}
