import { attemptOf, type Claim } from '../core/claim.js';
import { formatDuration } from '../core/duration.js';
import type { KyuEvents } from '../core/events.js';
import type { Settlement } from '../core/settlement.js';
import { describeError, errorFields, oneLine, stackField, type LogLine } from './log-line.js';

/** The texts about single runs. */

export function settledLine(settlement: Settlement): LogLine {
  if (settlement.status === 'dead') return deadLine(settlement);
  if (settlement.status === 'failed') return failedLine(settlement);
  return quietLine(settlement);
}

/** Whether a settlement is of interest to somebody who reads no debug lines. */
export function isTrouble(settlement: Settlement): boolean {
  return settlement.status === 'failed' || settlement.status === 'dead';
}

export function lostLine(settlement: Settlement): LogLine {
  const { claim, outcome } = settlement;
  return {
    level: 'warn',
    message:
      `Run ${claim.run} of ${jobOf(claim)} was no longer this worker's: its outcome (${outcome}) changed nothing. ` +
      'The job may have run twice.',
    details: { ...settlementFields(settlement), ...errorTextOf(settlement) },
  };
}

export function abortedLine({ claim, cause }: KyuEvents['run.aborted']): LogLine {
  // A timeout and a deadline are told by the failure that follows them; a cancelling is what somebody wanted.
  const level = TOLD_OTHERWISE.has(cause) ? 'debug' : 'warn';
  return {
    level,
    message: `Run ${claim.run} of ${jobOf(claim)} was aborted: ${ABORT_REASONS[cause]}.`,
    details: { ...claimFields(claim), cause },
  };
}

const TOLD_OTHERWISE: ReadonlySet<KyuEvents['run.aborted']['cause']> = new Set([
  'timeout',
  'deadline',
  'cancelled',
]);

const ABORT_REASONS: Readonly<Record<KyuEvents['run.aborted']['cause'], string>> = {
  timeout: 'its time limit was over',
  shutdown: 'the worker shuts down and the grace period was over',
  'lease-lost': 'this process lost its lease',
  cancelled: 'an operator cancelled the job',
  deadline: 'the deadline of the job was over',
};

export function overstayedLine({ claim, error }: KyuEvents['run.overstayed']): LogLine {
  const end = error === undefined || error === null ? '' : ` It ended with: ${describeError(error)}`;
  return {
    level: 'warn',
    message:
      `The handler of ${jobOf(claim)} went on after its run ${claim.run} was settled without it, and ended now. ` +
      `Stop its work when its signal aborts.${end}`,
    details: { ...claimFields(claim), ...(end === '' ? {} : errorFields(error)) },
  };
}

function deadLine(settlement: Settlement): LogLine {
  const { claim, outcome } = settlement;
  const how = DEATHS[outcome] ?? 'after';
  return {
    level: 'error',
    message: `${capitalised(jobOf(claim))} is dead, ${how} ${attemptText(claim)}: ${errorTextOf(settlement).error}`,
    details: troubleFields(settlement),
  };
}

const DEATHS: Readonly<Record<string, string>> = {
  discarded: 'discarded by its handler at',
  expired: 'expired at',
};

function failedLine(settlement: Settlement): LogLine {
  const { claim, delayMs } = settlement;
  return {
    level: 'warn',
    message:
      `${capitalised(jobOf(claim))} failed at ${attemptText(claim)} and runs again in ${formatDuration(delayMs)}: ` +
      errorTextOf(settlement).error,
    details: { ...troubleFields(settlement), retryInMs: delayMs },
  };
}

function quietLine(settlement: Settlement): LogLine {
  const fields = settlementFields(settlement);
  return {
    level: 'debug',
    message: `${capitalised(jobOf(settlement.claim))} ${QUIET_ENDS[settlement.outcome] ?? `is ${settlement.status}`}.`,
    details: settlement.delayMs === 0 ? fields : { ...fields, againInMs: settlement.delayMs },
  };
}

const QUIET_ENDS: Readonly<Record<string, string>> = {
  completed: 'completed',
  snoozed: 'was snoozed; no attempt was used',
  released: 'was handed back to its queue; no attempt was used',
  cancelled: 'was cancelled while it ran',
};

function troubleFields(settlement: Settlement): Record<string, unknown> {
  const { error, outcome } = settlement;
  return {
    ...settlementFields(settlement),
    outcome,
    ...errorTextOf(settlement),
    ...stackField(error?.stack ?? null),
  };
}

function settlementFields({ claim, finishedAfterMs, startedAfterMs }: Settlement): Record<string, unknown> {
  return { ...claimFields(claim), durationMs: Math.round(finishedAfterMs - startedAfterMs) };
}

function claimFields(claim: Claim): Record<string, unknown> {
  return {
    jobId: claim.id,
    jobType: claim.type,
    queue: claim.queue,
    run: claim.run,
    attempt: attemptOf(claim),
    workerId: claim.workerId,
  };
}

function errorTextOf({ error }: Settlement): { error?: string } {
  return error === null ? {} : { error: oneLine(error.message) };
}

function attemptText(claim: Claim): string {
  return `attempt ${attemptOf(claim)} of ${claim.maxRetries + 1}`;
}

function jobOf(claim: Claim): string {
  return `job ${claim.id} (${claim.type})`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
