import { KyuClosedError, KyuError, InvalidJobError } from '../core/errors.js';
import type { ChildOptions, ParentJob } from '../core/child-job.js';
import type { EventBus } from '../core/event-bus.js';
import type { InsertedJob, JobDraft, JobId } from '../core/job.js';
import type { JobReference, PayloadInputOf } from '../core/job-definition.js';
import type { Dispatcher } from '../core/ports/dispatcher.js';
import type { JobDefaults } from '../core/ports/handler-table.js';
import type { DraftedJob } from '../core/ports/telemetry.js';
import type { JobIntake } from '../core/ports/job-intake.js';
import type { LocalClaims } from '../core/ports/local-claims.js';
import { describeValue } from '../core/redact.js';
import type { EnqueueOptions } from '../core/resolve-enqueue-options.js';
import { answerTo, ofItem, resultOf, type EnqueuedJob, type EnqueueResult } from './enqueue-answers.js';
import { InsertBatcher } from './insert-batcher.js';
import { JobAnnouncer } from './job-announcer.js';
import type { JobWaiter, WaitOptions } from './job-waiter.js';
import { JobDrafter } from './job-drafter.js';
import { LocalStarts } from './local-starts.js';
import { refuseUnusableItem, refuseUnusableOptions } from './many-refusals.js';

/** What the producer works with. */
export interface ProducerParts<Transaction> {
  readonly intake: JobIntake<Transaction>;
  readonly dispatcher: Dispatcher;
  /** The workers of the same process. Default: none. */
  readonly workers?: LocalClaims;
  readonly events: EventBus;
  /** Settings of a job type that says nothing else at the enqueue. */
  readonly defaultsFor: (reference: JobReference) => JobDefaults;
  readonly newJobId: () => JobId;
  readonly payloadLimitBytes: number;
  readonly waiter: JobWaiter;
  /** The instance's `queueName`: applications that share a ledger do not share keys. */
  readonly app: string;
  /** Names for priorities. */
  readonly priorities: ReadonlyMap<string, number>;
  /** JSON text of what is to travel with the job. Called in the place that enqueues it. Default: nothing. */
  readonly contextFor?: (job: DraftedJob) => string | null;
}

/** Where a job is to be written: `manager` is the caller's own transaction. */
export interface InTransaction<Transaction> {
  /** The caller's transaction: the job exists only if it commits, and is announced only then. */
  manager?: Transaction;
}

/** One job of `enqueueMany`. */
export interface EnqueueItem<Reference extends JobReference = JobReference> {
  readonly type: Reference;
  readonly payload: PayloadInputOf<Reference>;
  readonly options?: EnqueueOptions;
}

const NO_WORKERS: LocalClaims = { reserve: () => undefined };

/** What drafting made of an item. */
type DraftedItem = JobDraft | KyuError;

/** One statement of `enqueueMany` carries so many jobs at most. */
const CHUNK_SIZE = 1_000;

/**
 * Adds jobs. Called by application code; hands drafts to the intake, and what was written to the dispatcher.
 * An enqueue is done when the ledger has the job: telling the dispatcher happens afterwards and may fail, which costs
 * time and nothing else.
 */
export class Producer<Transaction> {
  private readonly drafter: JobDrafter;
  private readonly local: LocalStarts<Transaction>;
  private readonly singles: InsertBatcher<Transaction>;
  private readonly announcer: JobAnnouncer;
  private isClosed = false;

  constructor(private readonly parts: ProducerParts<Transaction>) {
    this.drafter = new JobDrafter(parts);
    this.announcer = new JobAnnouncer(parts);
    this.local = new LocalStarts(parts.intake, parts.workers ?? NO_WORKERS);
    this.singles = new InsertBatcher(this.local, (drafts, jobs) => {
      if (drafts.length === 1) this.announcer.tell(drafts, jobs);
      else this.announcer.tellBehindNext(drafts, jobs);
      this.local.begin(drafts);
    });
  }

