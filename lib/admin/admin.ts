import type { JobId } from '../core/job.js';
import type { Duration } from '../core/duration.js';
import type { EventBus } from '../core/event-bus.js';
import type { Dispatcher } from '../core/ports/dispatcher.js';
import type { OperatorDoors } from '../core/ports/operator-doors.js';
import type { OrderedWorker } from '../core/ports/worker-orders.js';
import { AdminReader, type ReaderParts } from './admin-reader.js';
import type { Finding, FindingCode, FixResult } from '../core/finding.js';
import { Doctor, type DoctorParts, type RebuildResult } from './doctor.js';
import { readFingerprint } from './job-filter.js';
import { Announcer } from './announcer.js';
import { CancelNews } from './cancel-news.js';
import { BulkChanger, type BulkResult } from './bulk-changer.js';
import type { JobChange } from './job-change.js';
import { JobChanger, type CancelResult } from './job-changer.js';
import type { DeleteSelection, JobSelection, RetrySelection } from './job-query.js';
import type { BulkOptions, OperatorOptions } from './operator-options.js';
import { WorkerOrderer, type BurialResult, type DrainOptions, type DrainResult } from './worker-orders.js';
import { QueuePauser, type PauseResult } from './queue-pauser.js';

/** What the admin works with. */
export interface AdminParts<Transaction> extends ReaderParts<Transaction> {
  readonly operator: OperatorDoors<Transaction>;
  readonly dispatcher: Dispatcher;
  readonly events: EventBus;
  readonly payloadLimitBytes: number;
  readonly newEntryId: () => string;
  /** What rests is not what it was; queues that go on are to be dispatched at once. Never rejects. */
  readonly onPausesChanged: (resumed: readonly string[]) => Promise<void>;
  /** Takes back what the worker ran; answers how many jobs. */
  readonly onWorkerBuried: (worker: OrderedWorker) => Promise<number>;
  readonly clock: DoctorParts<Transaction>['clock'];
  readonly survey: DoctorParts<Transaction>['survey'];
  readonly rebuildQueue: DoctorParts<Transaction>['rebuildQueue'];
  readonly rescue: DoctorParts<Transaction>['rescue'];
}

/**
 * Looks at jobs and operates on them. Every change is one guarded statement of the ledger, so an operator and the
 * engine never undo each other's work: whoever came first wins, and the other is told. Each leaves an entry in the
 * trail (`audit`), with who did it and why as far as `actor` and `reason` say.
 * With `manager` a call takes place in the caller's own transaction, its entry in the trail included.
 */
export class Admin<Transaction> extends AdminReader<Transaction> {
  private readonly changer: JobChanger<Transaction>;
  private readonly bulk: BulkChanger<Transaction>;
  private readonly pauser: QueuePauser<Transaction>;
  private readonly orderer: WorkerOrderer<Transaction>;
  private readonly physician: Doctor<Transaction>;

  constructor(private readonly parts: AdminParts<Transaction>) {
    super(parts);
    const announcer = new Announcer(parts.dispatcher, parts.operator.transactions);
    const news = new CancelNews(parts.events, parts.operator.transactions);
    this.changer = new JobChanger({ ...parts, announcer, news });
    this.bulk = new BulkChanger({ ...parts, announcer, news });
    this.pauser = new QueuePauser(parts);
    this.orderer = new WorkerOrderer(parts);
    this.physician = new Doctor(parts);
  }

  /**
   * Cancels a job. One that does not run, `scheduled`, `pending` or `failed`, is `cancelled` at once. One that runs is
   * asked to end: wherever it runs, its signal aborts within two seconds, with or without Redis. It is `cancelled` when
   * its handler throws then, or does not end within the grace period; a handler that ends well completes its job.
   * Whatever else ends the run, it gets no further one.
   * @param options `reason` is also kept as the job's `errorMessage`
   * @returns whether the job is cancelled, or still runs and was asked to end
   * @throws JobNotFoundError
   * @throws JobNotCancellableError when it has ended already
   * @throws InvalidQueryError
   * @example
   * const { status } = await this.admin.cancel(id, { reason: 'duplicate order', actor: 'ada' });
   */
  async cancel(id: JobId, options: OperatorOptions<Transaction> = {}): Promise<CancelResult> {
    return this.changer.cancel(id, options);
  }

  /**
   * Runs a job again: `failed`, `dead` or `cancelled` → `pending`. A dead or cancelled job gets all its attempts
   * again; a failed one only waits no longer. Its runs and its last error are kept.
   * @throws JobNotFoundError
   * @throws JobNotRetryableError when it waits, runs or is completed
   * @throws JobSupersededError when another job holds its unique key by now
   * @throws InvalidQueryError
   * @example
   * await this.admin.retry(id);
   */
  async retry(id: JobId, options: OperatorOptions<Transaction> = {}): Promise<void> {
    await this.changer.retry(id, options);
  }

