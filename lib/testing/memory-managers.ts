import type { EntityManager } from 'typeorm';
import type { InsertedJob, JobDraft } from '../core/job.js';
import type { ClaimedInsert, JobIntake } from '../core/ports/job-intake.js';
import type { LedgerInspection } from '../core/ports/ledger-inspection.js';
import type { Claimant } from '../core/ports/local-claims.js';
import type { OperatorDoors } from '../core/ports/operator-doors.js';
import type { EnqueuedLog } from './enqueued-log.js';
import { MemoryTransaction } from './memory-transaction.js';

/**
 * What application code calls `manager`, without a database: a memory transaction is one, and anything else (an entity
 * manager that a test mocks) is no transaction at all, so what is done with it is done at once.
 */
export function transactionOf(manager: unknown): MemoryTransaction | undefined {
  return manager instanceof MemoryTransaction ? manager : undefined;
}

export function afterCommit(manager: unknown, action: () => void): void {
  const transaction = transactionOf(manager);
  if (transaction === undefined) action();
  else transaction.afterCommit(action);
}

/** The producer's door, which also keeps in mind what came in. */
export class RecordingIntake implements JobIntake<EntityManager> {
  constructor(
    private readonly intake: JobIntake<MemoryTransaction>,
    private readonly log: EnqueuedLog,
    private readonly nowMs: () => number,
  ) {}

  async insert(drafts: readonly JobDraft[], manager?: EntityManager): Promise<InsertedJob[]> {
    const inserted = await this.intake.insert(drafts, transactionOf(manager));
    const created = drafts.filter((_, index) => inserted[index]?.created);
    afterCommit(manager, () => this.log.record(created, this.nowMs()));
    return inserted;
  }

  async insertAndClaim(draft: JobDraft, claimant: Claimant): Promise<ClaimedInsert> {
    const inserted = await this.intake.insertAndClaim(draft, claimant);
    if (inserted.job.created) this.log.record([draft], this.nowMs());
    return inserted;
  }

  afterCommit(manager: EntityManager, action: () => void): void {
    afterCommit(manager, action);
  }
}

/**
 * The operator's doors, for managers. What has no transaction gets one of the memory ledger's, in the place of a
 * manager: whoever works in it hands it back here.
 */
export function operatorForManagers(doors: OperatorDoors<MemoryTransaction>): OperatorDoors<EntityManager> {
  const {
    transactions,
    operations,
    standings,
    pauses,
    audit,
    lists,
    workers,
    sessions,
    traffic,
    examination,
  } = doors;
  return {
    transactions: {
      within: (manager, work) =>
        transactions.within(transactionOf(manager), (transaction) =>
          work(transaction as unknown as EntityManager),
        ),
      afterCommit,
    },
    operations: {
      runNow: (id, manager) => operations.runNow(id, transactionOf(manager)),
      reschedule: (id, due, manager) => operations.reschedule(id, due, transactionOf(manager)),
      change: (id, changes, manager) => operations.change(id, changes, transactionOf(manager)),
      runManyNow: (batch, manager) => operations.runManyNow(batch, transactionOf(manager)),
      rescheduleMany: (batch, due, manager) => operations.rescheduleMany(batch, due, transactionOf(manager)),
      cancelMany: (batch, reason, manager) => operations.cancelMany(batch, reason, transactionOf(manager)),
      retryMany: (batch, manager) => operations.retryMany(batch, transactionOf(manager)),
      deleteMany: (batch, manager) => operations.deleteMany(batch, transactionOf(manager)),
    },
    standings: { standing: (id, manager) => standings.standing(id, transactionOf(manager)) },
    pauses: {
      pause: (order, manager) => pauses.pause(order, transactionOf(manager)),
      resume: (queues, type, manager) => pauses.resume(queues, type, transactionOf(manager)),
      list: (queues) => pauses.list(queues),
    },
    audit: {
      record: (entry, manager) => audit.record(entry, requireTransaction(manager)),
      list: (page, manager) => audit.list(page, transactionOf(manager)),
    },
    lists: {
      jobs: (page, manager) => lists.jobs(page, transactionOf(manager)),
      summaries: (page, manager) => lists.summaries(page, transactionOf(manager)),
      counts: (filter, cap, manager) => lists.counts(filter, cap, transactionOf(manager)),
      namesSeen: () => lists.namesSeen(),
      queueNames: () => lists.queueNames(),
    },
    workers: {
      requestDrain: (id, thenExit, manager) => workers.requestDrain(id, thenExit, transactionOf(manager)),
      drainOrder: (id) => workers.drainOrder(id),
      bury: (id, manager) => workers.bury(id, transactionOf(manager)),
    },
    sessions,
    traffic,
    examination,
  };
}

/** Those who record do so within `within`, where there always is one. */
function requireTransaction(manager: unknown): MemoryTransaction {
  const transaction = transactionOf(manager);
  if (transaction === undefined) throw new Error('An audit entry was recorded outside a transaction.');
  return transaction;
}

/** The operator's door, for managers. */
export function inspectionForManagers(
  inspection: LedgerInspection<MemoryTransaction>,
): LedgerInspection<EntityManager> {
  return {
    texts: (id, manager) => inspection.texts(id, transactionOf(manager)),
    find: (id, manager) => inspection.find(id, transactionOf(manager)),
    runs: (id, manager) => inspection.runs(id, transactionOf(manager)),
    logs: (id, manager) => inspection.logs(id, transactionOf(manager)),
    list: (page, manager) => inspection.list(page, transactionOf(manager)),
    count: (filter, manager) => inspection.count(filter, transactionOf(manager)),
    census: () => inspection.census(),
    cancel: (id, reason, manager) => inspection.cancel(id, reason, transactionOf(manager)),
    retry: (id, manager) => inspection.retry(id, transactionOf(manager)),
    delete: (id, manager) => inspection.delete(id, transactionOf(manager)),
    afterCommit,
  };
}
