import type { JobStatus } from './job-status.js';
import type { JobId, JobProgress } from './job.js';

/** A job as a list shows it: without its payload and its result. */
export interface JobSummary {
  readonly id: JobId;
  readonly type: string;
  readonly queue: string;
  readonly status: JobStatus;
  readonly priority: number;
  readonly run: number;
  readonly retryCount: number;
  readonly maxRetries: number;
  readonly progress: JobProgress | null;
  /** The last error, cut after 500 characters. */
  readonly errorMessage: string | null;
  readonly tags: readonly string[];
  /** Bytes that the payload takes in the ledger, compressed where PostgreSQL compresses it. */
  readonly payloadSize: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly scheduledAt: Date | null;
  readonly lockedAt: Date | null;
  readonly lockedBy: string | null;
  readonly completedAt: Date | null;
  readonly deadlineAt: Date | null;
  readonly archivedAt: Date | null;
}

/** One page of jobs as a list shows them. */
export interface JobSummaryList {
  readonly jobs: JobSummary[];
  /** For the next page in the same order; `null` on the last one. */
  readonly nextCursor: string | null;
  /**
   * Only there when time ran out before the page was full, which can be with no job on it: everything up to this instant
   * was looked at, by creation or by end as the order says. `nextCursor` goes on from there.
   */
  readonly searchedTo?: Date;
}

/** How many jobs match, by status. */
export interface CappedCounts {
  readonly counts: Readonly<Record<JobStatus, number>>;
  /** No status is counted any further: this many means "this many or more". */
  readonly cappedAt: number;
  /**
   * Statuses whose number is an estimate: of all jobs together, where there are many of them, completed and cancelled ones
   * are not counted to their end. Empty: all of them were counted.
   */
  readonly estimated: readonly JobStatus[];
  /**
   * Only there when time ran out: jobs that were created before this instant were not counted, so each number means
   * "this many or more".
   */
  readonly countedSince?: Date;
}
