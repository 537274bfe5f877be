import type { AuditRecord } from '../../core/ports/audit-trail.js';
import type { AsJson } from './as-json.js';

/** GET audit?jobId=&action=&cursor= */
export interface AuditPageData {
  readonly rows: readonly AuditRow[];
  readonly nextCursor: string | null;
}

export type AuditRow = AsJson<AuditRecord>;
