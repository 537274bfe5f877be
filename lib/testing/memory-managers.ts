import type { EntityManager } from 'typeorm';
import type { InsertedJob, JobDraft } from '../core/job.js';
import type { JobIntake, LedgerInspection } from '../core/ports/ledger.js';
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

  afterCommit(manager: EntityManager, action: () => void): void {
    afterCommit(manager, action);
  }
}

/** The operator's door, for managers. */
export function inspectionForManagers(
  inspection: LedgerInspection<MemoryTransaction>,
): LedgerInspection<EntityManager> {
  return {
    find: (id, manager) => inspection.find(id, transactionOf(manager)),
    runs: (id, manager) => inspection.runs(id, transactionOf(manager)),
    logs: (id, manager) => inspection.logs(id, transactionOf(manager)),
    list: (page, manager) => inspection.list(page, transactionOf(manager)),
    count: (filter, manager) => inspection.count(filter, transactionOf(manager)),
    cancel: (id, reason, manager) => inspection.cancel(id, reason, transactionOf(manager)),
    retry: (id, manager) => inspection.retry(id, transactionOf(manager)),
    retryMany: (batch, manager) => inspection.retryMany(batch, transactionOf(manager)),
    delete: (id, manager) => inspection.delete(id, transactionOf(manager)),
    afterCommit,
  };
}
