import { byClaimOrder, type LinePlace } from '../core/claim-order.js';
import { compareText } from '../core/compare-text.js';
import { fenceOf, type Claim, type Room } from '../core/claim.js';
import { isJobId } from '../core/job-id.js';
import type { JobId, JobRun, QueuedHint } from '../core/job.js';
import type { RunLedger } from '../core/ports/run-ledger.js';
import type { Settlement } from '../core/settlement.js';
import { lanesOf } from './memory-lanes.js';
import { calledOffRow, claimOf, hintOf, normalId, type JobRow } from './memory-job-row.js';
import { currentJob, settledJob, type SettledJob } from './memory-settling.js';
import type { MemoryTables } from './memory-tables.js';

/** The worker's door for runs, in memory. */
export class MemoryRunLedger implements RunLedger {
  constructor(private readonly tables: MemoryTables) {}

  async claimById(
    workerId: string,
    queue: string,
    types: readonly string[],
    ids: readonly JobId[],
  ): Promise<Claim[]> {
    const wanted = new Set(ids.filter(isJobId).map(normalId));
    const rows = [...wanted]
      .flatMap((id) => this.tables.job(id) ?? [])
      .filter((row) => this.isClaimable(row, queue) && types.includes(row.type));
    return this.claim(workerId, rows);
  }

  async claimByQueue(
    workerId: string,
    queue: string,
    rooms: readonly Room[],
    limit: number,
    after?: LinePlace,
  ): Promise<Claim[]> {
    const pending = this.tables
      .allJobs()
      .filter((row) => this.isClaimable(row, queue) && isFurther(row, after));
    const fitting = lanesOf(rooms).flatMap(({ types, size }) => {
      const inLane = pending.filter((row) => types.includes(row.type));
      return inLane.sort(byClaimOrder).slice(0, size);
    });
    return this.claim(workerId, fitting.sort(byClaimOrder).slice(0, limit));
  }

  async settle(settlements: readonly Settlement[]): Promise<Settlement[]> {
    await this.tables.whenChangeable(settlements.map(({ claim }) => claim.id));
    const now = this.tables.now();
    const accepted = new Map<string, SettledJob>();
    for (const settlement of inOrderOfId(settlements)) {
      const job = currentJob(this.tables, settlement.claim);
      const fence = fenceOf(settlement.claim);
      if (job === undefined || accepted.has(fence)) continue;
      accepted.set(fence, settledJob(job, settlement, now));
    }
    const taken = [...accepted.values()];
    this.tables.write(taken.map(({ row }) => row));
    for (const { row, run } of taken) this.tables.recordRun(row.id, run);
    return taken.map(({ answer }) => answer);
  }

  async handBackUnheard(
    workerId: string,
    queues: readonly string[],
    known: readonly JobId[],
  ): Promise<QueuedHint[]> {
    const knownIds = new Set(known.map(normalId));
    const now = this.tables.now();
    const rows = this.tables
      .freeJobs()
      .filter((row) => row.lockedBy === workerId && queues.includes(row.queue) && !knownIds.has(row.id));
    for (const row of rows) {
      const free: JobRow = { ...row, status: 'pending', lockedBy: null, lockedAt: null, updatedAt: now };
      this.tables.write([row.cancelRequestedAt === null ? free : calledOffRow(free, now)]);
      this.tables.recordRun(row.id, unheardRunOf(row, workerId, now));
    }
    return rows.filter((row) => row.cancelRequestedAt === null).map(hintOf);
  }

  async reportProgress(claim: Claim, percent: number, note: string | null): Promise<boolean> {
    await this.tables.whenChangeable([claim.id]);
    const job = currentJob(this.tables, claim);
    if (job === undefined) return false;
    this.tables.write([{ ...job, progress: { percent, note }, updatedAt: this.tables.now() }]);
    return true;
  }

  private isClaimable(row: JobRow, queue: string): boolean {
    return (
      row.queue === queue &&
      row.status === 'pending' &&
      this.tables.isFree(row.id) &&
      !this.tables.isPaused(row)
    );
  }

  private claim(workerId: string, rows: readonly JobRow[]): Claim[] {
    if (!this.tables.mayClaim(workerId)) return [];
    const now = this.tables.now();
    const claims = rows.map((row) => {
      const claimed: JobRow = {
        ...row,
        status: 'running',
        run: row.run + 1,
        lockedBy: workerId,
        lockedAt: now,
        updatedAt: now,
      };
      this.tables.write([claimed]);
      return claimOf(claimed, workerId, now - row.updatedAt, this.tables.runsOf(row.id));
    });
    return claims.sort(byClaimOrder);
  }
}

function isFurther(row: JobRow, after: LinePlace | undefined): boolean {
  return after === undefined || (row.priority === after.priority && compareText(row.id, after.id) > 0);
}

function inOrderOfId(settlements: readonly Settlement[]): Settlement[] {
  return [...settlements].sort((left, right) => compareText(left.claim.id, right.claim.id));
}

function unheardRunOf(row: JobRow, workerId: string, now: number): JobRun {
  return {
    run: row.run,
    attempt: row.retryCount + 1,
    workerId,
    startedAt: new Date(row.lockedAt ?? now),
    finishedAt: new Date(now),
    outcome: 'released',
    errorMessage: 'the reply to the claim was lost',
    errorStack: null,
  };
}
