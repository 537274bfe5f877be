import type { LedgerRetention, RetentionProgress, RetentionStep } from '../core/ports/retention.js';
import type { RetentionAction } from '../core/retention-options.js';
import type { LedgerConnection } from './ledger-connection.js';
import type { StatementTemplate } from './statement.js';
import { archiveFinishedJobs } from './statements/archive-finished-jobs.sql.js';
import { deleteFinishedJobs } from './statements/delete-finished-jobs.sql.js';

const STATEMENTS: Readonly<Record<RetentionAction, StatementTemplate>> = {
  delete: deleteFinishedJobs,
  archive: archiveFinishedJobs,
};

/** Retention's door: one step, one statement. */
export class PostgresLedgerRetention implements LedgerRetention {
  constructor(private readonly connection: LedgerConnection) {}

  async retire(step: RetentionStep): Promise<RetentionProgress> {
    const { queue, status, onlyTypes, exceptTypes, keepForMs, action, from, limit } = step;
    const values = [queue, status, onlyTypes, exceptTypes, keepForMs, from, limit];
    const [progress] = await this.connection.query<RetentionProgress>(STATEMENTS[action], values);
    return progress ?? { retired: 0, seen: 0, reached: null };
  }
}
