import {
  JobNotCancellableError,
  JobNotFoundError,
  JobNotRetryableError,
  JobRunningError,
} from '../core/errors.js';
import { JOB_STATUSES, type JobStatus } from '../core/job-status.js';
import type { EventBus } from '../core/event-bus.js';
import type { Job, JobId, JobLogLine, JobRun, QueuedHint } from '../core/job.js';
import type { KeysOf } from '../core/option-scope.js';
import type { Dispatcher } from '../core/ports/dispatcher.js';
import type {
  ChangedJob,
  LedgerInspection,
  LedgerReadings,
  QueueReading,
  StatusCount,
  WorkerReading,
} from '../core/ports/ledger.js';
import { decodeCursor, encodeCursor } from './job-cursor.js';
import {
  QUERY_KEYS,
  SELECTION_KEYS,
  readArchived,
  readBatchLimit,
  readFilter,
  readJobId,
  readNames,
  readPageSize,
  readReason,
  readRetryFilter,
  refuseUnknownKeys,
  type JobQuery,
  type JobSelection,
  type RetrySelection,
} from './job-query.js';

/** What the admin works with. */
export interface AdminParts<Transaction> {
  readonly inspection: LedgerInspection<Transaction>;
  readonly readings: LedgerReadings;
  readonly dispatcher: Dispatcher;
  readonly events: EventBus;
  /** The queues of this instance; those of its handlers join at bootstrap. */
  readonly queues: readonly string[];
}

/** Where a call takes place. */
export interface WithManager<Transaction> {
  /** The caller's own transaction: what the call changes holds only if it commits. */
  manager?: Transaction;
}

/** How a job is cancelled. */
export interface CancelOptions<Transaction> extends WithManager<Transaction> {
  /** Kept as the job's `errorMessage`; at most 4,096 characters. */
  reason?: string;
}

/** What a cancelling has come to so far. */
export interface CancelResult {
  /** `running`: the job runs, and its worker was asked to end it. */
  readonly status: 'cancelled' | 'running';
}

/** How many jobs are run again. */
export interface RetryManyOptions<Transaction> extends WithManager<Transaction> {
  /** At most so many jobs, the oldest first. Default: all that match. */
  limit?: number;
}

/** One page of jobs, newest first. */
export interface JobList {
  readonly jobs: Job[];
  /** For the next page; `null` on the last one. */
  readonly nextCursor: string | null;
}

/** How many jobs there are. */
export interface JobStats {
  readonly total: number;
  readonly byStatus: Readonly<Record<JobStatus, number>>;
  /** The same by queue, type and status; what there is none of is left out. */
  readonly groups: readonly StatusCount[];
}

/** One statement of `retryMany` changes so many jobs at most, so that no transaction grows with the backlog. */
const BATCH_SIZE = 500;

const MANAGER_KEYS: KeysOf<WithManager<unknown>> = { manager: true };
const CANCEL_KEYS: KeysOf<CancelOptions<unknown>> = { ...MANAGER_KEYS, reason: true };
const RETRY_MANY_KEYS: KeysOf<RetryManyOptions<unknown>> = { ...MANAGER_KEYS, limit: true };

/**
 * Looks at jobs and operates on them. Every change is one guarded statement of the ledger, so an operator and the
 * engine never undo each other's work: whoever came first wins, and the other is told.
 * With `manager` a call takes place in the caller's own transaction.
 */
export class Admin<Transaction> {
  constructor(private readonly parts: AdminParts<Transaction>) {}

  /**
   * One job as it stands now, or as it was archived; then `archivedAt` says when.
   * @throws JobNotFoundError
   * @throws InvalidQueryError when the id cannot be one
   * @example
   * const { status, errorMessage } = await this.admin.get(id);
   */
  async get(id: JobId, options: WithManager<Transaction> = {}): Promise<Job> {
    refuseUnknownKeys('options', options, MANAGER_KEYS);
    const job = await this.parts.inspection.find(readJobId(id), options.manager);
    if (job === undefined) throw new JobNotFoundError(id);
    return job;
  }

  /**
   * Every run of a job that has ended, oldest first, with its outcome and error.
   * @throws JobNotFoundError
   * @throws InvalidQueryError when the id cannot be one
   * @example
   * for (const run of await this.admin.runs(id)) console.log(run.attempt, run.outcome, run.errorMessage);
   */
  async runs(id: JobId, options: WithManager<Transaction> = {}): Promise<JobRun[]> {
    refuseUnknownKeys('options', options, MANAGER_KEYS);
    const runs = await this.parts.inspection.runs(readJobId(id), options.manager);
    // A job that never ran and one that never was both have none; only one of them is a mistake.
    if (runs.length === 0) await this.get(id, options);
    return runs;
  }