  /**
   * Removes a job and its runs for good, unless it runs.
   * @throws JobNotFoundError
   * @throws JobRunningError
   * @throws InvalidQueryError
   * @example
   * await this.admin.delete(id);
   */
  async delete(id: JobId, options: OperatorOptions<Transaction> = {}): Promise<void> {
    await this.changer.delete(id, options);
  }

  /**
   * A job that waits for its time does not any more: `scheduled` or `failed` → `pending`.
   * @throws JobNotFoundError
   * @throws JobNotWaitingError when it is pending already, runs or has ended
   * @throws InvalidQueryError
   * @example
   * await this.admin.runNow(id, { actor: 'ada', reason: 'the customer waits' });
   */
  async runNow(id: JobId, options: OperatorOptions<Transaction> = {}): Promise<void> {
    await this.changer.runNow(id, options);
  }

  /**
   * Gives a job another time. One that is due then is `pending` at once, and a `pending` one whose time lies in the
   * future is `scheduled`; a `failed` one waits as before.
   * @param when an instant, or a span from now by the database's clock (ms or text such as `'5m'`)
   * @throws JobNotFoundError
   * @throws JobNotChangeableError when it runs or has ended
   * @throws InvalidQueryError
   * @example
   * await this.admin.reschedule(id, '2h');
   */
  async reschedule(
    id: JobId,
    when: Date | Duration,
    options: OperatorOptions<Transaction> = {},
  ): Promise<void> {
    await this.changer.reschedule(id, when, options);
  }

  /**
   * Changes a job that does not run and has not ended: its queue, priority, payload, retries, timeout, tags or deadline.
   * @throws JobNotFoundError
   * @throws JobNotChangeableError when it runs or has ended
   * @throws InvalidQueryError
   * @throws KyuPayloadError when the payload cannot be stored
   * @example
   * await this.admin.change(id, { priority: 10, queue: 'urgent' });
   */
  async change(id: JobId, change: JobChange, options: OperatorOptions<Transaction> = {}): Promise<void> {
    await this.changer.change(id, change, options);
  }

  /**
   * Runs many jobs again, oldest first, in batches of 500. Without a transaction each batch stands by itself: after
   * an error some jobs run again and the others can be retried by the same call. A job that fails again meanwhile is
   * not taken twice; one that somebody else is changing at this moment, or whose unique key another job holds by now,
   * is left out.
   * @param selection as for `list`; `status` (some of `failed`, `dead`, `cancelled`) has to be said
   * @returns how many jobs matched, and how many of them were put back in line
   * @throws InvalidQueryError
   * @example
   * const { matched } = await this.admin.retryMany({ status: 'dead', type: 'send_email' }, { dryRun: true });
   */
  async retryMany(selection: RetrySelection, options: BulkOptions<Transaction> = {}): Promise<BulkResult> {
    return this.bulk.retryMany(selection, options);
  }

  /**
   * Cancels many jobs, in the same manner; those that run are asked to end.
   * @param selection as for `list`, and not empty
   * @throws InvalidQueryError
   * @example
   * await this.admin.cancelMany({ tags: 'tenant:42' }, { actor: 'ada', reason: 'the tenant left' });
   */
  async cancelMany(selection: JobSelection, options: BulkOptions<Transaction> = {}): Promise<BulkResult> {
    return this.bulk.cancelMany(selection, options);
  }

  /**
   * Removes many jobs and their runs for good, in the same manner; none that runs.
   * @param selection as for `list`; `status` has to be said
   * @throws InvalidQueryError
   * @example
   * await this.admin.deleteMany({ status: 'completed', finishedBefore: lastYear }, { limit: 10_000 });
   */
  async deleteMany(selection: DeleteSelection, options: BulkOptions<Transaction> = {}): Promise<BulkResult> {
    return this.bulk.deleteMany(selection, options);
  }

  /**
   * Lets many jobs wait no longer for their time, in the same manner: `scheduled` or `failed` → `pending`.
   * @param selection as for `list`, and not empty
   * @throws InvalidQueryError
   * @example
   * await this.admin.runNowMany({ status: 'failed', type: 'charge_card' }, { reason: 'the bank is back' });
   */
  async runNowMany(selection: JobSelection, options: BulkOptions<Transaction> = {}): Promise<BulkResult> {
    return this.bulk.runNowMany(selection, options);
  }

  /**
   * Gives many jobs another time, in the same manner: `scheduled`, `pending` or `failed` ones.
   * @param selection as for `list`, and not empty
   * @param when an instant, or a span from now by the database's clock
   * @throws InvalidQueryError
   * @example
   * await this.admin.rescheduleMany({ queue: 'reports' }, '1h', { reason: 'maintenance' });
   */
  async rescheduleMany(
    selection: JobSelection,
    when: Date | Duration,
    options: BulkOptions<Transaction> = {},
  ): Promise<BulkResult> {
    return this.bulk.rescheduleMany(selection, when, options);
  }

