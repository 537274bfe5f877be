import type { JobId, QueuedHint } from '../job.js';
import type { JobStatus } from '../job-status.js';
import type { JobFilter } from './job-filter.js';

/** When a job is to run: so many ms from now by the ledger's clock, or at an instant (ISO 8601). */
export type DueTime = { readonly delayMs: number } | { readonly at: string };

/** What an operator changes of a job that does not run; what is left out stays. */
export interface JobChanges {
  readonly queue?: string;
  readonly priority?: number;
  /** JSON text. */
  readonly payload?: string;
  /** Never below what the job has used already. */
  readonly maxRetries?: number;
  readonly timeoutMs?: number;
  /** None: the job has no tags any more. */
  readonly tags?: readonly string[];
  /** ISO 8601; `null`: no deadline any more. */
  readonly deadlineAt?: string | null;
}

/** What became of an operation on one job. */
export type OperatedJob =
  | { readonly kind: 'changed'; readonly status: JobStatus; readonly hint: QueuedHint }
  | { readonly kind: 'refused'; readonly status: JobStatus }
  | { readonly kind: 'missing' };

/** One batch of jobs, oldest first. */
export interface JobBatch {
  readonly filter: JobFilter;
  readonly limit: number;
  /** Only jobs newer than this id: what the batches before have changed must not be taken again. */
  readonly after?: JobId;
}

/** A job as a batch has left it. */
export interface OperatedHint extends QueuedHint {
  readonly status: JobStatus;
}

/** What a batch came to. */
export interface BatchOutcome {
  /** How many jobs matched; fewer than the limit means that there are no more. */
  readonly matched: number;
  /** The newest of those; nothing when none matched. */
  readonly lastId: JobId | undefined;
  /** Those that were changed: others that another transaction holds were left out. */
  readonly changed: readonly OperatedHint[];
}

/**
 * The operator's door for jobs that do not run. Every verb works inside a transaction, and looks at the newest version
 * of a row: a claim that was faster wins, and the answer says `running`.
 */
export interface JobOperations<Transaction> {
  /** scheduled or failed → pending. */
  runNow(id: JobId, transaction?: Transaction): Promise<OperatedJob>;
  /** A scheduled, pending or failed job gets another time; one that is due then is pending at once. */
  reschedule(id: JobId, due: DueTime, transaction?: Transaction): Promise<OperatedJob>;
  /** A scheduled, pending or failed job gets other settings. */
  change(id: JobId, changes: JobChanges, transaction?: Transaction): Promise<OperatedJob>;
  /** The same for many: each batch is one statement that leaves out what another transaction holds. */
  runManyNow(batch: JobBatch, transaction?: Transaction): Promise<BatchOutcome>;
  rescheduleMany(batch: JobBatch, due: DueTime, transaction?: Transaction): Promise<BatchOutcome>;
  /** scheduled, pending or failed → cancelled; one that runs is asked to end. */
  cancelMany(batch: JobBatch, reason: string | null, transaction?: Transaction): Promise<BatchOutcome>;
  /** failed, dead or cancelled → pending, as one by one. */
  retryMany(batch: JobBatch, transaction?: Transaction): Promise<BatchOutcome>;
  /** Removes jobs and their runs for good, but none that runs. */
  deleteMany(batch: JobBatch, transaction?: Transaction): Promise<BatchOutcome>;
}