  /**
   * One page of jobs, newest first. Pages go by key: jobs that come or go meanwhile neither shift nor repeat others.
   * @param query `status`, `type`, `queue` (one or several each), `limit` (1 to 1,000, default 100), `cursor`,
   *   `archived` (true: the archive instead)
   * @throws InvalidQueryError
   * @example
   * let cursor: string | null = null;
   * do {
   *   const page = await this.admin.list({ status: ['failed', 'dead'], type: 'send_email', cursor });
   *   for (const job of page.jobs) console.log(job.id, job.errorMessage);
   *   cursor = page.nextCursor;
   * } while (cursor !== null);
   */
  async list(query: JobQuery = {}, options: WithManager<Transaction> = {}): Promise<JobList> {
    refuseUnknownKeys('query', query, QUERY_KEYS);
    refuseUnknownKeys('options', options, MANAGER_KEYS);
    const filter = readFilter(query);
    const size = readPageSize(query.limit);
    const before = decodeCursor(query.cursor);
    // One more than asked for tells whether there is another page.
    const page = { filter, limit: size + 1, before, archived: readArchived(query.archived) };
    const found = await this.parts.inspection.list(page, options.manager);
    const jobs = found.slice(0, size);
    const last = jobs.at(-1);
    const hasMore = found.length > size && last !== undefined;
    return { jobs, nextCursor: hasMore ? encodeCursor(last.id) : null };
  }

  /**
   * One page of the jobs that are `dead`: no attempts left, discarded, or dangerous to their process.
   * @throws InvalidQueryError
   * @example
   * const { jobs } = await this.admin.deadJobs({ type: 'send_email', limit: 20 });
   */
  async deadJobs(
    query: Omit<JobQuery, 'status'> = {},
    options: WithManager<Transaction> = {},
  ): Promise<JobList> {
    const { status: _, ...keys } = QUERY_KEYS;
    refuseUnknownKeys('query', query, keys);
    return this.list({ ...query, status: 'dead' }, options);
  }

  /**
   * How many jobs match. Without a status that is neither completed nor cancelled it reads the whole table.
   * @throws InvalidQueryError
   * @example
   * const waiting = await this.admin.count({ status: ['pending', 'scheduled'], queue: 'reports' });
   */
  async count(selection: JobSelection = {}, options: WithManager<Transaction> = {}): Promise<number> {
    refuseUnknownKeys('selection', selection, SELECTION_KEYS);
    refuseUnknownKeys('options', options, MANAGER_KEYS);
    const groups = await this.parts.inspection.count(readFilter(selection), options.manager);
    return sumOf(groups);
  }

  /**
   * Cancels a job. One that does not run, `scheduled`, `pending` or `failed`, is `cancelled` at once. One that runs is
   * asked to end: wherever it runs, its signal aborts within two seconds, with or without Redis. It is `cancelled` when
   * its handler throws then, or does not end within the grace period; a handler that ends well completes its job.
   * Whatever else ends the run, it gets no further one.
   * @returns whether the job is cancelled, or still runs and was asked to end
   * @throws JobNotFoundError
   * @throws JobNotCancellableError when it has ended already
   * @throws InvalidQueryError
   * @example
   * const { status } = await this.admin.cancel(id, { reason: 'duplicate order' });
   */
  async cancel(id: JobId, options: CancelOptions<Transaction> = {}): Promise<CancelResult> {
    refuseUnknownKeys('options', options, CANCEL_KEYS);
    const reason = readReason(options.reason);
    const changed = await this.parts.inspection.cancel(readJobId(id), reason, options.manager);
    if (changed.kind === 'requested') {
      this.tell(options.manager, 'cancel.requested', changed.hint, reason);
      return { status: 'running' };
    }
    const job = requireChanged(id, changed, (status) => new JobNotCancellableError(id, status));
    this.tell(options.manager, 'job.cancelled', job, reason);
    return { status: 'cancelled' };
  }

  /**
   * What the handlers of a job logged with `job.log()`, oldest first.
   * @throws JobNotFoundError
   * @throws InvalidQueryError when the id cannot be one
   * @example
   * for (const { run, at, message } of await this.admin.logs(id)) console.log(run, at, message);
   */
  async logs(id: JobId, options: WithManager<Transaction> = {}): Promise<JobLogLine[]> {
    refuseUnknownKeys('options', options, MANAGER_KEYS);
    const lines = await this.parts.inspection.logs(readJobId(id), options.manager);
    if (lines.length === 0) await this.get(id, options);
    return lines;
  }

  /**
   * Runs a job again: `failed`, `dead` or `cancelled` → `pending`. A dead or cancelled job gets all its attempts
   * again; a failed one only waits no longer. Its runs and its last error are kept.
   * @throws JobNotFoundError
   * @throws JobNotRetryableError when it waits, runs or is completed
   * @throws InvalidQueryError
   * @example
   * await this.admin.retry(id);
   */
  async retry(id: JobId, options: WithManager<Transaction> = {}): Promise<void> {
    refuseUnknownKeys('options', options, MANAGER_KEYS);
    const changed = await this.parts.inspection.retry(readJobId(id), options.manager);
    const hint = requireChanged(id, changed, (status) => new JobNotRetryableError(id, status));
    await this.announce([hint], options.manager);
  }

