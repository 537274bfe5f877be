import type { Claim } from './claim.js';
import { recordError, type ErrorRecord } from './error-record.js';
import { ruleFor, type ErrorRule } from './error-rules.js';
import { backoffOf } from './job-backoff.js';
import type { JobStatus } from './job-status.js';
import type { RunOutcome, RunOutcomeKind } from './outcome.js';
import { encodeResult } from './payload.js';
import { retryDelayMs, type BackoffFunction, type BackoffPolicy } from './retry-policy.js';

/** The rules that decide what an outcome means for a job. */
export interface RetryPolicy {
  readonly backoff: BackoffPolicy | BackoffFunction;
  readonly resultLimitBytes: number;
  /** For kinds of errors; the first that fits wins over the rest. */
  readonly errors?: readonly ErrorRule[];
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
      return completion(claim, times, encodeResult(outcome.result, policy.resultLimitBytes));
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
    case 'expired':
      return { ...unchanged(claim, outcome.kind, times), status: 'dead', error: recordError(outcome.error) };
    case 'cancelled':
      return {
        ...unchanged(claim, outcome.kind, times),
        status: 'cancelled',
        error: reasonOf(outcome.reason),
      };
    case 'retry-after':
      return failure(claim, outcome, times, claim.maxRetries, () => outcome.delayMs);
    case 'failed':
    case 'timed-out':
    default:
      return failureByPolicy(claim, outcome, times, policy, random);
  }
}

/**
 * What became of a run whose job the ledger called off instead of giving it another one: its cancelling had been asked
 * for before the worker heard of it. `kyu_attempts` keeps what the run itself came to.
 */
export function calledOff(settlement: Settlement, reason: string | null): Settlement {
  const { claim, startedAfterMs, finishedAfterMs } = settlement;
  const times = { startedAfterMs, finishedAfterMs };
  return { ...unchanged(claim, 'cancelled', times), status: 'cancelled', error: reasonOf(reason) };
}

/** The reason of an operator takes the place of an error; it was made storable when it was given. */
function reasonOf(reason: string | null): ErrorRecord | null {
  return reason === null ? null : { message: reason, stack: null };
}

function failureByPolicy(
  claim: Claim,
  outcome: Extract<RunOutcome, { kind: 'failed' | 'timed-out' }>,
  times: RunTimes,
  policy: RetryPolicy,
  random: () => number,
): Settlement {
  const { error } = outcome;
  const rule = policy.errors === undefined ? undefined : ruleFor(policy.errors, error);
  if (rule?.discard === true) return settle(claim, { kind: 'discarded', error }, times, policy, random);
  // A rule may take retries away; more than the job has, its row does not allow.
  const maxRetries = Math.min(claim.maxRetries, rule?.maxRetries ?? claim.maxRetries);
  return failure(claim, outcome, times, maxRetries, (failedAttempts) =>
    retryDelayMs(rule?.backoff ?? backoffOf(claim, policy.backoff), failedAttempts, random),
  );
}

function failure(
  claim: Claim,
  outcome: { readonly kind: RunOutcomeKind; readonly error: unknown },
  times: RunTimes,
  maxRetries: number,
  delayMsAfter: (failedAttempts: number) => number,
): Settlement {
  const settlement = unchanged(claim, outcome.kind, times);
  const error = recordError(outcome.error);
  if (claim.retryCount >= maxRetries) return { ...settlement, status: 'dead', error };
  const retryCount = claim.retryCount + 1;
  return { ...settlement, status: 'failed', error, retryCount, delayMs: delayMsAfter(retryCount) };
}

/** Written out: nearly every run ends here, and a copy of `unchanged` would be most of the work. */
function completion(claim: Claim, times: RunTimes, result: string | null): Settlement {
  return {
    claim,
    outcome: 'completed',
    status: 'completed',
    retryCount: claim.retryCount,
    delayMs: 0,
    result,
    error: null,
    startedAfterMs: times.startedAfterMs,
    finishedAfterMs: times.finishedAfterMs,
  };
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
