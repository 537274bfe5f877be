import type { JobStatus } from '../../../core/job-status.js';
import type { JobDetail, RunDetail } from '../../contract.js';

export interface TimelineEntry {
  readonly key: string;
  readonly at: string | null;
  readonly tone: JobStatus;
  readonly title: string;
  readonly text: string | null;
  readonly run?: RunDetail;
  /** What the handler logged in this run. */
  readonly logs: JobDetail['logs'];
  /** How long the job stood still before this entry. */
  readonly waitedMs: number | null;
}

/** The life of a job from its enqueueing to what comes next, oldest first. */
export function timelineOf(job: JobDetail): TimelineEntry[] {
  const runs = job.runs.toSorted((one, other) => one.run - other.run);
  let before = job.createdAt;
  const ended = runs.map((run): TimelineEntry => {
    const waitedMs = run.startedAt === null ? null : Date.parse(run.startedAt) - Date.parse(before);
    before = run.finishedAt;
    return {
      key: `run ${run.run}`,
      at: run.startedAt ?? run.finishedAt,
      tone: toneOf(run.outcome),
      title: `Run ${run.run}: ${run.outcome.replaceAll('_', ' ')}`,
      text: run.errorMessage,
      run,
      logs: job.logs.filter((line) => line.run === run.run),
      waitedMs,
    };
  });
  return [enqueued(job), ...ended, ...present(job, before)];
}

function enqueued(job: JobDetail): TimelineEntry {
  const isLater = job.status === 'scheduled' && job.runs.length === 0;
  return {
    ...entry('enqueued', job.createdAt, isLater ? 'scheduled' : 'pending', 'Enqueued'),
    text: isLater
      ? `into queue ${job.queue}, for later`
      : `into queue ${job.queue}, announced to its workers`,
  };
}

function present(job: JobDetail, before: string): TimelineEntry[] {
  const endedByRun = job.runs.some((run) => run.run === job.run);
  switch (job.status) {
    case 'running': {
      const waitedMs = job.lockedAt === null ? null : Date.parse(job.lockedAt) - Date.parse(before);
      return [
        {
          ...entry('now', job.lockedAt, 'running', `Run ${job.run}: running`),
          text: job.lockedBy === null ? null : `claimed by worker ${job.lockedBy}`,
          logs: job.logs.filter((line) => line.run === job.run),
          waitedMs,
        },
      ];
    }
    case 'pending':
      return [entry('now', null, 'pending', 'Now: ready to run')];
    case 'scheduled':
    case 'failed':
      return [
        entry('next', job.scheduledAt, job.status, job.status === 'failed' ? 'Next attempt' : 'First run'),
      ];
    case 'cancelled':
      return [{ ...entry('end', job.completedAt, 'cancelled', 'Cancelled'), text: job.cancelReason }];
    case 'dead':
      return [
        entry('end', job.completedAt, 'dead', hasAttemptsLeft(job) ? 'Dead' : 'Dead: no attempts left'),
      ];
    default:
      return endedByRun ? [] : [entry('end', job.completedAt, job.status, `Ended: ${job.status}`)];
  }
}

function hasAttemptsLeft({ retryCount, maxRetries }: JobDetail): boolean {
  return retryCount < maxRetries;
}

function entry(key: string, at: string | null, tone: JobStatus, title: string): TimelineEntry {
  return { key, at, tone, title, text: null, logs: [], waitedMs: null };
}

function toneOf(outcome: string): JobStatus {
  switch (outcome) {
    case 'completed':
    case 'cancelled':
    case 'dead':
      return outcome;
    case 'discarded':
    case 'expired':
    case 'exhausted':
      return 'dead';
    case 'snoozed':
    case 'released':
      return 'scheduled';
    default:
      return 'failed';
  }
}
