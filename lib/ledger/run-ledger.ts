import { fenceOf, type Claim, type Room } from '../core/claim.js';
import type { LinePlace } from '../core/claim-order.js';
import type { JobId, QueuedHint } from '../core/job.js';
import { isJobId } from '../core/job-id.js';
import type { RunLedger } from '../core/ports/run-ledger.js';
import { calledOff, type Settlement } from '../core/settlement.js';
import { plainArrayOf } from './batch-columns.js';
import type { LedgerConnection } from './ledger-connection.js';
import { claimOf, typeNamesOf, type ClaimRow } from './row-mapper.js';
import { completeValues, settleValues } from './settle-values.js';
import { claimJobsById } from './statements/claim-jobs-by-id.sql.js';
import { claimJobsByQueue } from './statements/claim-jobs-by-queue.sql.js';
import { claimJobsFurther } from './statements/claim-jobs-further.sql.js';
import { completeRuns } from './statements/complete-runs.sql.js';
import { handBackUnheard } from './statements/hand-back-unheard.sql.js';
import { reportProgress } from './statements/report-progress.sql.js';
import { settleRuns } from './statements/settle-runs.sql.js';

/** The worker's door for runs: called by `worker/`; claims runs and settles them. */
export class PostgresRunLedger implements RunLedger {
  constructor(private readonly connection: LedgerConnection) {}

  async claimById(
    workerId: string,
    queue: string,
    types: readonly string[],
    ids: readonly JobId[],
  ): Promise<Claim[]> {
    // Redis is not trusted: a member that is no id would fail the statement for all the others.
    const values = [workerId, queue, types, plainArrayOf(ids.filter(isJobId))];
    const rows = await this.connection.queryRaw(claimJobsById, values);
    return claimsOf(rows, workerId, queue, types);
  }

  async claimByQueue(
    workerId: string,
    queue: string,
    rooms: readonly Room[],
    limit: number,
    after?: LinePlace,
  ): Promise<Claim[]> {
    const types = rooms.map((room) => room.type);
    const sizes = rooms.map((room) => room.size);
    const lanes = rooms.map((room) => room.sharedBy ?? room.type);
    const values = [workerId, queue, types, sizes, limit, lanes];
    const rows =
      after === undefined
        ? await this.connection.queryRaw(claimJobsByQueue, values)
        : await this.connection.queryRaw(claimJobsFurther, [...values, after.priority, after.id]);
    return claimsOf(rows, workerId, queue, types);
  }

  async settle(settlements: readonly Settlement[]): Promise<Settlement[]> {
    // One order for everybody: two batches that meet on the same rows cannot deadlock.
    const ordered = [...settlements].sort((left, right) => compare(left.claim.id, right.claim.id));
    const [row] = areCompletions(ordered)
      ? await this.connection.queryRaw(completeRuns, completeValues(ordered))
      : await this.connection.queryRaw(settleRuns, settleValues(ordered));
    if (Number(row?.[0]) === ordered.length && row?.[1] === null) return ordered;
    return heldOf(ordered, JSON.parse(row?.[1] ?? '[]') as HeldFence[]);
  }

  async handBackUnheard(
    workerId: string,
    queues: readonly string[],
    known: readonly JobId[],
  ): Promise<QueuedHint[]> {
    return this.connection.query<QueuedHint>(handBackUnheard, [workerId, queues, known]);
  }

  async reportProgress(claim: Claim, percent: number, note: string | null): Promise<boolean> {
    const rows = await this.connection.query(reportProgress, [
      claim.id,
      claim.run,
      claim.workerId,
      percent,
      note,
    ]);
    return rows.length > 0;
  }
}

/** Runs of one worker that went well; a process that lost its lease may settle for the worker that it was, too. */
function areCompletions(settlements: readonly Settlement[]): boolean {
  const workerId = settlements[0]?.claim.workerId;
  return settlements.every(({ outcome, claim }) => outcome === 'completed' && claim.workerId === workerId);
}

/** A fence that held: job, run, whether the job was cancelled against the word of its worker, and why. */
type HeldFence = readonly [id: JobId, run: number, isCalledOff: boolean, reason: string | null];

/** What became of the settlements whose fences held; the others were too late. */
function heldOf(settlements: readonly Settlement[], fences: readonly HeldFence[]): Settlement[] {
  const held = new Map(fences.map((fence) => [fenceOf({ id: fence[0], run: fence[1] }), fence]));
  return settlements.flatMap((settlement) => {
    const fence = held.get(fenceOf(settlement.claim));
    if (fence === undefined) return [];
    const [, , isCalledOff, reason] = fence;
    return isCalledOff ? calledOff(settlement, reason) : settlement;
  });
}

function claimsOf(rows: ClaimRow[], workerId: string, queue: string, types: readonly string[]): Claim[] {
  const typeNames = typeNamesOf(types);
  return inClaimOrder(rows.map((row) => claimOf(row, workerId, queue, typeNames)));
}

/** UPDATE … RETURNING promises no order; the worker starts what is most urgent first. */
function inClaimOrder(claims: Claim[]): Claim[] {
  return claims.sort((left, right) => right.priority - left.priority || compare(left.id, right.id));
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
