import type { EntityManager } from 'typeorm';
import { JOB_STATUSES, type JobStatus } from '../core/job-status.js';
import type { JobSummary } from '../core/job-summary.js';
import type { Job } from '../core/job.js';
import type { JobListPage, JobLists, Listed, NamesSeen } from '../core/ports/job-lists.js';
import type { JobFilter } from '../core/ports/job-filter.js';
import { BoundedReadings } from './bounded-readings.js';
import type { LedgerConnection } from './ledger-connection.js';
import { headOf, jobOf, type JobHeadRow, type JobRow } from './row-mapper.js';
import { countByStatus } from './statements/count-by-status.sql.js';
import { countJobs } from './statements/count-jobs.sql.js';
import { listJobs, type ListShape } from './statements/list-jobs.sql.js';
import { listNamesSeen } from './statements/list-names-seen.sql.js';

/** So many of the newest jobs tell which names there are. */
const RECENT_JOBS = 2_000;
const MOST_NAMES = 200;

/** The door of people who look for jobs. */
export class PostgresJobLists implements JobLists<EntityManager> {
  private readonly readings: BoundedReadings;

  constructor(connection: LedgerConnection) {
    this.readings = new BoundedReadings(connection);
  }

  async jobs(page: JobListPage, manager?: EntityManager): Promise<Listed<Job>[]> {
    const rows = await this.page<JobRow & Placed>('jobs', page, manager);
    return rows.map((row) => ({ job: jobOf(row), place: { key: row.place, id: row.id } }));
  }

  async summaries(page: JobListPage, manager?: EntityManager): Promise<Listed<JobSummary>[]> {
    const rows = await this.page<SummaryRow & Placed>('summaries', page, manager);
    return rows.map((row) => ({ job: summaryOf(row), place: { key: row.place, id: row.id } }));
  }

  async counts(filter: JobFilter, cap: number, manager?: EntityManager): Promise<Record<JobStatus, number>> {
    if (isLookedForEverywhere(filter)) return this.countAll(filter, cap, manager);
    const statement = countByStatus.bind([cap], filter);
    const [row = {}] = await this.readings.query<Record<string, string>>(
      'The count of jobs',
      statement,
      manager,
    );
    return Object.fromEntries(
      Object.entries(row).map(([status, count]) => [status, Number(count)]),
    ) as Record<JobStatus, number>;
  }

  async namesSeen(): Promise<NamesSeen> {
    const statement = { template: listNamesSeen, values: [RECENT_JOBS, MOST_NAMES] };
    const [row] = await this.readings.query<NamesRow>('The look for names', statement);
    const { types = [], queues = [], tags = [], workers = [], payload_keys: payloadKeys = [] } = row ?? {};
    return { types, queues, tags, workers, payloadKeys };
  }

  /** One pass over the table is cheaper than one for each status, where each job has to be looked into. */
  private async countAll(
    filter: JobFilter,
    cap: number,
    manager: EntityManager | undefined,
  ): Promise<Record<JobStatus, number>> {
    const statement = countJobs.bind([], filter);
    const rows = await this.readings.query<StatusRow>('The count of jobs', statement, manager);
    const countOf = (name: JobStatus): number =>
      rows.reduce((sum, { status, count }) => sum + (status === name ? Number(count) : 0), 0);
    const counts = JOB_STATUSES.map((name) => [name, Math.min(cap, countOf(name))] as const);
    return Object.fromEntries(counts) as Record<JobStatus, number>;
  }

  private page<Row>(
    columns: ListShape['columns'],
    { filter, sort, order, limit, after, archived }: JobListPage,
    manager: EntityManager | undefined,
  ): Promise<Row[]> {
    const place = after === undefined ? [] : sort === 'created' ? [after.id] : [after.id, after.key];
    const statement = listJobs({ columns, sort, order, archived, goesOn: after !== undefined });
    return this.readings.query<Row>('The list of jobs', statement.bind([limit, ...place], filter), manager);
  }
}

/** What no index knows of. */
function isLookedForEverywhere({ payload, words, errors, fingerprints }: JobFilter): boolean {
  return [payload, words, errors, fingerprints].some((condition) => condition !== undefined);
}

interface StatusRow {
  readonly status: JobStatus;
  readonly count: string;
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
