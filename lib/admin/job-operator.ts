import type { Duration } from '../core/duration.js';
import type { EventBus } from '../core/event-bus.js';
import type { JobId } from '../core/job.js';
import type { Dispatcher } from '../core/ports/dispatcher.js';
import type { OperatorDoors } from '../core/ports/operator-doors.js';
import { Announcer } from './announcer.js';
import { BulkChanger, type BulkResult } from './bulk-changer.js';
import { CancelNews } from './cancel-news.js';
import { FleetReader, type FleetReaderParts } from './fleet-reader.js';
import type { JobChange } from './job-change.js';
import { JobChanger, type CancelResult } from './job-changer.js';
import { readFingerprint } from './job-filter.js';
import type { DeleteSelection, JobSelection, RetrySelection } from './job-query.js';
import type { BulkOptions, OperatorOptions } from './operator-options.js';

/** What changing jobs takes. */
export interface JobOperatorParts<Transaction> extends FleetReaderParts<Transaction> {
  readonly operator: OperatorDoors<Transaction>;
  readonly dispatcher: Dispatcher;
  readonly events: EventBus;
  readonly payloadLimitBytes: number;
  readonly newEntryId: () => string;
}

/** What the admin does to jobs, to one or to many. */
export class JobOperator<Transaction> extends FleetReader<Transaction> {
  private readonly changer: JobChanger<Transaction>;
  private readonly bulk: BulkChanger<Transaction>;

  constructor(parts: JobOperatorParts<Transaction>) {
    super(parts);
    const announcer = new Announcer(parts.dispatcher, parts.operator.transactions);
    const news = new CancelNews(parts.events, parts.operator.transactions);
    this.changer = new JobChanger({ ...parts, announcer, news });
    this.bulk = new BulkChanger({ ...parts, announcer, news });
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
}
