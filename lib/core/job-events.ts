import type { Claim } from './claim.js';
import { attemptOf } from './claim.js';
import type { KyuEvents, RescuedJobEvent } from './events.js';
import type { JobId } from './job.js';
import type { RunOutcomeKind } from './outcome.js';
import type { Settlement } from './settlement.js';

/** What every event about a job says. */
export interface JobEventBase {
  readonly jobId: JobId;
  readonly jobType: string;
  readonly queue: string;
}

/** What every event about a run says besides. */
export interface RunEventBase extends JobEventBase {
  readonly run: number;
  readonly attempt: number;
  readonly workerId: string;
}

/** The job was written; in a caller's transaction, that has committed. */
export type JobEnqueuedEvent = JobEventBase;
/** A worker has claimed the job and starts it as soon as a slot is free. */
export interface JobStartedEvent extends RunEventBase {
  readonly waitedMs: number;
}
/** A run ended well. */
export interface JobSucceededEvent extends RunEventBase {
  readonly durationMs: number;
}
/** A run failed, whatever follows from it. */
export interface JobFailedEvent extends RunEventBase {
  readonly durationMs: number;
  readonly outcome: RunOutcomeKind;
  readonly error: string;
}
/** A job that failed gets another attempt. */
export interface JobRetriedEvent extends JobFailedEvent {
  readonly delayMs: number;
}
/** A job has no attempts left, was discarded, or took too many processes with it. */
export interface JobDeadEvent extends RunEventBase {
  readonly error: string;
}
/** The job was cancelled: by an operator through this process, or its run here ended after a request from anywhere. */
export interface JobCancelledEvent extends JobEventBase {
  readonly reason: string | null;
}
/** A job was taken back from a worker that died. */
export interface JobRescuedEvent extends JobEventBase {
  readonly run: number;
  readonly workerId: string;
}
/** A handler asked to run later; no attempt was used. */
export interface JobSnoozedEvent extends RunEventBase {
  readonly delayMs: number;
}
/** This process has lost a run: its lease was over, and the ledger refused its settlement. */
export type JobStalledEvent = RunEventBase;

/** Every event about a job, by name. Each is told once, in the process where it happened. */
export interface JobEvents {
  enqueued: JobEnqueuedEvent;
  started: JobStartedEvent;
  succeeded: JobSucceededEvent;
  failed: JobFailedEvent;
  retried: JobRetriedEvent;
  dead: JobDeadEvent;
  cancelled: JobCancelledEvent;
  rescued: JobRescuedEvent;
  snoozed: JobSnoozedEvent;
  stalled: JobStalledEvent;
}

/** The name of an event about a job. */
export type JobEventName = keyof JobEvents;

export const JOB_EVENT_NAMES = [
  'enqueued',
  'started',
  'succeeded',
  'failed',
  'retried',
  'dead',
  'cancelled',
  'rescued',
  'snoozed',
  'stalled',
] as const satisfies readonly JobEventName[];

/** Receives events about jobs. */
export type TellJobEvent = <Name extends JobEventName>(name: Name, event: JobEvents[Name]) => void;

export function tellEnqueued({ queue, jobs }: KyuEvents['jobs.enqueued'], tell: TellJobEvent): void {
  for (const { id, type } of jobs) tell('enqueued', { jobId: id, jobType: type, queue });
}

export function tellStarted({ claims }: KyuEvents['runs.claimed'], tell: TellJobEvent): void {
  for (const claim of claims) tell('started', { ...runOf(claim), waitedMs: claim.waitedMs });
}

/** One settlement may be two events: a failure, and what follows from it. */
export function tellSettled({ settlements }: KyuEvents['runs.settled'], tell: TellJobEvent): void {
  for (const settlement of settlements) tellSettlement(settlement, tell);
}

export function tellStalled({ settlements }: KyuEvents['runs.lost'], tell: TellJobEvent): void {
  for (const { claim } of settlements) tell('stalled', runOf(claim));
}

export function tellRescued({ jobs }: KyuEvents['jobs.rescued'], tell: TellJobEvent): void {
  for (const job of jobs) tellRescue(job, tell);
}

export function tellCancelled({ job, reason }: KyuEvents['job.cancelled'], tell: TellJobEvent): void {
  tell('cancelled', { jobId: job.id, jobType: job.type, queue: job.queue, reason });
}

function tellSettlement(settlement: Settlement, tell: TellJobEvent): void {
  const { claim, status, outcome, delayMs } = settlement;
  const run = runOf(claim);
  const durationMs = settlement.finishedAfterMs - settlement.startedAfterMs;
  if (status === 'cancelled')
    return tell('cancelled', { ...jobOf(claim), reason: settlement.error?.message ?? null });
  if (status === 'completed') return tell('succeeded', { ...run, durationMs });
  if (outcome === 'snoozed') return tell('snoozed', { ...run, delayMs });
  if (settlement.error === null) return;
  const error = settlement.error.message;
  tell('failed', { ...run, durationMs, outcome, error });
  if (status === 'dead') tell('dead', { ...run, error });
  else tell('retried', { ...run, durationMs, outcome, error, delayMs });
}

function tellRescue(job: RescuedJobEvent, tell: TellJobEvent): void {
  const { id, type, queue, run, attempt, workerId, status } = job;
  const base = { jobId: id, jobType: type, queue, run, workerId };
  tell('rescued', base);
  if (status === 'dead') tell('dead', { ...base, attempt, error: 'the worker process died' });
  if (status === 'cancelled')
    tell('cancelled', { jobId: id, jobType: type, queue, reason: job.cancelReason });
}

function jobOf(claim: Claim): JobEventBase {
  return { jobId: claim.id, jobType: claim.type, queue: claim.queue };
}

function runOf(claim: Claim): RunEventBase {
  return {
    ...jobOf(claim),
    run: claim.run,
    attempt: attemptOf(claim),
    workerId: claim.workerId,
  };
}