  /**
   * Adds one job. With `manager` it is written inside the caller's transaction; alone it shares an INSERT with
   * others that are enqueued at the same moment.
   * @param type a name, or a token from `defineJob`
   * @param payload plain JSON data
   * @param options `priority`, `delay` or `scheduledAt`, `deadlineAt`, `maxRetries`, `timeout`, `queue`, `tags`,
   * `unique`, `manager`
   * @throws InvalidJobError when the type or an option is not usable
   * @throws DuplicateJobError when another job holds the key of a unique one and `onConflict` is `error`
   * @throws KyuContextError when the option `carry` throws, or answers what cannot travel with a job
   * @throws KyuPayloadError when the payload cannot be stored, is too large, or its schema refuses it
   * @throws LedgerUnavailableError when PostgreSQL does not answer
   * @example
   * const { id } = await this.kyu.enqueue('send_email', { to: 'a@b.example' }, { delay: '5m' });
   * @example
   * await dataSource.transaction(async (manager) => {
   *   const order = await manager.save(Order, dto);
   *   await this.kyu.enqueue('process_payment', { orderId: order.id }, { manager });
   * });
   */
  enqueue<Reference extends JobReference>(
    type: Reference,
    payload: PayloadInputOf<Reference>,
    options?: EnqueueOptions & InTransaction<Transaction>,
  ): Promise<EnqueuedJob> {
    // The promise of the batch is the answer: each async function around it would cost a promise and three turns of
    // the microtask queue for a job.
    try {
      this.refuseWhenClosed();
      const draft = this.drafter.draft(type, payload, options);
      if (draft instanceof Promise) return draft.then((checked) => this.write(checked, options?.manager));
      return this.write(draft, options?.manager);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Adds a child of a job that runs; `job.enqueue()` is for handlers. What travels with the parent travels with the
   * child.
   * @throws as `enqueue`
   */
  async enqueueChild<Reference extends JobReference>(
    parent: ParentJob,
    type: Reference,
    payload: PayloadInputOf<Reference>,
    options?: ChildOptions,
  ): Promise<EnqueuedJob> {
    this.refuseWhenClosed();
    const draft = await this.drafter.draft(type, payload, options);
    const child = { ...draft, parentId: parent.id, context: parent.context ?? draft.context ?? null };
    // What is in `manager` only the ledger knows.
    return this.write(child, options?.manager as Transaction | undefined);
  }

  /**
   * Waits for the end of a job, wherever it runs.
   * @param id of a job that is committed
   * @param options `timeout`: how long to wait, default 30 s
   * @returns what its handler returned
   * @throws JobDeadError when it is dead, or dies meanwhile
   * @throws JobCancelledError when it was cancelled
   * @throws JobNotFoundError when there is none, or it is deleted meanwhile
   * @throws JobWaitTimeoutError when it does not end in time; the job itself goes on
   * @throws InvalidQueryError when the id or the timeout cannot be one
   * @example
   * const { id } = await this.kyu.enqueue('render_invoice', { orderId });
   * const invoice = await this.kyu.waitFor(id, { timeout: '10s' });
   */
  async waitFor(id: JobId, options: WaitOptions = {}): Promise<unknown> {
    this.refuseWhenClosed();
    return this.parts.waiter.wait(id, options);
  }

  /**
   * Adds many jobs with one statement per 1,000. Each item has its own result, in input order: an item that is not
   * usable is `rejected` and named by its index, the others are written. In a transaction (`manager`) every job
   * exists if it commits.
   * @throws LedgerUnavailableError when PostgreSQL does not answer; with several chunks, earlier ones are written
   * @example
   * const results = await this.kyu.enqueueMany(users.map((to) => ({ type: 'send_email', payload: { to } })));
   */
  async enqueueMany<Reference extends JobReference>(
    items: readonly EnqueueItem<Reference>[],
    options: InTransaction<Transaction> = {},
  ): Promise<EnqueueResult[]> {
    this.refuseWhenClosed();
    if (!Array.isArray(items)) {
      throw new InvalidJobError('items', describeValue(items), 'an array of { type, payload, options }');
    }
    refuseUnusableOptions(options);
    // Unlike `map`, it sees holes as well.
    const drafted = await allOf(Array.from(items, (item, index) => this.draftItem(item, index)));
    const drafts = drafted.filter((result): result is JobDraft => !(result instanceof KyuError));
    const jobs: InsertedJob[] = [];
    for (let first = 0; first < drafts.length; first += CHUNK_SIZE) {
      jobs.push(...(await this.insertChunk(drafts.slice(first, first + CHUNK_SIZE), options.manager)));
    }
    const answers = jobs.values();
    return drafted.map((result, index) => {
      if (result instanceof KyuError) return { status: 'rejected', error: result };
      return resultOf(result, answers.next().value!, index); // one for each draft, in input order
    });
  }

  /** Refuses new jobs and waits for those under way. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.parts.waiter.close();
    await this.singles.whenIdle();
    await this.announcer.whenDone();
  }

  /** Alone it shares an INSERT with others that come at the same moment, unless its key may make it wait. */
  private write(draft: JobDraft, manager: Transaction | undefined): Promise<EnqueuedJob> {
    if (manager !== undefined) return this.writeWithin(manager, draft);
    if (draft.unique === null || draft.unique === undefined) return this.singles.insert(draft);
    return this.writeKeyed(draft);
  }

  private async writeWithin(manager: Transaction, draft: JobDraft): Promise<EnqueuedJob> {
    const [job] = await this.insertChunk([draft], manager);
    return answerTo(draft, job!); // the intake answers for each draft
  }

  private async writeKeyed(draft: JobDraft): Promise<EnqueuedJob> {
    return answerTo(draft, await this.singles.insertAlone(draft));
  }

  /** A promise only for a schema that takes its time, and for an error that is none of the item's. */
  private draftItem(item: EnqueueItem, index: number): DraftedItem | Promise<DraftedItem> {
    const refused = (error: unknown): KyuError | Promise<never> =>
      error instanceof KyuError ? ofItem(index, error) : Promise.reject(error);
    try {
      refuseUnusableItem(item);
      const draft = this.drafter.draft(item.type, item.payload, item.options);
      return draft instanceof Promise ? draft.catch(refused) : draft;
    } catch (error) {
      return refused(error);
    }
  }

  private async insertChunk(
    drafts: readonly JobDraft[],
    manager: Transaction | undefined,
  ): Promise<InsertedJob[]> {
    const jobs = await this.parts.intake.insert(drafts, manager);
    if (manager === undefined) this.announcer.tell(drafts, jobs);
    else this.parts.intake.afterCommit(manager, () => this.announcer.tell(drafts, jobs));
    return jobs;
  }

  private refuseWhenClosed(): void {
    if (this.isClosed) throw new KyuClosedError('The enqueue');
  }
}

/** Waits only where there is something to wait for: a promise for each item costs more than its checks. */
async function allOf<Item>(items: readonly (Item | Promise<Item>)[]): Promise<readonly Item[]> {
  const isReady = (item: Item | Promise<Item>): item is Item => !(item instanceof Promise);
  return items.every(isReady) ? items : Promise.all(items);
}
