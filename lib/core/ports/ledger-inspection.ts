import type { JobStatus } from '../job-status.js';
import type { Job, JobId, JobLogLine, JobRun, JobTexts, QueuedHint } from '../job.js';
import type { JobFilter } from './job-filter.js';

/** One page of jobs, newest first. */
export interface JobPage {
  readonly filter: JobFilter;
  readonly limit: number;
  /** Only jobs older than this id. */
  readonly before?: JobId;
  /** True: the jobs that retention has archived, and no others. */
  readonly archived?: boolean;
}

/** How many jobs of a queue are in a status. */
export interface StatusCount {
  readonly queue: string;
  readonly type: string;
  readonly status: JobStatus;
  readonly count: number;
}

/** How many jobs there are of everything. */
export interface JobCensus {
  readonly groups: readonly StatusCount[];
  /** Of these statuses there are so many that their numbers are estimates. */
  readonly estimated: readonly JobStatus[];
}

/** What became of an attempt to change one job. */
export type ChangedJob =
  | { readonly kind: 'changed'; readonly hint: QueuedHint }
  | { readonly kind: 'refused'; readonly status: JobStatus }
  | { readonly kind: 'missing' };

/** What became of an attempt to cancel one: a job that runs is only asked to end. */
export type CancelledJob = ChangedJob | { readonly kind: 'requested'; readonly hint: QueuedHint };

/** The operator's door. Every verb works inside the caller's transaction as well. */
export interface LedgerInspection<Transaction> {
  /** One in the archive as well. */
  find(id: JobId, transaction?: Transaction): Promise<Job | undefined>;
  /** Its payload and its result as they are kept; one in the archive as well. */
  texts(id: JobId, transaction?: Transaction): Promise<JobTexts | undefined>;
  runs(id: JobId, transaction?: Transaction): Promise<JobRun[]>;
  /** Every line that its handlers logged, oldest first. */
  logs(id: JobId, transaction?: Transaction): Promise<JobLogLine[]>;
  list(page: JobPage, transaction?: Transaction): Promise<Job[]>;
  count(filter: JobFilter, transaction?: Transaction): Promise<StatusCount[]>;
  /**
   * All jobs, in bounded time: what is many is taken from a sample.
   * @throws ReadingTimeoutError
   */
  census(): Promise<JobCensus>;
  cancel(id: JobId, reason: string | null, transaction?: Transaction): Promise<CancelledJob>;
  retry(id: JobId, transaction?: Transaction): Promise<ChangedJob>;
  delete(id: JobId, transaction?: Transaction): Promise<ChangedJob>;
  /** As at the intake. */
  afterCommit(transaction: Transaction, action: () => void): void;
}
