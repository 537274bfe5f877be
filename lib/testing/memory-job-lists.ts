import { compareText } from '../core/compare-text.js';
import { JOB_STATUSES, type JobStatus } from '../core/job-status.js';
import type { JobSummary } from '../core/job-summary.js';
import type { Job } from '../core/job.js';
import type {
  JobListPage,
  JobLists,
  JobListSort,
  Listed,
  Listing,
  NamesSeen,
  QueueNames,
  StatusCounts,
} from '../core/ports/job-lists.js';
import type { JobFilter } from '../core/ports/job-filter.js';
import { matches } from './memory-job-filter.js';
import { jobOf, normalId, type JobRow } from './memory-job-row.js';
import type { MemoryTables, WorkerRow } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';

const LONGEST_ERROR = 500;

/** The door of people who look for jobs, in memory. */
export class MemoryJobLists implements JobLists<MemoryTransaction> {
  constructor(private readonly tables: MemoryTables) {}

  async jobs(page: JobListPage, transaction?: MemoryTransaction): Promise<Listing<Job>> {
    return { found: this.page(page, jobOf, transaction) };
  }

  async summaries(page: JobListPage, transaction?: MemoryTransaction): Promise<Listing<JobSummary>> {
    return { found: this.page(page, summaryOf, transaction) };
  }

  async counts(filter: JobFilter, cap: number, transaction?: MemoryTransaction): Promise<StatusCounts> {
    const rows = this.matching(this.tables.allJobs(transaction), filter, transaction);
    const counted = JOB_STATUSES.map(
      (name) => [name, rows.filter(({ status }) => status === name).length] as const,
    );
    const counts = Object.fromEntries(counted.map(([name, count]) => [name, Math.min(cap, count)]));
    return { counts: counts as Record<JobStatus, number>, estimated: [] };
  }

  async namesSeen(): Promise<NamesSeen> {
    const jobs = this.tables.allJobs();
    const workers = this.livingWorkers();
    return {
      types: namesOf(jobs.map(({ type }) => type)),
      queues: namesOf([...jobs.map(({ queue }) => queue), ...workers.flatMap(({ queues }) => queues)]),
      tags: namesOf(jobs.flatMap(({ tags }) => tags)),
      workers: workers.map(({ workerId }) => workerId),
      payloadKeys: namesOf(jobs.flatMap(({ payload }) => keysOf(JSON.parse(payload)))),
    };
  }

  async queueNames(): Promise<QueueNames> {
    const ofJobs = this.tables.allJobs().map(({ queue }) => queue);
    const ofWorkers = this.livingWorkers().flatMap(({ queues }) => queues);
    const ofPauses = this.tables.pauses.rows().map(({ queue }) => queue);
    return { names: namesOf([...ofJobs, ...ofWorkers, ...ofPauses]), isComplete: true };
  }

  private livingWorkers(): WorkerRow[] {
    return [...this.tables.workers.values()].filter(({ state }) => state === 'alive' || state === 'draining');
  }

  private page<Row>(
    { filter, sort, order, limit, after, archived }: JobListPage,
    shown: (row: JobRow) => Row,
    transaction: MemoryTransaction | undefined,
  ): Listed<Row>[] {
    const jobs = archived ? this.tables.archivedJobs() : this.tables.allJobs(transaction);
    const sign = order === 'asc' ? 1 : -1;
    const start = after === undefined ? undefined : { key: Number(after.key ?? 0), id: normalId(after.id) };
    return this.matching(jobs, filter, transaction)
      .flatMap((row) => {
        const key = keyOf(row, sort);
        return key === null ? [] : [{ row, key, id: row.id }];
      })
      .filter((one) => start === undefined || sign * compare(one, start) > 0)
      .sort((left, right) => sign * compare(left, right))
      .slice(0, limit)
      .map(({ row, key }) => ({
        job: shown(row),
        place: { key: sort === 'created' ? null : String(key), id: row.id },
      }));
  }

  private matching(
    rows: readonly JobRow[],
    filter: JobFilter,
    transaction: MemoryTransaction | undefined,
  ): JobRow[] {
    const now = this.tables.now(transaction);
    return rows.filter((row) => matches(row, filter, now));
  }
}

/** What a job is ordered by; `null`: it has no place in this order. */
function keyOf(row: JobRow, sort: JobListSort): number | null {
  switch (sort) {
    case 'created':
      return 0;
    case 'updated':
      return row.updatedAt;
    case 'finished':
      return row.completedAt;
    case 'scheduled':
      return row.status === 'scheduled' || row.status === 'failed' ? row.scheduledAt : null;
    case 'priority':
      return row.priority;
  }
}

interface Place {
  readonly key: number;
  readonly id: string;
}

function compare(left: Place, right: Place): number {
  return left.key - right.key || compareText(left.id, right.id);
}

function summaryOf(row: JobRow): JobSummary {
  const { payload: _payload, result: _result, context: _context, timeoutMs: _timeout, ...job } = jobOf(row);
  const { crashCount: _crashes, parentId: _parent, uniqueKey: _key, ...others } = job;
  const { cancelRequestedAt: _requested, cancelReason: _reason, ...summary } = others;
  return {
    ...summary,
    errorMessage: row.errorMessage?.slice(0, LONGEST_ERROR) ?? null,
    payloadSize: Buffer.byteLength(row.payload),
  };
}

function namesOf(names: readonly string[]): string[] {
  return [...new Set(names)].sort(compareText);
}

function keysOf(payload: unknown): string[] {
  const isObject = typeof payload === 'object' && payload !== null && !Array.isArray(payload);
  return isObject ? Object.keys(payload) : [];
}
