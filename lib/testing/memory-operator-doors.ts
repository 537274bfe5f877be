import type { OperatorDoors, TransactionScope } from '../core/ports/operator-doors.js';
import { MemoryAuditTrail } from './memory-audit-trail.js';
import { MemoryDashboardSessions } from './memory-dashboard-sessions.js';
import { MemoryJobLists } from './memory-job-lists.js';
import { MemoryJobOperations } from './memory-job-operations.js';
import { MemoryJobStandings } from './memory-job-standings.js';
import { MemoryQueuePauses } from './memory-queue-pauses.js';
import type { MemoryTables } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';
import { MemoryLedgerExamination } from './memory-ledger-examination.js';
import { MemoryTrafficReadings } from './memory-traffic-readings.js';
import { MemoryWorkerOrders } from './memory-worker-orders.js';

/** The operator's doors, in memory. */
export function memoryOperatorDoors(tables: MemoryTables): OperatorDoors<MemoryTransaction> {
  return {
    transactions: new MemoryTransactions(tables),
    operations: new MemoryJobOperations(tables),
    standings: new MemoryJobStandings(tables),
    pauses: new MemoryQueuePauses(tables),
    audit: new MemoryAuditTrail(tables),
    lists: new MemoryJobLists(tables),
    workers: new MemoryWorkerOrders(tables),
    sessions: new MemoryDashboardSessions(tables),
    traffic: new MemoryTrafficReadings(tables),
    examination: new MemoryLedgerExamination(tables),
  };
}

class MemoryTransactions implements TransactionScope<MemoryTransaction> {
  constructor(private readonly tables: MemoryTables) {}

  async within<Answer>(
    given: MemoryTransaction | undefined,
    work: (transaction: MemoryTransaction) => Promise<Answer>,
  ): Promise<Answer> {
    if (given !== undefined) return work(given);
    const transaction = this.tables.begin();
    let answer: Answer;
    try {
      answer = await work(transaction);
    } catch (error) {
      transaction.rollback();
      throw error;
    }
    transaction.commit();
    return answer;
  }

  afterCommit(transaction: MemoryTransaction, action: () => void): void {
    transaction.afterCommit(action);
  }
}