  /**
   * Runs many jobs again, oldest first, in batches of 500. Without a transaction each batch stands by itself: after
   * an error some jobs run again and the others can be retried by the same call. A job that fails again meanwhile is
   * not taken twice; one that somebody else is changing at this moment is left out.
   * @param selection `status` (some of `failed`, `dead`, `cancelled`), `type`, `queue`
   * @returns how many jobs were put back in line
   * @throws InvalidQueryError
   * @example
   * const { matched } = await this.admin.retryMany({ status: 'dead', type: 'send_email' });
   */
  async retryMany(
    selection: RetrySelection,
    options: RetryManyOptions<Transaction> = {},
  ): Promise<{ matched: number }> {
    refuseUnknownKeys('selection', selection, SELECTION_KEYS);
    refuseUnknownKeys('options', options, RETRY_MANY_KEYS);
    const filter = readRetryFilter(selection);
    const most = readBatchLimit(options.limit);
    let matched = 0;
    let after: JobId | undefined;
    while (matched < most) {
      const limit = Math.min(BATCH_SIZE, most - matched);
      const hints = await this.parts.inspection.retryMany({ filter, limit, after }, options.manager);
      await this.announce(hints, options.manager);
      matched += hints.length;
      if (hints.length < limit) break;
      after = newestId(hints);
    }
    return { matched };
  }

  /**
   * Removes a job and its runs for good, unless it runs.
   * @throws JobNotFoundError
   * @throws JobRunningError
   * @throws InvalidQueryError
   * @example
   * await this.admin.delete(id);
   */
  async delete(id: JobId, options: WithManager<Transaction> = {}): Promise<void> {
    refuseUnknownKeys('options', options, MANAGER_KEYS);
    const changed = await this.parts.inspection.delete(readJobId(id), options.manager);
    requireChanged(id, changed, () => new JobRunningError(id));
  }

  /**
   * How queues stand: living and dead jobs, age of the oldest pending one, living workers.
   * @param names default: the queues of this instance
   * @throws InvalidQueryError
   * @example
   * const [shop] = await this.admin.queues();
   */
  async queues(names: string | readonly string[] = this.parts.queues): Promise<QueueReading[]> {
    return this.parts.readings.queues(readNames('queue', names));
  }

  /**
   * The worker processes that serve queues, those that ended within the last day included.
   * @param names default: the queues of this instance
   * @throws InvalidQueryError
   * @example
   * const alive = (await this.admin.workers()).filter((worker) => worker.state === 'alive');
   */
  async workers(names: string | readonly string[] = this.parts.queues): Promise<WorkerReading[]> {
    return this.parts.readings.workers(readNames('queue', names));
  }

  /**
   * How many jobs there are in the whole ledger, finished ones included. It reads the whole table: for people, and
   * not for every second; `queues()` is cheap.
   * @example
   * const { byStatus } = await this.admin.stats();
   */
  async stats(): Promise<JobStats> {
    const groups = await this.parts.inspection.count({});
    const counts = JOB_STATUSES.map((name) => [name, sumOf(groups.filter(({ status }) => status === name))]);
    return {
      total: sumOf(groups),
      byStatus: Object.fromEntries(counts) as Record<JobStatus, number>,
      groups,
    };
  }

  /** Once it is committed. */
  private tell(
    manager: Transaction | undefined,
    name: 'job.cancelled' | 'cancel.requested',
    job: QueuedHint,
    reason: string | null,
  ): void {
    const { events, inspection } = this.parts;
    if (manager === undefined) events.emit(name, { job, reason });
    else inspection.afterCommit(manager, () => events.emit(name, { job, reason }));
  }

  /** What became pending joins the common way of jobs at its second step, once it is committed. */
  private async announce(hints: readonly QueuedHint[], manager: Transaction | undefined): Promise<void> {
    const { dispatcher, inspection } = this.parts;
    for (const [queue, ofQueue] of byQueue(hints)) {
      if (manager === undefined) await dispatcher.announce(queue, ofQueue);
      else inspection.afterCommit(manager, () => void dispatcher.announce(queue, ofQueue));
    }
  }
}

function requireChanged(id: JobId, changed: ChangedJob, refusal: (status: JobStatus) => Error): QueuedHint {
  if (changed.kind === 'missing') throw new JobNotFoundError(id);
  if (changed.kind === 'refused') throw refusal(changed.status);
  return changed.hint;
}

function sumOf(groups: readonly StatusCount[]): number {
  return groups.reduce((sum, { count }) => sum + count, 0);
}

function newestId(hints: readonly QueuedHint[]): JobId | undefined {
  return hints.map(({ id }) => id).reduce((newest, id) => (id > newest ? id : newest), '');
}

function byQueue(hints: readonly QueuedHint[]): Map<string, QueuedHint[]> {
  const queues = new Map<string, QueuedHint[]>();
  for (const hint of hints) {
    const members = queues.get(hint.queue);
    if (members === undefined) queues.set(hint.queue, [hint]);
    else members.push(hint);
  }
  return queues;
}
