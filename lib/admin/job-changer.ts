import {
  JobNotCancellableError,
  JobNotChangeableError,
  JobNotFoundError,
  JobNotRetryableError,
  JobNotWaitingError,
  JobRunningError,
  JobSupersededError,
} from '../core/errors.js';
import type { JobStatus } from '../core/job-status.js';
import type { JobId, QueuedHint } from '../core/job.js';
import type { AuditAction } from '../core/ports/audit-trail.js';
import type { LedgerInspection } from '../core/ports/ledger-inspection.js';
import type { OperatorDoors } from '../core/ports/operator-doors.js';
import type { Announcer } from './announcer.js';
import type { CancelNews } from './cancel-news.js';
import { readJobId, refuseUnknownKeys } from './argument-readers.js';
import { describeChanges, readChanges, readDueTime, type JobChange } from './job-change.js';
import { RETRYABLE_STATUSES } from './job-query.js';
import { newEntry, OPERATOR_KEYS, readOperator, type OperatorOptions } from './operator-options.js';

/** What the changer works with. */
export interface ChangerParts<Transaction> {
  readonly inspection: LedgerInspection<Transaction>;
  readonly operator: OperatorDoors<Transaction>;
  readonly announcer: Announcer<Transaction>;
  readonly news: CancelNews<Transaction>;
  readonly newEntryId: () => string;
  readonly payloadLimitBytes: number;
}

/** What a cancelling has come to so far. */
export interface CancelResult {
  /** `running`: the job runs, and its worker was asked to end it. */
  readonly status: 'cancelled' | 'running';
}

/** What the ledger answered, as far as all verbs have it in common. */
type Answer =
  /** A running job that was asked to end. */
  | { readonly kind: 'requested'; readonly hint: QueuedHint; readonly status?: JobStatus }
  | { readonly kind: 'changed'; readonly hint: QueuedHint; readonly status?: JobStatus }
  | { readonly kind: 'refused'; readonly status: JobStatus }
  | { readonly kind: 'missing' };

/** One verb on one job. */
interface Verb<Transaction> {
  readonly action: AuditAction;
  readonly perform: (manager: Transaction) => Promise<Answer>;
  readonly refusal: (status: JobStatus) => Error;
  /** JSON text for the trail: what about the job was changed. */
  readonly details?: string;
}

/**
 * Changes jobs one by one. Every change is one guarded statement of the ledger, so an operator and the engine never
 * undo each other's work: whoever came first wins, and the other is told. What was done and the trail of it are one
 * transaction.
 */
export class JobChanger<Transaction> {
  constructor(private readonly parts: ChangerParts<Transaction>) {}

  async cancel(id: JobId, options: OperatorOptions<Transaction>): Promise<CancelResult> {
    const { inspection } = this.parts;
    const { kind, hint } = await this.operate(id, options, {
      action: 'cancel',
      perform: (manager) => inspection.cancel(id, readOperator(options).reason, manager),
      refusal: (status) => new JobNotCancellableError(id, status),
    });
    const status = kind === 'requested' ? 'running' : 'cancelled';
    this.parts.news.tell([{ hint, status }], readOperator(options).reason, options.manager);
    return { status };
  }

  async retry(id: JobId, options: OperatorOptions<Transaction>): Promise<void> {
    const { inspection, announcer } = this.parts;
    const { hint } = await this.operate(id, options, {
      action: 'retry',
      perform: (manager) => inspection.retry(id, manager),
      refusal: (status) =>
        isRetryable(status) ? new JobSupersededError(id) : new JobNotRetryableError(id, status),
    });
    await announcer.announce([hint], options.manager);
  }

  async delete(id: JobId, options: OperatorOptions<Transaction>): Promise<void> {
    const { inspection } = this.parts;
    await this.operate(id, options, {
      action: 'delete',
      perform: (manager) => inspection.delete(id, manager),
      refusal: () => new JobRunningError(id),
    });
  }

  async runNow(id: JobId, options: OperatorOptions<Transaction>): Promise<void> {
    const { operator, announcer } = this.parts;
    const { hint } = await this.operate(id, options, {
      action: 'runNow',
      perform: (manager) => operator.operations.runNow(id, manager),
      refusal: (status) => new JobNotWaitingError(id, status),
    });
    await announcer.announce([hint], options.manager);
  }

  async reschedule(id: JobId, when: unknown, options: OperatorOptions<Transaction>): Promise<void> {
    const due = readDueTime(when);
    const { operations } = this.parts.operator;
    const changed = await this.operate(id, options, {
      action: 'reschedule',
      perform: (manager) => operations.reschedule(id, due, manager),
      refusal: (status) => new JobNotChangeableError(id, status),
      details: JSON.stringify(due),
    });
    await this.announceIfPending(changed, options.manager);
  }

  async change(id: JobId, change: JobChange, options: OperatorOptions<Transaction>): Promise<void> {
    const changes = readChanges(change, this.parts.payloadLimitBytes);
    const { operations } = this.parts.operator;
    const changed = await this.operate(id, options, {
      action: 'change',
      perform: (manager) => operations.change(id, changes, manager),
      refusal: (status) => new JobNotChangeableError(id, status),
      details: describeChanges(changes),
    });
    // It may stand elsewhere in the line now, or in another one.
    await this.announceIfPending(changed, options.manager);
  }

  private async operate(
    id: JobId,
    options: OperatorOptions<Transaction>,
    { action, perform, refusal, details }: Verb<Transaction>,
  ): Promise<Extract<Answer, { hint: QueuedHint }>> {
    refuseUnknownKeys('options', options, OPERATOR_KEYS);
    const jobId = readJobId(id);
    const by = readOperator(options);
    const { transactions, audit } = this.parts.operator;
    return transactions.within(options.manager, async (manager) => {
      const answer = await perform(manager);
      if (answer.kind === 'missing') throw new JobNotFoundError(id);
      if (answer.kind === 'refused') throw refusal(answer.status);
      const { queue, type } = answer.hint;
      const about = { jobId, queue, type, selection: details ?? null, affected: 1 };
      await audit.record({ ...newEntry(this.parts.newEntryId(), action, by), ...about }, manager);
      return answer;
    });
  }

  private async announceIfPending(
    { status, hint }: Extract<Answer, { hint: QueuedHint }>,
    manager: Transaction | undefined,
  ): Promise<void> {
    if (status === 'pending') await this.parts.announcer.announce([hint], manager);
  }
}

function isRetryable(status: JobStatus): boolean {
  return RETRYABLE_STATUSES.some((retryable) => retryable === status);
}
