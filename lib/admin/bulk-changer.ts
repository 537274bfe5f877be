import { CANCELLABLE_STATUSES, CHANGEABLE_STATUSES, WAITING_STATUSES } from '../core/job-status.js';
import type { JobId } from '../core/job.js';
import type { AuditAction, AuditEntry } from '../core/ports/audit-trail.js';
import type { BatchOutcome, JobBatch } from '../core/ports/job-operations.js';
import type { JobFilter } from '../core/ports/job-filter.js';
import type { LedgerInspection } from '../core/ports/ledger-inspection.js';
import type { OperatorDoors } from '../core/ports/operator-doors.js';
import type { Announcer } from './announcer.js';
import type { CancelNews } from './cancel-news.js';
import { readFlag, refuseUnknownKeys } from './argument-readers.js';
import { readDueTime } from './job-change.js';
import {
  DELETABLE_STATUSES,
  RETRYABLE_STATUSES,
  SELECTION_KEYS,
  readBatchLimit,
  readFilterWithStatus,
  readNarrowFilter,
  type DeleteSelection,
  type JobSelection,
  type RetrySelection,
} from './job-query.js';
import { sumOf } from './job-stats.js';
import { BULK_KEYS, newEntry, readOperator, type BulkOptions } from './operator-options.js';

/** What the bulk changer works with. */
export interface BulkParts<Transaction> {
  readonly inspection: LedgerInspection<Transaction>;
  readonly operator: OperatorDoors<Transaction>;
  readonly announcer: Announcer<Transaction>;
  readonly news: CancelNews<Transaction>;
  readonly newEntryId: () => string;
}

/** What a bulk call came to. */
export interface BulkResult {
  /** How many jobs the selection named, up to the limit. */
  readonly matched: number;
  /** How many of them were changed: none in a dry run; one that somebody else holds at the moment is left out. */
  readonly affected: number;
}

/** One statement changes so many jobs at most, so that no transaction of Kyu's own grows with the backlog. */
const BATCH_SIZE = 500;

/** One verb on many jobs. */
interface BulkVerb<Transaction> {
  readonly action: AuditAction;
  readonly filter: JobFilter;
  readonly perform: (batch: JobBatch, manager: Transaction) => Promise<BatchOutcome>;
  /** For the trail, beside the selection. */
  readonly details?: object;
}

/**
 * Changes many jobs, oldest first, batch by batch. Without a transaction of the caller's each batch stands by itself,
 * together with its share of the trail: after an error some jobs are changed, the trail says how many, and the same
 * call again does the rest.
 */
export class BulkChanger<Transaction> {
  constructor(private readonly parts: BulkParts<Transaction>) {}

  retryMany(selection: RetrySelection, options: BulkOptions<Transaction>): Promise<BulkResult> {
    refuseUnknownKeys('selection', selection, SELECTION_KEYS);
    return this.operate(selection, options, {
      action: 'retryMany',
      filter: readFilterWithStatus(selection, RETRYABLE_STATUSES),
      perform: (batch, manager) => this.operations.retryMany(batch, manager),
    });
  }

  cancelMany(selection: JobSelection, options: BulkOptions<Transaction>): Promise<BulkResult> {
    refuseUnknownKeys('selection', selection, SELECTION_KEYS);
    return this.operate(selection, options, {
      action: 'cancelMany',
      filter: readNarrowFilter(selection, CANCELLABLE_STATUSES),
      perform: (batch, manager) => this.operations.cancelMany(batch, readOperator(options).reason, manager),
    });
  }

  deleteMany(selection: DeleteSelection, options: BulkOptions<Transaction>): Promise<BulkResult> {
    refuseUnknownKeys('selection', selection, SELECTION_KEYS);
    return this.operate(selection, options, {
      action: 'deleteMany',
      filter: readFilterWithStatus(selection, DELETABLE_STATUSES),
      perform: (batch, manager) => this.operations.deleteMany(batch, manager),
    });
  }

  runNowMany(selection: JobSelection, options: BulkOptions<Transaction>): Promise<BulkResult> {
    refuseUnknownKeys('selection', selection, SELECTION_KEYS);
    return this.operate(selection, options, {
      action: 'runNowMany',
      filter: readNarrowFilter(selection, WAITING_STATUSES),
      perform: (batch, manager) => this.operations.runManyNow(batch, manager),
    });
  }

  rescheduleMany(
    selection: JobSelection,
    when: unknown,
    options: BulkOptions<Transaction>,
  ): Promise<BulkResult> {
    refuseUnknownKeys('selection', selection, SELECTION_KEYS);
    const due = readDueTime(when);
    return this.operate(selection, options, {
      action: 'rescheduleMany',
      filter: readNarrowFilter(selection, CHANGEABLE_STATUSES),
      perform: (batch, manager) => this.operations.rescheduleMany(batch, due, manager),
      details: due,
    });
  }

  private get operations(): OperatorDoors<Transaction>['operations'] {
    return this.parts.operator.operations;
  }

  private async operate(
    selection: JobSelection,
    options: BulkOptions<Transaction>,
    verb: BulkVerb<Transaction>,
  ): Promise<BulkResult> {
    refuseUnknownKeys('options', options, BULK_KEYS);
    const most = readBatchLimit(options.limit);
    const entry: AuditEntry = {
      ...newEntry(this.parts.newEntryId(), verb.action, readOperator(options)),
      selection: JSON.stringify({ ...selection, limit: options.limit, ...verb.details }),
    };
    if (readFlag('dryRun', options.dryRun)) return this.countMatching(verb.filter, most, options.manager);
    let matched = 0;
    let affected = 0;
    let after: JobId | undefined;
    do {
      const limit = Math.min(BATCH_SIZE, most - matched);
      const batch = { filter: verb.filter, limit, ...(after === undefined ? {} : { after }) };
      const outcome = await this.operateBatch(batch, entry, verb, options.manager);
      matched += outcome.matched;
      affected += outcome.changed.length;
      after = outcome.matched < limit ? undefined : outcome.lastId;
    } while (after !== undefined && matched < most);
    return { matched, affected };
  }

  private async operateBatch(
    batch: JobBatch,
    entry: AuditEntry,
    { perform }: BulkVerb<Transaction>,
    given: Transaction | undefined,
  ): Promise<BatchOutcome> {
    const { transactions, audit } = this.parts.operator;
    const outcome = await transactions.within(given, async (manager) => {
      const done = await perform(batch, manager);
      await audit.record({ ...entry, affected: done.changed.length }, manager);
      return done;
    });
    const pending = outcome.changed.filter(({ status }) => status === 'pending');
    if (entry.action === 'cancelMany') {
      const calledOff = outcome.changed.map((job) => ({ hint: hintOf(job), status: job.status }));
      this.parts.news.tell(calledOff, entry.reason, given);
    }
    const isGone = entry.action === 'deleteMany';
    if (!isGone) await this.parts.announcer.announce(pending.map(hintOf), given);
    return outcome;
  }

  private async countMatching(
    filter: JobFilter,
    most: number,
    manager: Transaction | undefined,
  ): Promise<BulkResult> {
    const matched = sumOf(await this.parts.inspection.count(filter, manager));
    return { matched: Math.min(most, matched), affected: 0 };
  }
}

function hintOf({ id, queue, type, priority }: BatchOutcome['changed'][number]) {
  return { id, queue, type, priority };
}
