import type { EntityManager } from 'typeorm';
import type { JobId } from '../core/job.js';
import {
  CANCELLABLE_STATUSES,
  CHANGEABLE_STATUSES,
  DELETABLE_STATUSES,
  REDRIVABLE_STATUSES,
  WAITING_STATUSES,
  type JobStatus,
} from '../core/job-status.js';
import type {
  BatchOutcome,
  DueTime,
  JobBatch,
  JobChanges,
  JobOperations,
  OperatedHint,
  OperatedJob,
} from '../core/ports/job-operations.js';
import type { FilteredStatement } from './filtered-statement.js';
import type { LedgerConnection } from './ledger-connection.js';
import type { StatementTemplate } from './statement.js';
import { cancelJobs } from './statements/cancel-jobs.sql.js';
import { changeJob } from './statements/change-job.sql.js';
import { deleteJobs } from './statements/delete-jobs.sql.js';
import { deleteRuns } from './statements/delete-runs.sql.js';
import { rescheduleJob } from './statements/reschedule-job.sql.js';
import { rescheduleJobs } from './statements/reschedule-jobs.sql.js';
import { retryJobs } from './statements/retry-jobs.sql.js';
import { runJobNow } from './statements/run-job-now.sql.js';
import { runJobsNow } from './statements/run-jobs-now.sql.js';

/** The operator's door for jobs that do not run: one verb, one statement. */
export class PostgresJobOperations implements JobOperations<EntityManager> {
  constructor(private readonly connection: LedgerConnection) {}

  runNow(id: JobId, manager?: EntityManager): Promise<OperatedJob> {
    return this.operate(runJobNow, [id], manager);
  }

  reschedule(id: JobId, due: DueTime, manager?: EntityManager): Promise<OperatedJob> {
    return this.operate(rescheduleJob, [id, ...dueValues(due)], manager);
  }

  change(id: JobId, changes: JobChanges, manager?: EntityManager): Promise<OperatedJob> {
    const { queue, priority, payload, maxRetries, timeoutMs, tags, deadlineAt } = changes;
    const settings = [queue, priority, payload, maxRetries, timeoutMs, tags].map((value) => value ?? null);
    const deadline = [deadlineAt !== undefined, deadlineAt ?? null];
    return this.operate(changeJob, [id, ...settings, ...deadline], manager);
  }

  runManyNow(batch: JobBatch, manager?: EntityManager): Promise<BatchOutcome> {
    return this.operateMany(runJobsNow, batch, WAITING_STATUSES, [], manager);
  }

  rescheduleMany(batch: JobBatch, due: DueTime, manager?: EntityManager): Promise<BatchOutcome> {
    return this.operateMany(rescheduleJobs, batch, CHANGEABLE_STATUSES, dueValues(due), manager);
  }

  cancelMany(batch: JobBatch, reason: string | null, manager?: EntityManager): Promise<BatchOutcome> {
    return this.operateMany(cancelJobs, batch, CANCELLABLE_STATUSES, [reason], manager);
  }

  retryMany(batch: JobBatch, manager?: EntityManager): Promise<BatchOutcome> {
    return this.operateMany(retryJobs, batch, REDRIVABLE_STATUSES, [], manager);
  }

  async deleteMany(batch: JobBatch, manager?: EntityManager): Promise<BatchOutcome> {
    const outcome = await this.operateMany(deleteJobs, batch, DELETABLE_STATUSES, [], manager);
    const ids = outcome.changed.map(({ id }) => id);
    if (ids.length > 0) await this.connection.queryIn(manager, deleteRuns, [ids]);
    return outcome;
  }

  private async operate(
    statement: StatementTemplate,
    values: unknown[],
    manager: EntityManager | undefined,
  ): Promise<OperatedJob> {
    const [row] = await this.connection.queryIn<OperatedRow>(manager, statement, values);
    if (row === undefined) return { kind: 'missing' };
    if (row.id === null) return { kind: 'refused', status: row.found };
    const { id, queue, type, priority, status } = row;
    return { kind: 'changed', status, hint: { id, queue, type, priority } };
  }

  private async operateMany(
    statement: FilteredStatement,
    { filter, limit, after }: JobBatch,
    allowed: readonly JobStatus[],
    more: readonly unknown[],
    manager: EntityManager | undefined,
  ): Promise<BatchOutcome> {
    const { statuses = allowed, ...others } = filter;
    const { template, values } = statement.bind([limit, statuses, ...more], { ...others, after });
    const rows = await this.connection.queryIn<FoundRow>(manager, template, values);
    return {
      matched: rows.length,
      lastId: newest(rows.map((row) => row.found_id)),
      changed: rows.flatMap(changedOf),
    };
  }
}

function changedOf({ id, queue, type, priority, status }: FoundRow): OperatedHint[] {
  return id === null ? [] : [{ id, queue, type, priority, status }];
}

function dueValues(due: DueTime): [delayMs: number | null, instant: string | null] {
  return 'at' in due ? [null, due.at] : [due.delayMs, null];
}

function newest(ids: readonly JobId[]): JobId | undefined {
  return ids.reduce<JobId | undefined>(
    (last, id) => (last === undefined || id > last ? id : last),
    undefined,
  );
}

/** The status that was found, and the job when it changed. */
interface OperatedRow extends Omit<OperatedHint, 'id'> {
  readonly found: JobStatus;
  readonly id: JobId | null;
}

/** A job that matched, and as it is now when it changed. */
interface FoundRow extends Omit<OperatedHint, 'id'> {
  readonly found_id: JobId;
  readonly id: JobId | null;
}
