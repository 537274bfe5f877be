import type { Claim } from './claim.js';
import { recordError, type ErrorRecord } from './error-record.js';
import { backoffOf } from './job-backoff.js';
import type { JobStatus } from './job-status.js';
import type { RunOutcome, RunOutcomeKind } from './outcome.js';
import { encodeResult } from './payload.js';
import { retryDelayMs, type BackoffFunction, type BackoffPolicy } from './retry-policy.js';

/** The rules that decide what an outcome means for a job. */
export interface RetryPolicy {
  readonly backoff: BackoffPolicy | BackoffFunction;
  readonly resultLimitBytes: number;
}

/** What is written about one run: the new state of the job, and the row in `kyu_attempts`. */
export interface Settlement {
  readonly claim: Claim;
  readonly outcome: RunOutcomeKind;
  readonly status: JobStatus;
  readonly retryCount: number;
  /** Until the job is due again; 0 with status `pending`. */
  readonly delayMs: number;
  readonly result: string | null;
  readonly error: ErrorRecord | null;
  /** Start and end of the handler, in ms after the claim, by the monotonic clock. */
  readonly startedAfterMs: number;
  readonly finishedAfterMs: number;
}

/** When a run began and ended, in ms after its claim. */
export interface RunTimes {
  readonly startedAfterMs: number;
  readonly finishedAfterMs: number;
}

/**
 * The one decision about a run: pure, so that every case is a line in a table test.
 * An attempt is charged for failures only; a snooze and a shutdown are free. `run` grows at the claim and is not
 * touched here, because a refunded attempt must never let an older run pass for a newer one.
 */
export function settle(
  claim: Claim,
  outcome: RunOutcome,
  times: RunTimes,
  policy: RetryPolicy,
  random: () => number,
): Settlement {
  switch (outcome.kind) {
    case 'completed':
      return {
        ...unchanged(claim, outcome.kind, times),
        status: 'completed',
        result: encodeResult(outcome.result, policy.resultLimitBytes),
      };
    case 'released':
      return { ...unchanged(claim, outcome.kind, times), status: 'pending' };
    case 'snoozed':
      return {
        ...unchanged(claim, outcome.kind, times),
        status: outcome.delayMs === 0 ? 'pending' : 'scheduled',
        delayMs: outcome.delayMs,
      };
    case 'discarded':
      return { ...unchanged(claim, outcome.kind, times), status: 'dead', error: recordError(outcome.error) };
    case 'retry-after':
      return failure(claim, outcome.kind, outcome.error, times, () => outcome.delayMs);
    case 'failed':
    case 'timed-out':
    default:
      return failure(claim, outcome.kind, outcome.error, times, (failedAttempts) =>
        retryDelayMs(backoffOf(claim, policy.backoff), failedAttempts, random),
      );
  }
}

function failure(
  claim: Claim,
  kind: RunOutcomeKind,
  thrown: unknown,
  times: RunTimes,
  delayMsAfter: (failedAttempts: number) => number,
): Settlement {
  const settlement = unchanged(claim, kind, times);
  const error = recordError(thrown);
  if (claim.retryCount >= claim.maxRetries) return { ...settlement, status: 'dead', error };
  const retryCount = claim.retryCount + 1;
  return { ...settlement, status: 'failed', error, retryCount, delayMs: delayMsAfter(retryCount) };
}

function unchanged(claim: Claim, outcome: RunOutcomeKind, times: RunTimes): Settlement {
  return {
    claim,
    outcome,
    status: 'pending',
    retryCount: claim.retryCount,
    delayMs: 0,
    result: null,
    error: null,
    startedAfterMs: times.startedAfterMs,
    finishedAfterMs: times.finishedAfterMs,
  };
}
