import type { EntityManager } from 'typeorm';
import type { Claim } from '../core/claim.js';
import { NoTransactionError } from '../core/errors.js';
import type { CancelRequest, LogEntry, OpenRuns } from '../core/ports/open-runs.js';
import type { Settlement } from '../core/settlement.js';
import { afterCommit } from './after-commit.js';
import type { LedgerConnection } from './ledger-connection.js';
import { settleValues } from './settle-values.js';
import { extendRun } from './statements/extend-run.sql.js';
import { findCancelRequests } from './statements/find-cancel-requests.sql.js';
import { insertLogLines } from './statements/insert-log-lines.sql.js';
import { settleRuns } from './statements/settle-runs.sql.js';

/** The worker's door for runs that are under way: one verb, one statement. */
export class PostgresOpenRuns implements OpenRuns<EntityManager> {
  constructor(private readonly connection: LedgerConnection) {}

  async cancelRequests(workerIds: readonly string[]): Promise<CancelRequest[]> {
    return this.connection.query<CancelRequest>(findCancelRequests, [workerIds]);
  }

  async extend(claim: Claim, forMs: number): Promise<boolean> {
    const values = [claim.id, claim.run, claim.workerId, forMs];
    return (await this.connection.query(extendRun, values)).length > 0;
  }

  async keepLogLines(entries: readonly LogEntry[]): Promise<void> {
    await this.connection.query(insertLogLines, [
      entries.map(({ claim }) => claim.id),
      entries.map(({ claim }) => claim.run),
      entries.map(({ claim }) => claim.workerId),
      entries.map(({ claim }) => claim.claimedAt),
      entries.map(({ line }) => line),
      entries.map(({ afterMs }) => afterMs),
      entries.map(({ message }) => message),
    ]);
  }

  async settleIn(settlement: Settlement, manager: EntityManager): Promise<boolean> {
    if (manager.queryRunner?.isTransactionActive !== true) {
      throw new NoTransactionError('completeIn', settlement.claim.id);
    }
    const values = settleValues([settlement]);
    const [answer] = await this.connection.queryIn<{ runs: number }>(manager, settleRuns, values);
    return answer?.runs === 1;
  }

  afterCommit(manager: EntityManager, action: () => void): void {
    afterCommit(manager, action);
  }
}
