import type { JobId } from '../core/job.js';
import type { KeysOf } from '../core/option-scope.js';
import {
  AUDIT_ACTIONS,
  type AuditAction,
  type AuditRecord,
  type AuditTrail,
} from '../core/ports/audit-trail.js';
import { readJobId, readMembers, refuseUnknownKeys } from './argument-readers.js';
import { decodeCursor, encodeCursor } from './job-cursor.js';
import { readPageSize } from './job-query.js';
import { MANAGER_KEYS, type WithManager } from './operator-options.js';

/** One page of what operators did. */
export interface AuditQuery {
  /** Only what was done to this job by its id; what many jobs had in common is found by its action. */
  jobId?: JobId;
  /** One verb of `KyuAdmin` or several. */
  action?: AuditAction | readonly AuditAction[];
  /** Entries per page, 1 to 1,000. Default 100. */
  limit?: number;
  /** The `nextCursor` of the page before; nothing for the first. */
  cursor?: string | null;
}

/** One page of the trail, newest first. */
export interface AuditList {
  readonly entries: AuditRecord[];
  /** For the next page; `null` on the last one. */
  readonly nextCursor: string | null;
}

const AUDIT_KEYS: KeysOf<AuditQuery> = { jobId: true, action: true, limit: true, cursor: true };

/** Reads what operators did. */
export class AuditReader<Transaction> {
  constructor(private readonly trail: AuditTrail<Transaction>) {}

  async list(query: AuditQuery, options: WithManager<Transaction>): Promise<AuditList> {
    refuseUnknownKeys('query', query, AUDIT_KEYS);
    refuseUnknownKeys('options', options, MANAGER_KEYS);
    const { jobId, action } = query;
    const size = readPageSize(query.limit);
    const before = decodeCursor(query.cursor);
    const page = {
      ...(jobId === undefined ? {} : { jobId: readJobId(jobId, 'jobId') }),
      ...(action === undefined ? {} : { actions: readMembers('action', action, AUDIT_ACTIONS) }),
      ...(before === undefined ? {} : { before }),
      // One more than asked for tells whether there is another page.
      limit: size + 1,
    };
    const found = await this.trail.list(page, options.manager);
    const entries = found.slice(0, size);
    const last = entries.at(-1);
    const hasMore = found.length > size && last !== undefined;
    return { entries, nextCursor: hasMore ? encodeCursor(last.id) : null };
  }
}
