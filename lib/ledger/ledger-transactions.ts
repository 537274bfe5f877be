import type { EntityManager } from 'typeorm';
import type { TransactionScope } from '../core/ports/operator-doors.js';
import { afterCommit } from './after-commit.js';
import type { LedgerConnection } from './ledger-connection.js';

/** The caller's transaction, or one on Kyu's own connections. */
export class LedgerTransactions implements TransactionScope<EntityManager> {
  constructor(private readonly connection: LedgerConnection) {}

  within<Answer>(
    manager: EntityManager | undefined,
    work: (manager: EntityManager) => Promise<Answer>,
  ): Promise<Answer> {
    return manager === undefined ? this.connection.transaction(work) : work(manager);
  }

  afterCommit(manager: EntityManager, action: () => void): void {
    afterCommit(manager, action);
  }
}
