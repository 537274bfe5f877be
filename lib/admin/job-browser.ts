import { InvalidQueryError } from '../core/errors.js';
import { parseJobSearch } from '../core/job-search.js';
import type { JobSelection } from '../core/job-selection.js';
import type { CappedCounts, JobSummary, JobSummaryList } from '../core/job-summary.js';
import type { Job } from '../core/job.js';
import type { NumberRule } from '../core/option-rules.js';
import type { KeysOf } from '../core/option-scope.js';
import { JOB_SORTS, type JobListPage, type JobLists, type Listing } from '../core/ports/job-lists.js';
import { describeValue } from '../core/redact.js';
import { readFlag, readMembers, readWholeNumber, refuseUnknownKeys } from './argument-readers.js';
import { QUERY_KEYS, readFilter, readPageSize, SELECTION_KEYS, type JobQuery } from './job-query.js';
import { decodePlace, encodePlace } from './list-cursor.js';
import { MANAGER_KEYS, type WithManager } from './operator-options.js';

/** One page of jobs. */
export interface JobList {
  readonly jobs: Job[];
  /** For the next page in the same order; `null` on the last one. */
  readonly nextCursor: string | null;
  /** As in `JobSummaryList`. */
  readonly searchedTo?: Date;
}

/** Which page of what a search finds, and in which order; see `JobQuery`. */
export type SearchPage = Pick<JobQuery, 'limit' | 'cursor' | 'sort' | 'order'>;

/** How far jobs are counted. */
export interface CountOptions<Transaction> extends WithManager<Transaction> {
  /** So many of each status at most, 1 to 1,000,000. Default 10,000. */
  cap?: number;
}

const PAGE_KEYS: KeysOf<SearchPage> = { limit: true, cursor: true, sort: true, order: true };
const COUNT_KEYS: KeysOf<CountOptions<unknown>> = { ...MANAGER_KEYS, cap: true };
const CAP: NumberRule = { least: 1, most: 1_000_000 };
const DEFAULT_CAP = 10_000;
const ORDERS = ['asc', 'desc'] as const;

/** Lists jobs, page by page, and counts them. */
export class JobBrowser<Transaction> {
  constructor(private readonly lists: JobLists<Transaction>) {}

  async list(query: JobQuery, options: WithManager<Transaction>): Promise<JobList> {
    const page = readPage(query, options);
    return pageOf<Job>(await this.lists.jobs(page, options.manager), page);
  }

  async summaries(query: JobQuery, options: WithManager<Transaction>): Promise<JobSummaryList> {
    const page = readPage(query, options);
    return pageOf<JobSummary>(await this.lists.summaries(page, options.manager), page);
  }

  async search(text: string, page: SearchPage, options: WithManager<Transaction>): Promise<JobSummaryList> {
    refuseUnknownKeys('page', page, PAGE_KEYS);
    return this.summaries({ ...parseJobSearch(readSearch(text)), ...page }, options);
  }

  async counts(selection: JobSelection | string, options: CountOptions<Transaction>): Promise<CappedCounts> {
    refuseUnknownKeys('options', options, COUNT_KEYS);
    const cappedAt = options.cap === undefined ? DEFAULT_CAP : readWholeNumber('cap', options.cap, CAP);
    const { status: _, ...others } = readSelection(selection);
    const { statuses: _statuses, ...filter } = readFilter(others);
    const { counts, estimated, since } = await this.lists.counts(filter, cappedAt, options.manager);
    return { counts, cappedAt, estimated, ...(since === undefined ? {} : { countedSince: since }) };
  }
}

/** The archive has no statuses that anybody waits for: its jobs are not counted. */
function readSelection(selection: JobSelection | string): JobSelection {
  if (typeof selection !== 'string') {
    refuseUnknownKeys('selection', selection, SELECTION_KEYS);
    return selection;
  }
  const { archived: _, ...search } = parseJobSearch(selection);
  return search;
}

/** @throws InvalidQueryError */
export function readSearch(text: unknown): string {
  if (typeof text === 'string') return text;
  throw new InvalidQueryError('search', describeValue(text), 'text in the query language');
}

function readPage<Transaction>(query: JobQuery, options: WithManager<Transaction>): JobListPage {
  refuseUnknownKeys('query', query, QUERY_KEYS);
  refuseUnknownKeys('options', options, MANAGER_KEYS);
  const filter = readFilter(query);
  const sort = readOne('sort', query.sort, JOB_SORTS, 'created');
  const order = readOne('order', query.order, ORDERS, 'desc');
  const after = decodePlace(query.cursor, sort, order);
  const archived = readFlag('archived', query.archived);
  // One more than asked for tells whether there is another page.
  const limit = readPageSize(query.limit) + 1;
  return { filter, sort, order, limit, archived, ...(after === undefined ? {} : { after }) };
}

function readOne<Member extends string>(
  field: string,
  value: unknown,
  allowed: readonly Member[],
  otherwise: Member,
): Member {
  if (value === undefined) return otherwise;
  const [member = otherwise] = readMembers(field, typeof value === 'string' ? value : [value], allowed);
  return member;
}

function pageOf<Row>(
  { found, reached }: Listing<Row>,
  { limit, sort, order }: JobListPage,
): { jobs: Row[]; nextCursor: string | null; searchedTo?: Date } {
  const jobs = found.slice(0, limit - 1).map(({ job }) => job);
  const last = found.at(limit - 2);
  if (found.length === limit && last !== undefined) {
    return { jobs, nextCursor: encodePlace(last.place, sort, order) };
  }
  if (reached === undefined) return { jobs, nextCursor: null };
  return { jobs, nextCursor: encodePlace(reached, sort, order), searchedTo: reached.at };
}
