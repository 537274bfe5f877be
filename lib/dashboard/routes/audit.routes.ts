import { AUDIT_ACTIONS, type AuditAction, type AuditRecord } from '../../core/ports/audit-trail.js';
import type { AuditRow } from '../contract.js';
import { named } from '../schemas/schema.js';
import { numberOf, textOf, type Call } from './call.js';
import type { Route } from './route.js';

const DEFAULT_LIMIT = 50;

/** What operators did. */
export const AUDIT_ROUTES: readonly Route[] = [
  {
    name: 'listAudit',
    method: 'GET',
    path: 'audit',
    permission: 'read',
    tag: 'Audit',
    summary: 'One page of what operators did, newest first.',
    query: {
      jobId: { type: 'string', maxLength: 64 },
      action: { type: 'string', enum: AUDIT_ACTIONS },
      limit: { type: 'integer', minimum: 1, maximum: 200, default: DEFAULT_LIMIT },
      cursor: { type: 'string', maxLength: 500 },
    },
    answers: 'json',
    schema: named('AuditPage'),
    handle: listAudit,
  },
];

async function listAudit(call: Call): Promise<unknown> {
  const jobId = textOf(call, 'jobId');
  const action = textOf(call, 'action');
  const { entries, nextCursor } = await call.services.kyu.admin.audit({
    ...(jobId === undefined ? {} : { jobId }),
    ...(action === undefined ? {} : { action: action as AuditAction }),
    limit: numberOf(call, 'limit') ?? DEFAULT_LIMIT,
    cursor: textOf(call, 'cursor') ?? null,
  });
  return { rows: entries.map(auditRow), nextCursor };
}

function auditRow({ at, ...entry }: AuditRecord): AuditRow {
  const { id, action, actor, reason, jobId, queue, type, selection, affected } = entry;
  return { id, at: at.toISOString(), action, actor, reason, jobId, queue, type, selection, affected };
}
