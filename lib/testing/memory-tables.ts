import type { JobId, JobLogLine, JobRun } from '../core/job.js';
import type { Clock } from '../core/ports/clock.js';
import type { AuditRecord } from '../core/ports/audit-trail.js';
import type { WorkerIdentity } from '../core/ports/worker-registry.js';
import { restsBy, type QueuePause } from '../core/ports/queue-pauses.js';
import { holdsKey, normalId, refuseBrokenRow, type JobRow } from './memory-job-row.js';
import { MemoryTable } from './memory-table.js';
import { MemoryTransaction } from './memory-transaction.js';

/** A row of `kyu_workers`. */
export interface WorkerRow extends WorkerIdentity {
  readonly state: 'alive' | 'draining' | 'stopped' | 'dead';
  readonly startedAt: number;
  readonly heartbeatAt: number;
  readonly leaseExpiresAt: number;
}

/** What of `kyu_workers` an operator writes. */
export interface DrainRow {
  readonly requestedAt: number;
  readonly thenExit: boolean;
}

/** A row of `kyu_dashboard_sessions`. */
export interface SessionRow {
  /** JSON text. */
  readonly account: string;
  readonly expiresAt: number;
}

/** A row of `kyu_duties`. */
export interface DutyRow {
  readonly dueAt: number;
  readonly lastRanAt: number | null;
  readonly quietUntil: number;
}

/**
 * The ledger's tables in memory, with what of PostgreSQL the doors rely on: row locks of open transactions, reads
 * of what is committed, and statements that happen whole or not at all. Between two awaits nothing else runs, so a
 * door that waits first (`whenFree`) and then reads and writes is one statement.
 */
export class MemoryTables {
  readonly workers = new Map<string, WorkerRow>();
  /** By duty and queue. */
  readonly duties = new Map<string, DutyRow>();
  /** By queue and job type. */
  readonly pauses = new MemoryTable<QueuePause>();
  readonly audit = new MemoryTable<AuditRecord>();
  /** Orders to workers, by worker id. */
  readonly drains = new MemoryTable<DrainRow>();
  readonly sessions = new Map<string, SessionRow>();
  private readonly jobs = new Map<JobId, JobRow>();
  private readonly runs = new Map<JobId, JobRun[]>();
  private readonly logs = new Map<JobId, JobLogLine[]>();
  private readonly archive = new Map<JobId, JobRow>();
  private readonly holders = new Map<JobId, MemoryTransaction>();

  constructor(private readonly clock: Pick<Clock, 'nowMs'>) {}

  /** The instant of a statement; within a transaction the instant at which that began. */
  now(transaction?: MemoryTransaction): number {
    return transaction?.startedAt ?? this.clock.nowMs();
  }

  begin(): MemoryTransaction {
    const transaction: MemoryTransaction = new MemoryTransaction(this.clock.nowMs(), (outcome) => {
      if (outcome === 'committed') this.apply(transaction.changes);
      this.release(transaction);
    });
    return transaction;
  }

  /** What is committed, or what the transaction has made of it. */
  job(id: JobId, transaction?: MemoryTransaction): JobRow | undefined {
    transaction?.requireOpen();
    const key = normalId(id);
    return transaction?.changes.has(key) === true ? transaction.changes.get(key) : this.jobs.get(key);
  }

  allJobs(transaction?: MemoryTransaction): JobRow[] {
    if (transaction === undefined) return [...this.jobs.values()];
    const ids = new Set([...this.jobs.keys(), ...transaction.changes.keys()]);
    return [...ids].flatMap((id) => this.job(id, transaction) ?? []);
  }

  /** Jobs that a statement which skips locked rows can see. */
  freeJobs(transaction?: MemoryTransaction): JobRow[] {
    return this.allJobs(transaction).filter(({ id }) => this.isFree(id, transaction));
  }

  isFree(id: JobId, transaction?: MemoryTransaction): boolean {
    const holder = this.holders.get(normalId(id));
    return holder === undefined || holder === transaction;
  }

  /** Resolves when no other transaction holds any of the jobs. */
  async whenFree(ids: readonly JobId[], transaction?: MemoryTransaction): Promise<void> {
    transaction?.requireOpen();
    for (;;) {
      const held = ids.find((id) => !this.isFree(id, transaction));
      if (held === undefined) return;
      await this.holders.get(normalId(held))?.ended;
    }
  }

  /** The same for a change: a job that cannot be seen yet is none, and nobody waits for it. */
  async whenChangeable(ids: readonly JobId[], transaction?: MemoryTransaction): Promise<void> {
    const visible = ids.filter((id) => this.job(id, transaction) !== undefined);
    await this.whenFree(visible, transaction);
  }

