import type { AuditEntry, AuditPage, AuditRecord, AuditTrail } from '../core/ports/audit-trail.js';
import { byId, normalId } from './memory-job-row.js';
import type { MemoryTables } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';

/** What operators did, in memory. */
export class MemoryAuditTrail implements AuditTrail<MemoryTransaction> {
  constructor(private readonly tables: MemoryTables) {}

  async record(entry: AuditEntry, transaction?: MemoryTransaction): Promise<void> {
    const { audit } = this.tables;
    const known = audit.get(entry.id, transaction);
    const affected = (known?.affected ?? 0) + entry.affected;
    const record = known ?? {
      ...entry,
      at: new Date(this.tables.now(transaction)),
      jobId: entry.jobId === null ? null : normalId(entry.jobId),
      selection: entry.selection === null ? null : (JSON.parse(entry.selection) as unknown),
    };
    audit.put(entry.id, { ...record, affected }, transaction);
  }

  async list(page: AuditPage, transaction?: MemoryTransaction): Promise<AuditRecord[]> {
    const { jobId, actions, limit, before } = page;
    return this.tables.audit
      .rows(transaction)
      .filter(({ action }) => actions === undefined || actions.includes(action))
      .filter((record) => jobId === undefined || record.jobId === normalId(jobId))
      .filter(({ id }) => before === undefined || id < normalId(before))
      .sort((left, right) => byId(right, left))
      .slice(0, limit);
  }
}
