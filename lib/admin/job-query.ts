import { InvalidQueryError } from '../core/errors.js';
import type { JobSelection } from '../core/job-selection.js';
import type { JobStatus } from '../core/job-status.js';
import type { NumberRule } from '../core/option-rules.js';
import type { KeysOf } from '../core/option-scope.js';
import type { JobFilter } from '../core/ports/job-filter.js';
import type { JobListSort } from '../core/ports/job-lists.js';
import { readMembers, readWholeNumber } from './argument-readers.js';
import { readFilter, SELECTION_KEYS } from './job-filter.js';

export type { JobSelection } from '../core/job-selection.js';
export { readFilter, SELECTION_KEYS } from './job-filter.js';

/** In which order jobs are listed. */
export type JobSort = JobListSort;

/** One page of which jobs. */
export interface JobQuery extends JobSelection {
  /**
   * By what they are ordered: when they were `created` (default) or `updated`, when they `finished` (lists those that
   * have ended, and no others), for when they are `scheduled` (those that wait for a time, and no others), or by
   * `priority`.
   */
  sort?: JobSort;
  /** Default `desc`: the newest, the latest or the most important first. */
  order?: 'asc' | 'desc';
  /** Jobs per page, 1 to 1,000. Default 100. */
  limit?: number;
  /** The `nextCursor` of the page before; nothing for the first. */
  cursor?: string | null;
  /** True: the jobs that retention has archived, and no others. Default false. */
  archived?: boolean;
}

/** The statuses that a job can be run again from. */
export const RETRYABLE_STATUSES = ['failed', 'dead', 'cancelled'] as const satisfies readonly JobStatus[];

/** A status that a job can be run again from. */
export type RetryableStatus = (typeof RETRYABLE_STATUSES)[number];

/** Which jobs are to run again. Their status has to be said, so that nothing cancelled runs again by an oversight. */
export interface RetrySelection extends JobSelection {
  status: RetryableStatus | readonly RetryableStatus[];
}

/** The statuses that a job can be deleted in: all but `running`. */
export const DELETABLE_STATUSES = [
  'scheduled',
  'pending',
  'failed',
  'completed',
  'dead',
  'cancelled',
] as const satisfies readonly JobStatus[];

/** A status that a job can be deleted in. */
export type DeletableStatus = (typeof DELETABLE_STATUSES)[number];

/** Which jobs are to go for good. Their status has to be said. */
export interface DeleteSelection extends JobSelection {
  status: DeletableStatus | readonly DeletableStatus[];
}

/** The keys of a query. */
export const QUERY_KEYS: KeysOf<JobQuery> = {
  ...SELECTION_KEYS,
  sort: true,
  order: true,
  limit: true,
  cursor: true,
  archived: true,
};

const PAGE_SIZE: NumberRule = { least: 1, most: 1_000 };
const DEFAULT_PAGE_SIZE = 100;
const BATCH_LIMIT: NumberRule = { least: 1, most: Number.MAX_SAFE_INTEGER };

/**
 * The same for a change of many: the status is said and one of those, and something narrows.
 * @throws InvalidQueryError
 */
export function readFilterWithStatus(selection: JobSelection, allowed: readonly JobStatus[]): JobFilter {
  if (selection.status === undefined) {
    const rule = `one or several of ${allowed.join(', ')}, as in status:${allowed.at(-1)}`;
    throw new InvalidQueryError('status', 'left out, and has to be said for so many jobs at once', rule);
  }
  return withStatuses(readFilter(selection), readMembers('status', selection.status, allowed));
}

/**
 * The same where the status goes without saying, but not the rest: an empty selection means every job there is.
 * @throws InvalidQueryError
 */
export function readNarrowFilter(selection: JobSelection, allowed: readonly JobStatus[]): JobFilter {
  if (Object.values(selection).every((value) => value === undefined)) {
    throw new InvalidQueryError(
      'selection',
      'empty, which means every job',
      'something that narrows it, such as a queue or a type',
    );
  }
  const { status = allowed } = selection;
  return withStatuses(readFilter(selection), readMembers('status', status, allowed));
}

/** What `without` has taken away stays away. */
function withStatuses(filter: JobFilter, statuses: readonly JobStatus[]): JobFilter {
  const left = filter.statuses ?? statuses;
  return { ...filter, statuses: statuses.filter((status) => left.includes(status)) };
}

/** @throws InvalidQueryError */
export function readPageSize(limit: unknown): number {
  return limit === undefined ? DEFAULT_PAGE_SIZE : readWholeNumber('limit', limit, PAGE_SIZE);
}

/** @throws InvalidQueryError */
export function readBatchLimit(limit: unknown): number {
  return limit === undefined ? Infinity : readWholeNumber('limit', limit, BATCH_LIMIT);
}
