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

/** Names of which the ledger knows, for those who write a search. */
export interface NamesSeen {
  readonly types: readonly string[];
  readonly queues: readonly string[];
  readonly tags: readonly string[];
  readonly workers: readonly string[];
  /** The outermost keys of payloads. */
  readonly payloadKeys: readonly string[];
}

/**
 * The door of people who look for jobs. Outside a transaction of the caller's each question has two seconds.
 * @throws ReadingTimeoutError when that is not enough
 */
export interface JobLists<Transaction> {
  jobs(page: JobListPage, transaction?: Transaction): Promise<Listed<Job>[]>;
  /** Without payloads and results. */
  summaries(page: JobListPage, transaction?: Transaction): Promise<Listed<JobSummary>[]>;
  /** By status, each counted no further than the cap. */
  counts(filter: JobFilter, cap: number, transaction?: Transaction): Promise<Record<JobStatus, number>>;
  /** Of recent jobs, of handlers and of workers: cheap, and not complete. */
  namesSeen(): Promise<NamesSeen>;
}
