import type { JobStatus } from './job-status.js';

/** A job's id: a UUID, version 7, as text. It sorts by the time at which it was made. */
export type JobId = string;

/** A job before it is written: every default is applied, the payload is JSON text. */
export interface JobDraft {
  readonly id: JobId;
  readonly queue: string;
  readonly type: string;
  readonly priority: number;
  /** JSON text. It travels as text so that big numbers and key order reach PostgreSQL untouched. */
  readonly payload: string;
  readonly maxRetries: number;
  /** 0 = no limit of its own. */
  readonly timeoutMs: number;
  /** First run not before this many ms after the database writes the row; 0 = at once. */
  readonly delayMs: number;
  /** First run not before this instant (ISO 8601); wins over `delayMs`. */
  readonly scheduledAt: string | null;
  /** After this instant (ISO 8601) the job is of no use any more. */
  readonly deadlineAt?: string | null;
  readonly tags?: readonly string[] | null;
  /** JSON text of what travels with the job: a trace, a request id, a tenant. */
  readonly context?: string | null;
  /** The job whose handler enqueued this one. */
  readonly parentId?: JobId | null;
  /** JSON text of a backoff of the job's own, fields that it does not name are those of its type. */
  readonly backoff?: string | null;
  readonly unique?: UniqueDraft | null;
}

/** What to do about a job that holds the key already. */
export type OnConflict = 'skip' | 'error' | 'replace';

/** A key that one job at a time may hold. */
export interface UniqueDraft {
  /** With its scope; made by `uniqueKeyOf`. */
  readonly key: string;
  /** Held beyond the end of the job. */
  readonly keeps: boolean;
  /** Held for so long after the enqueue; `null` = until the job ends, or with `keeps`, until its row is deleted. */
  readonly expiresAfterMs: number | null;
  readonly onConflict: OnConflict;
}

/** The job that stands for a draft: its own, or the one that held its key already. */
export interface InsertedJob {
  readonly id: JobId;
  readonly status: JobStatus;
  /** True when the draft was written, now or by an earlier try. */
  readonly created: boolean;
}

/** Which hint is meant: that of this job, among those of its type. */
export interface HintKey {
  readonly id: JobId;
  readonly type: string;
}

/** What the dispatcher needs to know of a pending job. */
export interface Hint extends HintKey {
  readonly priority: number;
}

/** A hint together with the queue that it belongs to. */
export interface QueuedHint extends Hint {
  readonly queue: string;
}

/** One job as the ledger shows it to a reader. */
export interface Job<Payload = unknown> {
  readonly id: JobId;
  readonly type: string;
  readonly queue: string;
  readonly status: JobStatus;
  readonly priority: number;
  readonly payload: Payload;
  readonly result: unknown;
  readonly progress: JobProgress | null;
  /** How many runs were started so far. Only ever grows: it is the fence of every write. */
  readonly run: number;
  /** Attempts used beyond the first; at most `maxRetries`. */
  readonly retryCount: number;
  readonly maxRetries: number;
  /** 0 = no limit of its own. */
  readonly timeoutMs: number;
  /** How many worker processes died while they ran this job. */
  readonly crashCount: number;
  readonly errorMessage: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly scheduledAt: Date | null;
  readonly lockedAt: Date | null;
  readonly lockedBy: string | null;
  /** When the job reached its final status: completed, dead or cancelled. */
  readonly completedAt: Date | null;
  /** When retention moved it to the archive; `null` while it is among the others. */
  readonly archivedAt: Date | null;
  /** After this instant the job is of no use any more. */
  readonly deadlineAt: Date | null;
  readonly tags: readonly string[];
  /** What travelled with the job: a trace, a request id, a tenant. */
  readonly context: Readonly<Record<string, unknown>> | null;
  /** The job whose handler enqueued this one. */
  readonly parentId: JobId | null;
  /** The key that the job holds or held, with its scope. */
  readonly uniqueKey: string | null;
  /** Somebody asked for the running job to be cancelled. */
  readonly cancelRequestedAt: Date | null;
  readonly cancelReason: string | null;
}

/** What a job carries as the ledger keeps it: JSON text, in which numbers are exact that JavaScript cannot hold. */
export interface JobTexts {
  readonly payload: string;
  readonly result: string | null;
}

/** The latest progress that a handler reported. */
export interface JobProgress {
  readonly percent: number;
  readonly note: string | null;
}

/** One run of a job as `kyu_attempts` keeps it. */
export interface JobRun {
  readonly run: number;
  readonly attempt: number;
  readonly workerId: string;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly outcome: string;
  readonly errorMessage: string | null;
  readonly errorStack: string | null;
}

/** A line that a handler logged with `job.log()`. */
export interface JobLogLine {
  readonly run: number;
  /** Counted from 1 within the run. */
  readonly line: number;
  readonly at: Date;
  readonly message: string;
}

/** A run of the job that failed before this one. */
export interface EarlierError {
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly run: number;
  /** `failed`, `timed-out`, `retry-after` or `crashed`. */
  readonly outcome: string;
  readonly message: string;
  readonly finishedAt: Date;
}
