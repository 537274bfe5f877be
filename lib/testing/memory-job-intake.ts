import type { InsertedJob, JobDraft } from '../core/job.js';
import { CHANGEABLE_STATUSES } from '../core/job-status.js';
import type { ClaimedInsert, JobIntake } from '../core/ports/job-intake.js';
import type { Claimant } from '../core/ports/local-claims.js';
import { claimOf, dueAtOf, newJobRow, rareFieldsOf, type JobRow } from './memory-job-row.js';
import type { MemoryTables } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';

/** The producer's door, in memory. */
export class MemoryJobIntake implements JobIntake<MemoryTransaction> {
  constructor(private readonly tables: MemoryTables) {}

  async insert(drafts: readonly JobDraft[], transaction?: MemoryTransaction): Promise<InsertedJob[]> {
    const ids = drafts.map(({ id }) => id);
    await this.tables.whenFree(ids, transaction);
    const keys = new Set(drafts.flatMap(({ unique }) => unique?.key ?? []));
    if (keys.size > 0) await this.tables.whenKeysFree(keys, transaction);
    this.freeExpired(keys, transaction);
    return drafts.map((draft) => this.insertOne(draft, transaction));
  }

  async insertAndClaim(draft: JobDraft, claimant: Claimant): Promise<ClaimedInsert> {
    await this.tables.whenFree([draft.id]);
    const isKnown = this.tables.job(draft.id) !== undefined;
    const mayClaim = !isKnown && this.mayClaim(draft, claimant);
    const job = this.insertOne(draft, undefined);
    const row = this.tables.job(draft.id);
    if (!mayClaim || row === undefined) return { job, claim: undefined };
    const { workerId } = claimant;
    const owned = { status: 'running', run: 1, lockedBy: workerId, lockedAt: row.createdAt } as const;
    const claimed = { ...row, ...owned };
    this.tables.write([claimed]);
    return { job: { ...job, status: 'running' }, claim: claimOf(claimed, workerId, 0, []) };
  }

  afterCommit(transaction: MemoryTransaction, action: () => void): void {
    transaction.afterCommit(action);
  }

  private insertOne(draft: JobDraft, transaction: MemoryTransaction | undefined): InsertedJob {
    const key = draft.unique?.key;
    const known = this.tables.job(draft.id, transaction);
    const holder = key === undefined ? undefined : this.tables.holderOf(key, transaction);
    const replaces = draft.unique?.onConflict === 'replace' && holder !== undefined;
    if (replaces && CHANGEABLE_STATUSES.includes(holder.status))
      return this.replace(holder, draft, transaction);
    const standing = known ?? holder;
    if (standing !== undefined) {
      return {
        id: standing === known ? draft.id : standing.id,
        status: standing.status,
        created: standing === known,
      };
    }
    const row = newJobRow(draft, this.tables.now(transaction));
    this.tables.write([row], transaction);
    return { id: draft.id, status: row.status, created: true };
  }

  private mayClaim(draft: JobDraft, { queuesBefore, types, workerId }: Claimant): boolean {
    if (!this.tables.mayClaim(workerId) || this.tables.isPaused(draft)) return false;
    return !this.tables.allJobs().some(({ priority, queue, status, type }) => {
      if (status !== 'pending' || !types.includes(type)) return false;
      return queuesBefore.includes(queue) || (queue === draft.queue && priority >= draft.priority);
    });
  }

  private replace(holder: JobRow, draft: JobDraft, transaction: MemoryTransaction | undefined): InsertedJob {
    const now = this.tables.now(transaction);
    const scheduledAt = dueAtOf(draft, now);
    const status = scheduledAt !== null && scheduledAt > now ? 'scheduled' : 'pending';
    const { queue, type, priority, payload, maxRetries, timeoutMs } = draft;
    const said = { queue, type, priority, payload, maxRetries, timeoutMs, ...rareFieldsOf(draft, now) };
    const row = { ...holder, ...said, retryCount: 0, scheduledAt, status, updatedAt: now } as const;
    this.tables.write([row], transaction);
    return { id: holder.id, status, created: holder.id === draft.id };
  }

  /** A job that has held its key for its time. */
  private freeExpired(keys: ReadonlySet<string>, transaction: MemoryTransaction | undefined): void {
    for (const key of keys) {
      const holder = this.tables.holderOf(key, transaction);
      if (holder === undefined || holder.uniqueExpiresAt === null) continue;
      if (holder.uniqueExpiresAt > this.tables.now()) continue;
      const freed = { uniqueKey: null, uniqueKeeps: false, uniqueExpiresAt: null };
      this.tables.write([{ ...holder, ...freed }], transaction);
    }
  }
}
