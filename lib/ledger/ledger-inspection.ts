import type { EntityManager } from 'typeorm';
import type { Job, JobId, JobLogLine, JobRun, JobTexts } from '../core/job.js';
import type { JobStatus } from '../core/job-status.js';
import type { JobFilter } from '../core/ports/job-filter.js';
import type {
  CancelledJob,
  ChangedJob,
  JobCensus,
  JobPage,
  LedgerInspection,
  StatusCount,
} from '../core/ports/ledger-inspection.js';
import { afterCommit } from './after-commit.js';
import { BoundedReadings } from './bounded-readings.js';
import { PostgresJobLists } from './job-lists.js';
import type { LedgerConnection } from './ledger-connection.js';
import { jobOf, runOf, type JobRow, type RunRow } from './row-mapper.js';
import type { StatementTemplate } from './statement.js';
import { cancelJob } from './statements/cancel-job.sql.js';
import { countJobs } from './statements/count-jobs.sql.js';
import { deleteJob } from './statements/delete-job.sql.js';
import { deleteRuns } from './statements/delete-runs.sql.js';
import { findArchivedJob } from './statements/find-archived-job.sql.js';
import { findJob } from './statements/find-job.sql.js';
import { findJobTexts } from './statements/find-job-texts.sql.js';
import { listLogLines } from './statements/list-log-lines.sql.js';
import { listRuns } from './statements/list-runs.sql.js';
import { readJobGroups, STATUSES_OF_KIND, type CountedKind } from './statements/read-job-groups.sql.js';
import { retryJob } from './statements/retry-job.sql.js';

/** A count to the end may read the whole table; who asks for it waits. */
const COUNT_LIMIT_MS = 30_000;

/** So many of a kind are counted when everything is; of more than that, so many pages of the table tell. */
const MOST_COUNTED = 5_000;
const SAMPLE_PAGES = 5_000;

/** The operator's door: called by `admin/`; the verbs work in the caller's transaction or alone. */
export class PostgresLedgerInspection implements LedgerInspection<EntityManager> {
  private readonly lists: PostgresJobLists;
  private readonly readings: BoundedReadings;

  constructor(private readonly connection: LedgerConnection) {
    this.lists = new PostgresJobLists(connection);
    this.readings = new BoundedReadings(connection);
  }

  async find(id: JobId, manager?: EntityManager): Promise<Job | undefined> {
    const [live] = await this.connection.queryIn<JobRow>(manager, findJob, [id]);
    const row = live ?? (await this.connection.queryIn<JobRow>(manager, findArchivedJob, [id]))[0];
    return row === undefined ? undefined : jobOf(row);
  }

  async texts(id: JobId, manager?: EntityManager): Promise<JobTexts | undefined> {
    return (await this.connection.queryIn<JobTexts>(manager, findJobTexts, [id]))[0];
  }

  async runs(id: JobId, manager?: EntityManager): Promise<JobRun[]> {
    const rows = await this.connection.queryIn<RunRow>(manager, listRuns, [id]);
    return rows.map(runOf);
  }

  async list(page: JobPage, manager?: EntityManager): Promise<Job[]> {
    const { filter, limit, before, archived = false } = page;
    const after = before === undefined ? {} : { after: { key: null, id: before } };
    const inOrder = { filter, limit, sort: 'created', order: 'desc', archived, ...after } as const;
    return (await this.lists.jobs(inOrder, manager)).found.map(({ job }) => job);
  }

  async count(filter: JobFilter, manager?: EntityManager): Promise<StatusCount[]> {
    const statement = countJobs.bind([], filter);
    const rows = await this.readings.query<CountRow>('The count of jobs', statement, manager, COUNT_LIMIT_MS);
    return rows.map((row) => ({ ...row, count: Number(row.count) }));
  }

  async census(): Promise<JobCensus> {
    const statement = { template: readJobGroups, values: [MOST_COUNTED, SAMPLE_PAGES] };
    const rows = await this.readings.query<GroupRow>('The count of all jobs', statement);
    const estimated = (rows[0]?.cut ?? []).flatMap((kind) => STATUSES_OF_KIND[kind]);
    const groups = rows.map(({ queue, type, status, count }) => ({
      queue,
      type,
      status,
      count: Number(count),
    }));
    return { groups, estimated };
  }

  async logs(id: JobId, manager?: EntityManager): Promise<JobLogLine[]> {
    return this.connection.queryIn<JobLogLine>(manager, listLogLines, [id]);
  }

  async cancel(id: JobId, reason: string | null, manager?: EntityManager): Promise<CancelledJob> {
    const [row] = await this.connection.queryIn<ChangedRow>(manager, cancelJob, [id, reason]);
    const changed = changeOf(row);
    const isRequested = changed.kind === 'changed' && row?.status === 'running';
    return isRequested ? { kind: 'requested', hint: changed.hint } : changed;
  }

  async retry(id: JobId, manager?: EntityManager): Promise<ChangedJob> {
    return this.change(manager, retryJob, [id]);
  }

  async delete(id: JobId, manager?: EntityManager): Promise<ChangedJob> {
    const changed = await this.change(manager, deleteJob, [id]);
    if (changed.kind === 'changed') await this.connection.queryIn(manager, deleteRuns, [[id]]);
    return changed;
  }

  afterCommit(manager: EntityManager, action: () => void): void {
    afterCommit(manager, action);
  }

  private async change(
    manager: EntityManager | undefined,
    statement: StatementTemplate,
    values: unknown[],
  ): Promise<ChangedJob> {
    const [row] = await this.connection.queryIn<ChangedRow>(manager, statement, values);
    return changeOf(row);
  }
}

function changeOf(row: ChangedRow | undefined): ChangedJob {
  if (row === undefined) return { kind: 'missing' };
  if (row.id === null) return { kind: 'refused', status: row.status };
  return {
    kind: 'changed',
    hint: { id: row.id, queue: row.queue, type: row.type, priority: row.priority },
  };
}

/** Counts are bigint in PostgreSQL, which node-postgres gives as text. */
interface CountRow extends Omit<StatusCount, 'count'> {
  readonly count: string;
}

/** As read-job-groups answers. */
interface GroupRow extends CountRow {
  readonly cut: readonly CountedKind[];
}

/** The status that was found, and the job when it changed. */
interface ChangedRow {
  readonly status: JobStatus;
  readonly id: string | null;
  readonly queue: string;
  readonly type: string;
  readonly priority: number;
}
