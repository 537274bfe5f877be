import type { EntityManager } from 'typeorm';
import type { OperatorDoors } from '../core/ports/operator-doors.js';
import { PostgresAuditTrail } from './audit-trail.js';
import { PostgresDashboardSessions } from './dashboard-sessions.js';
import { PostgresJobLists } from './job-lists.js';
import { PostgresJobOperations } from './job-operations.js';
import { PostgresJobStandings } from './job-standings.js';
import type { LedgerConnection } from './ledger-connection.js';
import { PostgresLedgerExamination } from './ledger-examination.js';
import { LedgerTransactions } from './ledger-transactions.js';
import { PostgresQueuePauses } from './queue-pauses.js';
import { PostgresTrafficReadings } from './traffic-readings.js';
import { PostgresWorkerOrders } from './worker-orders.js';

/** The operator's doors to PostgreSQL. */
export function operatorDoors(connection: LedgerConnection): OperatorDoors<EntityManager> {
  return {
    transactions: new LedgerTransactions(connection),
    operations: new PostgresJobOperations(connection),
    standings: new PostgresJobStandings(connection),
    pauses: new PostgresQueuePauses(connection),
    audit: new PostgresAuditTrail(connection),
    lists: new PostgresJobLists(connection),
    workers: new PostgresWorkerOrders(connection),
    sessions: new PostgresDashboardSessions(connection),
    traffic: new PostgresTrafficReadings(connection),
    examination: new PostgresLedgerExamination(connection),
  };
}
