import type { EntityManager } from 'typeorm';
import { JOB_STATUSES, type JobStatus } from '../core/job-status.js';
import type { JobSummary } from '../core/job-summary.js';
import type { Job } from '../core/job.js';
import type {
  JobListPage,
  JobLists,
  JobPlace,
  Listing,
  NamesSeen,
  QueueNames,
  ReachedPlace,
  StatusCounts,
} from '../core/ports/job-lists.js';
import type { JobFilter } from '../core/ports/job-filter.js';
import { ReadingTimeoutError } from '../core/errors.js';
import type { BoundStatement } from './filtered-statement.js';
import { BoundedReadings, READING_LIMIT_MS } from './bounded-readings.js';
import { isEmptyByItself, isNarrow, isPlain } from './job-filter-ways.js';
import { JobWalk, placeValues, WALK_LIMITS, type WalkLimits } from './job-walk.js';
import type { LedgerConnection } from './ledger-connection.js';
import { standingCounts, type StandingRow } from './standing-estimates.js';
import { headOf, jobOf, type JobHeadRow, type JobRow } from './row-mapper.js';
import { countStatuses } from './statements/count-statuses.sql.js';
import type { StatementTemplate } from './statement.js';
import { listJobs, type ListShape } from './statements/list-jobs.sql.js';
import { listNamesSeen } from './statements/list-names-seen.sql.js';
import { listQueuesInUse } from './statements/list-queues-in-use.sql.js';
import { listQueuesOfEndedJobs } from './statements/list-queues-of-ended-jobs.sql.js';
import { readStandingCounts } from './statements/read-standing-counts.sql.js';

/** So many of the newest jobs tell which names there are. */
const RECENT_JOBS = 2_000;
const MOST_NAMES = 200;
/** So long has the index of what narrows a search, before the walk along all jobs begins. */
const INDEX_LIMIT_MS = 600;
/** Up to here everything is counted along the indexes of each status. */
const MOST_BY_STATUS = 10_000;

const LIST = 'The list of jobs';
const COUNT = 'The count of jobs';

/** The door of people who look for jobs. */
export class PostgresJobLists implements JobLists<EntityManager> {
  private readonly readings: BoundedReadings;
  private readonly walk: JobWalk;

  constructor(connection: LedgerConnection, limits: WalkLimits = WALK_LIMITS) {
    this.readings = new BoundedReadings(connection);
    this.walk = new JobWalk(this.readings, limits);
  }

  async jobs(page: JobListPage, manager?: EntityManager): Promise<Listing<Job>> {
    const { rows, ...far } = await this.page<JobRow & Placed>('jobs', page, manager);
    return { ...far, found: rows.map((row) => ({ job: jobOf(row), place: { key: row.place, id: row.id } })) };
  }

  async summaries(page: JobListPage, manager?: EntityManager): Promise<Listing<JobSummary>> {
    const { rows, ...far } = await this.page<SummaryRow & Placed>('summaries', page, manager);
    return {
      ...far,
      found: rows.map((row) => ({ job: summaryOf(row), place: { key: row.place, id: row.id } })),
    };
  }

  async counts(filter: JobFilter, cap: number, manager?: EntityManager): Promise<StatusCounts> {
    if (manager === undefined && isPlain(filter) && cap <= MOST_BY_STATUS) return this.standing(cap);
    const atOnce = countStatuses.bind([], filter);
    if (manager !== undefined) {
      const rows = await this.readings.query<StatusRow>(COUNT, atOnce, manager);
      return { counts: cappedCounts(rows, cap), estimated: [] };
    }
    if (isNarrow(filter)) {
      const rows = await unlessLate(this.readings.query<StatusRow>(COUNT, atOnce, manager, INDEX_LIMIT_MS));
      if (rows !== undefined) return { counts: cappedCounts(rows, cap), estimated: [] };
    }
    return this.countAlong(filter, cap);
  }

  async namesSeen(): Promise<NamesSeen> {
    const statement = { template: listNamesSeen, values: [RECENT_JOBS, MOST_NAMES] };
    const [row] = await this.readings.query<NamesRow>('The look for names', statement);
    const { types = [], queues = [], tags = [], workers = [], payload_keys: payloadKeys = [] } = row ?? {};
    return { types, queues, tags, workers, payloadKeys };
  }

  async queueNames(): Promise<QueueNames> {
    const ask = (template: StatementTemplate): Promise<QueueRow[]> =>
      this.readings.query<QueueRow>('The look for queues', { template, values: [] });
    const [inUse, ofEnded] = await Promise.all([
      ask(listQueuesInUse),
      unlessLate(ask(listQueuesOfEndedJobs)),
    ]);
    const names = new Set([...inUse, ...(ofEnded ?? [])].map(({ queue }) => queue));
    return { names: [...names].sort(), isComplete: ofEnded !== undefined };
  }

