import { formatDuration } from '../core/duration.js';
import { JobNotFoundError } from '../core/errors.js';
import type { JobStatus } from '../core/job-status.js';
import type { JobId } from '../core/job.js';
import { MOST_AHEAD, type JobStanding, type JobStandings } from '../core/ports/job-standings.js';
import { readJobId, refuseUnknownKeys } from './argument-readers.js';
import { MANAGER_KEYS, type WithManager } from './operator-options.js';

/**
 * What a job waits for. `ended`: nothing more happens to it. `running`: it runs. `scheduled`: its time has not come.
 * `backoff`: the time of its next attempt has not come. `due`: its time has come, and it is about to be pending.
 * `queue-paused`, `type-paused`: somebody let it rest. `no-worker`: no living worker serves its queue. `no-handler`:
 * living workers serve its queue, and none of them handles its type. `in-line`: others of its type are before it.
 * `next`: it is the next of its type, and waits for a worker to have room.
 */
export type WaitingReason =
  | 'ended'
  | 'running'
  | 'scheduled'
  | 'backoff'
  | 'due'
  | 'queue-paused'
  | 'type-paused'
  | 'no-worker'
  | 'no-handler'
  | 'in-line'
  | 'next';

/** One reason, as a word for programs and as a sentence for people. */
export interface ExplainedReason {
  readonly reason: WaitingReason;
  readonly text: string;
}

/** Why a job does not run, as it was a moment ago. */
export interface JobExplanation {
  readonly jobId: JobId;
  readonly type: string;
  readonly queue: string;
  readonly status: JobStatus;
  /** All that keep it from running, those first that have to go first. */
  readonly reasons: readonly ExplainedReason[];
  /** The reasons in words, in one text. */
  readonly text: string;
  /** When its time comes; `null` when it does not wait for a time. */
  readonly dueAt: Date | null;
  /** Ms until then, by the database's clock; 0 when the time has come. */
  readonly dueInMs: number | null;
  /** Pending jobs of its type and queue that are to run before it; at most 10,000 are counted. */
  readonly ahead: number;
  /** Living workers that serve its queue. */
  readonly liveWorkers: number;
  /** Those of them that handle its type. */
  readonly ableWorkers: number;
  /** The worker that runs it. */
  readonly workerId: string | null;
}

/** Says why a job does not run. */
export class JobExplainer<Transaction> {
  constructor(private readonly standings: JobStandings<Transaction>) {}

  async explain(id: JobId, options: WithManager<Transaction>): Promise<JobExplanation> {
    refuseUnknownKeys('options', options, MANAGER_KEYS);
    const standing = await this.standings.standing(readJobId(id), options.manager);
    if (standing === undefined) throw new JobNotFoundError(id);
    return explanationOf(standing);
  }
}

/** What a standing comes to. */
export function explanationOf(standing: JobStanding): JobExplanation {
  const { id, type, queue, status, ahead, liveWorkers, ableWorkers, workerId } = standing;
  const waits = status === 'scheduled' || status === 'failed';
  const reasons = reasonsOf(standing);
  return {
    jobId: id,
    type,
    queue,
    status,
    reasons,
    text: reasons.map(({ text }) => text).join(' '),
    dueAt: waits ? standing.scheduledAt : null,
    dueInMs: waits ? Math.max(0, Math.round(standing.dueInMs ?? 0)) : null,
    ahead,
    liveWorkers,
    ableWorkers,
    workerId,
  };
}

function reasonsOf(standing: JobStanding): ExplainedReason[] {
  switch (standing.status) {
    case 'completed':
    case 'dead':
    case 'cancelled':
      return [endOf(standing)];
    case 'running':
      return [runOf(standing)];
    case 'scheduled':
    case 'failed':
      return [timeOf(standing), ...obstaclesOf(standing)];
    case 'pending':
      return pendingReasons(standing);
  }
}

/** Where nothing else is in the way, a pending job waits for its turn. */
function pendingReasons(standing: JobStanding): ExplainedReason[] {
  const obstacles = obstaclesOf(standing);
  return obstacles.length > 0 ? obstacles : [turnOf(standing)];
}

function endOf({ status, errorMessage }: JobStanding): ExplainedReason {
  const why = errorMessage === null ? '' : `: ${errorMessage}`;
  const text = `It is ${status}${status === 'completed' ? '' : why}. Nothing more happens to it`;
  return { reason: 'ended', text: status === 'completed' ? `${text}.` : `${text} unless it is retried.` };
}

function runOf({ workerId, runningForMs }: JobStanding): ExplainedReason {
  const since = formatDuration(Math.max(0, runningForMs ?? 0));
  return { reason: 'running', text: `It has been running for ${since} at worker ${workerId}.` };
}

function timeOf(standing: JobStanding): ExplainedReason {
  const { status, retryCount, maxRetries, errorMessage, scheduledAt } = standing;
  const dueInMs = standing.dueInMs ?? 0;
  const when = `${scheduledAt?.toISOString()}, in ${formatDuration(Math.max(0, dueInMs))}`;
  if (dueInMs <= 0) {
    return { reason: 'due', text: 'Its time has come; the next tick of a scheduler makes it pending.' };
  }
  if (status === 'scheduled') return { reason: 'scheduled', text: `It is scheduled for ${when}.` };
  const attempt = `attempt ${retryCount + 1} of ${maxRetries + 1}`;
  const why = errorMessage === null ? '' : ` The last error: ${errorMessage}`;
  return { reason: 'backoff', text: `It waits for ${attempt} until ${when}.${why}` };
}

function obstaclesOf(standing: JobStanding): ExplainedReason[] {
  const { queue, type, isQueuePaused, isTypePaused, liveWorkers, ableWorkers } = standing;
  const obstacles: ExplainedReason[] = [];
  if (isQueuePaused) obstacles.push({ reason: 'queue-paused', text: `The queue "${queue}" is paused.` });
  if (isTypePaused) {
    const text = `Jobs of type "${type}" are paused in the queue "${queue}".`;
    obstacles.push({ reason: 'type-paused', text });
  }
  if (liveWorkers === 0) {
    obstacles.push({ reason: 'no-worker', text: `No living worker serves the queue "${queue}".` });
  } else if (ableWorkers === 0) {
    const who =
      liveWorkers === 1 ? 'The worker that serves' : `None of the ${liveWorkers} workers that serve`;
    const text = `${who} the queue "${queue}" ${liveWorkers === 1 ? 'does not handle' : 'handles'} "${type}".`;
    obstacles.push({ reason: 'no-handler', text });
  }
  return obstacles;
}

function turnOf({ ahead, type, queue }: JobStanding): ExplainedReason {
  if (ahead === 0) {
    return { reason: 'next', text: `It is the next of its type; it starts when a worker has room for it.` };
  }
  const count = ahead >= MOST_AHEAD ? `${MOST_AHEAD} or more` : String(ahead);
  const others = ahead === 1 ? 'job' : 'jobs';
  return { reason: 'in-line', text: `${count} "${type}" ${others} of the queue "${queue}" run before it.` };
}