  /**
   * Looks for what is wrong with the stores: the schema against what the migrations make, Redis against the ledger,
   * jobs and duties that nobody does, clocks, dead rows, held transactions. Each finding has its remedy; nothing is changed.
   * @throws LedgerUnavailableError when PostgreSQL does not answer
   * @example
   * for (const { severity, text, remedy } of await this.admin.doctor()) console.log(severity, text, remedy);
   */
  async doctor(): Promise<Finding[]> {
    return this.physician.examine();
  }

  /**
   * Sees to what the doctor found, where that is safe: makes missing indexes beside those who write, tells Redis again,
   * takes back orphaned jobs.
   * @throws InvalidQueryError when the finding needs somebody who decides
   * @example
   * const { done } = await this.admin.fix('index-missing', { actor: 'ada' });
   */
  async fix(code: FindingCode, options: OperatorOptions<Transaction> = {}): Promise<FixResult> {
    return this.physician.fix(code, options);
  }

  /**
   * Tells Redis everything that it should know of the ledger. It does so by itself as well; this is for those who do not
   * want to wait.
   * @example
   * const { queues } = await this.admin.rebuild({ reason: 'Redis was replaced' });
   */
  async rebuild(options: OperatorOptions<Transaction> = {}): Promise<RebuildResult> {
    return this.physician.rebuild(options);
  }

  /**
   * Runs the dead jobs of a group of errors again, as `retryMany` does: those whose last error has this fingerprint,
   * whatever the window in which the group was seen.
   * @param fingerprint as `errorGroups` gives it
   * @throws InvalidQueryError
   * @example
   * const { affected } = await this.admin.retryErrorGroup(group.fingerprint, { reason: 'the bank is back' });
   */
  async retryErrorGroup(fingerprint: string, options: BulkOptions<Transaction> = {}): Promise<BulkResult> {
    return this.bulk.retryMany({ status: 'dead', fingerprint: readFingerprint(fingerprint) }, options);
  }

  /**
   * Lets a worker process take nothing more: within two seconds, with or without Redis, it drains as in a shutdown.
   * What runs has its grace period; then the row of the worker says `stopped`.
   * @param options `exit`: the process ends afterwards
   * @throws WorkerNotFoundError when there is none, or it has ended
   * @throws InvalidQueryError
   * @example
   * await this.admin.drainWorker(workerId, { actor: 'ada', reason: 'the host is rebooted' });
   */
  async drainWorker(workerId: string, options: DrainOptions<Transaction> = {}): Promise<DrainResult> {
    return this.orderer.drain(workerId, options);
  }

  /**
   * For a supervisor that has seen a worker process end: its lease is over now, and its jobs are taken back at once.
   * One that lives all the same loses its runs, and goes on under another id.
   * @throws WorkerNotFoundError
   * @throws InvalidQueryError
   * @example
   * const { rescued } = await this.admin.buryWorker(workerId, { reason: 'SIGKILL' });
   */
  async buryWorker(workerId: string, options: OperatorOptions<Transaction> = {}): Promise<BurialResult> {
    return this.orderer.bury(workerId, options);
  }

  /**
   * Lets queues rest: no job of theirs is claimed after the commit, by any process; those that run go on.
   * @param queues one or several
   * @returns the queues that did not rest before
   * @throws InvalidQueryError
   * @example
   * await this.admin.pause('reports', { actor: 'ada', reason: 'the warehouse is moved' });
   */
  async pause(
    queues: string | readonly string[],
    options: OperatorOptions<Transaction> = {},
  ): Promise<PauseResult> {
    return this.pauser.pause('pause', { queues, type: null }, options);
  }

  /**
   * Lets queues go on: what waits in them starts within a second. Types that rest by themselves go on resting.
   * @param queues one or several
   * @returns the queues that rested until now
   * @throws InvalidQueryError
   * @example
   * await this.admin.resume('reports');
   */
  async resume(
    queues: string | readonly string[],
    options: OperatorOptions<Transaction> = {},
  ): Promise<PauseResult> {
    return this.pauser.resume('resume', { queues, type: null }, options);
  }

  /**
   * Lets one job type rest, in some queues; the others go on.
   * @param queues default: the queues of this instance
   * @returns the queues in which it did not rest before
   * @throws InvalidQueryError
   * @example
   * await this.admin.pauseType('send_email');
   */
  async pauseType(
    type: string,
    queues: string | readonly string[] = this.parts.queues,
    options: OperatorOptions<Transaction> = {},
  ): Promise<PauseResult> {
    return this.pauser.pause('pauseType', { queues, type }, options);
  }

  /**
   * Lets one job type go on.
   * @param queues default: the queues of this instance
   * @returns the queues in which it rested until now
   * @throws InvalidQueryError
   * @example
   * await this.admin.resumeType('send_email');
   */
  async resumeType(
    type: string,
    queues: string | readonly string[] = this.parts.queues,
    options: OperatorOptions<Transaction> = {},
  ): Promise<PauseResult> {
    return this.pauser.resume('resumeType', { queues, type }, options);
  }
}
