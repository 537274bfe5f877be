import type { EntityManager } from 'typeorm';
import type {
  AuditAction,
  AuditEntry,
  AuditPage,
  AuditRecord,
  AuditTrail,
} from '../core/ports/audit-trail.js';
import type { LedgerConnection } from './ledger-connection.js';
import { listOperations, listOperationsOfJob } from './statements/list-operations.sql.js';
import { recordOperation } from './statements/record-operation.sql.js';

/** What operators did, in `kyu_audit`. */
export class PostgresAuditTrail implements AuditTrail<EntityManager> {
  constructor(private readonly connection: LedgerConnection) {}

  async record(entry: AuditEntry, manager: EntityManager): Promise<void> {
    const { id, actor, action, reason, jobId, queue, type, selection, affected } = entry;
    const values = [id, actor, action, reason, jobId, queue, type, selection, affected];
    await this.connection.queryIn(manager, recordOperation, values);
  }

  async list({ jobId, actions, limit, before }: AuditPage, manager?: EntityManager): Promise<AuditRecord[]> {
    const values = [limit, before ?? null, actions ?? null];
    const rows =
      jobId === undefined
        ? await this.connection.queryIn<AuditRow>(manager, listOperations, values)
        : await this.connection.queryIn<AuditRow>(manager, listOperationsOfJob, [...values, jobId]);
    return rows.map(({ job_id: ofJob, job_type: type, ...row }) => ({ ...row, jobId: ofJob, type }));
  }
}

interface AuditRow {
  readonly id: string;
  readonly at: Date;
  readonly action: AuditAction;
  readonly actor: string | null;
  readonly reason: string | null;
  readonly job_id: string | null;
  readonly queue: string | null;
  readonly job_type: string | null;
  readonly selection: unknown;
  readonly affected: number;
}
