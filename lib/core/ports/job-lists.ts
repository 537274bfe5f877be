import type { JobStatus } from '../job-status.js';
import type { JobSummary } from '../job-summary.js';
import type { Job, JobId } from '../job.js';
import type { JobFilter } from './job-filter.js';

/** By what jobs can be ordered. */
export const JOB_SORTS = ['created', 'updated', 'finished', 'scheduled', 'priority'] as const;

/** By what jobs are ordered; of equals the id decides. */
export type JobListSort = (typeof JOB_SORTS)[number];

/** Where a page begins: behind this job. */
export interface JobPlace {
  /** What it is ordered by, as the ledger said; `null` where the id alone orders. */
  readonly key: string | null;
  readonly id: JobId;
}

/** One page of jobs in some order. */
export interface JobListPage {
  readonly filter: JobFilter;
  readonly sort: JobListSort;
  readonly order: 'asc' | 'desc';
  readonly limit: number;
  readonly after?: JobPlace;
  /** True: the jobs that retention has archived, and no others. */
  readonly archived: boolean;
}

/** A job, and where it stands in the order. */
export interface Listed<Row> {
  readonly job: Row;
  readonly place: JobPlace;
}

/** A page of what was found; and how far the look went, when time ran out before the page was full. */
export interface Listing<Row> {
  readonly found: readonly Listed<Row>[];
  /** Everything up to this place was looked at, and nothing behind it. */
  readonly reached?: ReachedPlace;
}

/** A place in the order of creation or of the end. */
export interface ReachedPlace extends JobPlace {
  /** When the job of this place was created, or ended. */
  readonly at: Date;
}

/** How many jobs match, by status. */
export interface StatusCounts {
  readonly counts: Record<JobStatus, number>;
  /** What was not counted, but taken from what PostgreSQL knows of the table. */
  readonly estimated: readonly JobStatus[];
  /** Only jobs that were created since then were counted: there may be more. */
  readonly since?: Date;
}

/** Names of which the ledger knows, for those who write a search. */
export interface NamesSeen {
  readonly types: readonly string[];
  readonly queues: readonly string[];
  readonly tags: readonly string[];
  readonly workers: readonly string[];
  /** The outermost keys of payloads. */
  readonly payloadKeys: readonly string[];
}

/** The queues that the ledger knows of. */
export interface QueueNames {
  /** In the order of their names. */
  readonly names: readonly string[];
  /** False: there are so many jobs that queues in which there are only ended ones may be missing. */
  readonly isComplete: boolean;
}

/**
 * The door of people who look for jobs. Outside a transaction of the caller's each question has two seconds; a list in
 * the order of creation or of the end, and counts, then say how far they came.
 * @throws ReadingTimeoutError when that is not enough for a list in another order
 */
export interface JobLists<Transaction> {
  jobs(page: JobListPage, transaction?: Transaction): Promise<Listing<Job>>;
  /** Without payloads and results. */
  summaries(page: JobListPage, transaction?: Transaction): Promise<Listing<JobSummary>>;
  /** By status, each counted no further than the cap. */
  counts(filter: JobFilter, cap: number, transaction?: Transaction): Promise<StatusCounts>;
  /** Of recent jobs, of handlers and of workers: cheap, and not complete. */
  namesSeen(): Promise<NamesSeen>;
  /** Of jobs, of living workers and of pauses. */
  queueNames(): Promise<QueueNames>;
}