  /** Resolves when no other transaction is about to give, take or keep any of the keys. */
  async whenKeysFree(keys: ReadonlySet<string>, transaction?: MemoryTransaction): Promise<void> {
    transaction?.requireOpen();
    for (;;) {
      const holder = [...this.holders].find(
        ([id, other]) => other !== transaction && this.isAboutKey(id, other, keys),
      );
      if (holder === undefined) return;
      await holder[1].ended;
    }
  }

  /** The job that keeps others from having the key. */
  holderOf(key: string, transaction?: MemoryTransaction): JobRow | undefined {
    return this.allJobs(transaction).find((row) => row.uniqueKey === key && holdsKey(row));
  }

  /** Holds a job until the end of the transaction; without one there is nothing to hold it for. */
  hold(id: JobId, transaction: MemoryTransaction | undefined): void {
    if (transaction !== undefined) this.holders.set(normalId(id), transaction);
  }

  /** Writes all of the rows, or none when one of them breaks a constraint. */
  write(rows: readonly JobRow[], transaction?: MemoryTransaction): void {
    rows.forEach(refuseBrokenRow);
    for (const row of rows) {
      this.hold(row.id, transaction);
      (transaction?.changes ?? this.jobs).set(row.id, row);
    }
  }

  /** Removes a job and its runs. */
  remove(id: JobId, transaction?: MemoryTransaction): void {
    this.hold(id, transaction);
    if (transaction === undefined) this.apply(new Map([[normalId(id), undefined]]));
    else transaction.changes.set(normalId(id), undefined);
  }

  /** Moves a job to the archive; its runs stay. One whose id is there already stays as it was archived. */
  moveToArchive(id: JobId, now: number): void {
    const row = this.job(id);
    if (row === undefined) return;
    this.jobs.delete(row.id);
    if (!this.archive.has(row.id)) this.archive.set(row.id, { ...row, archivedAt: now });
  }

  archivedJob(id: JobId): JobRow | undefined {
    return this.archive.get(normalId(id));
  }

  archivedJobs(): JobRow[] {
    return [...this.archive.values()];
  }

  /** Whether the queue, or the type in it, takes a rest. */
  isPaused(job: { readonly queue: string; readonly type: string }): boolean {
    return this.pauses.rows().some((pause) => restsBy(pause, job));
  }

  /** Forgets every job, its runs and what operators did. What an open transaction has written appears all the same. */
  forgetJobs(): void {
    this.jobs.clear();
    this.runs.clear();
    this.logs.clear();
    this.archive.clear();
    this.pauses.clear();
    this.audit.clear();
  }

  /** Keeps one row per run: a second one for the same run is dropped. */
  recordRun(id: JobId, run: JobRun): void {
    const runs = this.runs.get(normalId(id)) ?? [];
    this.runs.set(normalId(id), runs);
    if (!runs.some((known) => known.run === run.run)) runs.push(run);
  }

  runsOf(id: JobId, transaction?: MemoryTransaction): JobRun[] {
    const runs = this.isRemoved(id, transaction) ? [] : (this.runs.get(normalId(id)) ?? []);
    return runs.map((run) => ({ ...run })).sort((left, right) => left.run - right.run);
  }

  /** Keeps one row per line: a second one with the same number is dropped. */
  recordLogLine(id: JobId, line: JobLogLine): void {
    const lines = this.logs.get(normalId(id)) ?? [];
    this.logs.set(normalId(id), lines);
    if (!lines.some((known) => known.run === line.run && known.line === line.line)) lines.push(line);
  }

  logsOf(id: JobId, transaction?: MemoryTransaction): JobLogLine[] {
    const lines = this.isRemoved(id, transaction) ? [] : (this.logs.get(normalId(id)) ?? []);
    return lines
      .map((line) => ({ ...line }))
      .sort((left, right) => left.run - right.run || left.line - right.line);
  }

  /** Whether the worker may claim: a lease that is over counts only once somebody has noticed. */
  mayClaim(workerId: string): boolean {
    return this.workers.get(workerId)?.state === 'alive';
  }

  /** Whether the transaction itself has removed the job. */
  private isRemoved(id: JobId, transaction: MemoryTransaction | undefined): boolean {
    return transaction?.changes.has(normalId(id)) === true && this.job(id, transaction) === undefined;
  }

  private isAboutKey(id: JobId, holder: MemoryTransaction, keys: ReadonlySet<string>): boolean {
    return [this.jobs.get(id), holder.changes.get(id)].some(
      (row) => row !== undefined && row.uniqueKey !== null && keys.has(row.uniqueKey) && holdsKey(row),
    );
  }

  private apply(changes: ReadonlyMap<JobId, JobRow | undefined>): void {
    for (const [id, row] of changes) {
      if (row !== undefined) {
        this.jobs.set(id, row);
        continue;
      }
      this.jobs.delete(id);
      this.runs.delete(id);
      this.logs.delete(id);
    }
  }

  private release(transaction: MemoryTransaction): void {
    for (const [id, holder] of this.holders) if (holder === transaction) this.holders.delete(id);
  }
}