  private async standing(cap: number): Promise<StatusCounts> {
    const statement = { template: readStandingCounts, values: [MOST_BY_STATUS] };
    const [row] = await this.readings.query<StandingRow>(COUNT, statement);
    if (row === undefined) throw new Error('PostgreSQL answered no row to a question that always has one.');
    const { counts, estimated } = standingCounts(row, MOST_BY_STATUS);
    const rows = JOB_STATUSES.map((status) => ({ status, count: String(counts[status]) }));
    return {
      counts: cappedCounts(rows, cap),
      // Of what was counted as far as the cap, it is known that there are so many or more.
      estimated: estimated.filter((status) => Number(row[status]) < cap),
    };
  }

  private async countAlong(filter: JobFilter, cap: number): Promise<StatusCounts> {
    const rows: StatusRow[] = [];
    const route = { filter, sort: 'created', order: 'desc', archived: false } as const;
    const reached = await this.walk.along(COUNT, route, async (ask, { after, upTo }) => {
      const range = { ...filter, tagsBy: 'job', before: after?.id, from: upTo?.id } as const;
      rows.push(...(await ask<StatusRow>(countStatuses.bind([], range))));
      const counts = cappedCounts(rows, cap);
      return JOB_STATUSES.every((status) => counts[status] === cap);
    });
    const since = reached === undefined ? {} : { since: reached.at };
    return { counts: cappedCounts(rows, cap), estimated: [], ...since };
  }

  private async page<Row>(
    columns: ListShape['columns'],
    page: JobListPage,
    manager: EntityManager | undefined,
  ): Promise<FoundRows<Row>> {
    const { filter, sort, archived } = page;
    if (isEmptyByItself(filter, sort)) return { rows: [] };
    const atOnce = (limitMs: number): Promise<Row[]> => {
      const statement = pageStatement({ columns, page });
      return this.readings.query<Row>(LIST, statement, manager, limitMs);
    };
    const canWalk = sort === 'created' || (sort === 'finished' && !archived);
    if (manager !== undefined || !canWalk || isPlain(filter)) return { rows: await atOnce(READING_LIMIT_MS) };
    if (isNarrow(filter)) {
      const rows = await unlessLate(atOnce(INDEX_LIMIT_MS));
      if (rows !== undefined) return { rows };
    }
    return this.pageAlong<Row>(columns, { ...page, sort });
  }

  private async pageAlong<Row>(
    columns: ListShape['columns'],
    page: JobListPage & { readonly sort: 'created' | 'finished' },
  ): Promise<FoundRows<Row>> {
    const rows: Row[] = [];
    const { filter, sort, order, archived, after } = page;
    const route = { filter, sort, order, archived, ...(after === undefined ? {} : { after }) };
    const reached = await this.walk.along(LIST, route, async (ask, step) => {
      const { after: _, ...rest } = page;
      const wanted = { ...rest, limit: page.limit - rows.length, ...(step.after && { after: step.after }) };
      rows.push(
        ...(await ask<Row>(pageStatement({ columns, page: wanted, upTo: step.upTo, tagsBy: 'job' }))),
      );
      return rows.length >= page.limit;
    });
    return reached === undefined ? { rows } : { rows, reached };
  }
}

function pageStatement(wanted: {
  readonly columns: ListShape['columns'];
  readonly page: JobListPage;
  readonly upTo?: JobPlace | undefined;
  readonly tagsBy?: 'index' | 'job';
}): BoundStatement {
  const { columns, upTo, tagsBy } = wanted;
  const { filter, sort, order, limit, after, archived } = wanted.page;
  const places = [after, upTo].flatMap((place) => (place === undefined ? [] : placeValues(sort, place)));
  const shape = { columns, sort, order, archived, goesOn: after !== undefined, stops: upTo !== undefined };
  return listJobs(shape).bind([limit, ...places], { ...filter, tagsBy });
}

/** What took too long is looked for in another way. */
async function unlessLate<Row>(rows: Promise<Row[]>): Promise<Row[] | undefined> {
  try {
    return await rows;
  } catch (error) {
    if (error instanceof ReadingTimeoutError) return undefined;
    throw error;
  }
}

function cappedCounts(rows: readonly StatusRow[], cap: number): Record<JobStatus, number> {
  const countOf = (name: JobStatus): number =>
    rows.reduce((sum, { status, count }) => sum + (status === name ? Number(count) : 0), 0);
  const counts = JOB_STATUSES.map((name) => [name, Math.min(cap, countOf(name))] as const);
  return Object.fromEntries(counts) as Record<JobStatus, number>;
}

interface FoundRows<Row> {
  readonly rows: Row[];
  readonly reached?: ReachedPlace;
}

interface StatusRow {
  readonly status: JobStatus;
  readonly count: string;
}

interface QueueRow {
  readonly queue: string;
}

interface Placed {
  readonly place: string | null;
}

interface SummaryRow extends JobHeadRow {
  readonly payload_size: number;
}

interface NamesRow {
  readonly types: string[];
  readonly queues: string[];
  readonly tags: string[];
  readonly workers: string[];
  readonly payload_keys: string[];
}

function summaryOf(row: SummaryRow): JobSummary {
  return { ...headOf(row), payloadSize: row.payload_size };
}
