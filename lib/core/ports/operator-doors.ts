import type { AuditTrail } from './audit-trail.js';
import type { DashboardSessions } from './dashboard-sessions.js';
import type { JobLists } from './job-lists.js';
import type { JobOperations } from './job-operations.js';
import type { JobStandings } from './job-standings.js';
import type { LedgerExamination } from './ledger-examination.js';
import type { QueuePauses } from './queue-pauses.js';
import type { TrafficReadings } from './traffic-readings.js';
import type { WorkerOrders } from './worker-orders.js';

/** Where what belongs together is done together: in the caller's transaction, or in one of the ledger's own. */
export interface TransactionScope<Transaction> {
  /** Without a transaction of the caller's one is begun for `work`, and ends with it: committed unless it throws. */
  within<Answer>(
    transaction: Transaction | undefined,
    work: (transaction: Transaction) => Promise<Answer>,
  ): Promise<Answer>;
  /** As at the intake. */
  afterCommit(transaction: Transaction, action: () => void): void;
}

/** The operator's doors: one per concern. */
export interface OperatorDoors<Transaction> {
  readonly transactions: TransactionScope<Transaction>;
  readonly operations: JobOperations<Transaction>;
  readonly standings: JobStandings<Transaction>;
  readonly pauses: QueuePauses<Transaction>;
  readonly audit: AuditTrail<Transaction>;
  readonly lists: JobLists<Transaction>;
  readonly workers: WorkerOrders<Transaction>;
  readonly sessions: DashboardSessions;
  readonly traffic: TrafficReadings;
  readonly examination: LedgerExamination;
}
