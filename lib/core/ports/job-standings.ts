import type { JobId } from '../job.js';
import type { JobStatus } from '../job-status.js';

/** Everything that decides when a job runs, as it was at one instant. */
export interface JobStanding {
  readonly id: JobId;
  readonly type: string;
  readonly queue: string;
  readonly status: JobStatus;
  readonly priority: number;
  readonly retryCount: number;
  readonly maxRetries: number;
  readonly errorMessage: string | null;
  readonly scheduledAt: Date | null;
  readonly completedAt: Date | null;
  /** Until it is due; negative when it is overdue; `null` when nothing was planned. */
  readonly dueInMs: number | null;
  /** The worker that runs it. */
  readonly workerId: string | null;
  readonly runningForMs: number | null;
  /** Pending jobs of its type and queue that are to run before it; counted up to a limit. */
  readonly ahead: number;
  readonly isQueuePaused: boolean;
  readonly isTypePaused: boolean;
  /** Living workers that serve its queue. */
  readonly liveWorkers: number;
  /** Those of them that handle its type. */
  readonly ableWorkers: number;
}

/** So many jobs ahead of one are counted at most: a person does not need to know the rest, and the count stays cheap. */
export const MOST_AHEAD = 10_000;

/** The door of those who ask why a job does not run. */
export interface JobStandings<Transaction> {
  standing(id: JobId, transaction?: Transaction): Promise<JobStanding | undefined>;
}

/** Whether a handler is for the type: by its very name, or by a prefix that ends in `*`. */
export function isHandledBy(type: string, handled: string): boolean {
  return handled.endsWith('*') ? type.startsWith(handled.slice(0, -1)) : handled === type;
}
