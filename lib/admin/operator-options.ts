import type { KeysOf } from '../core/option-scope.js';
import type { AuditAction, AuditEntry } from '../core/ports/audit-trail.js';
import { readNote } from './argument-readers.js';

/** Where a call takes place. */
export interface WithManager<Transaction> {
  /** The caller's own transaction: what the call changes holds only if it commits. */
  manager?: Transaction;
}

/** Who does something, and why: kept in `kyu_audit`, in the transaction of what is done. */
export interface OperatorOptions<Transaction> extends WithManager<Transaction> {
  /** Who it is: a user's name or id, a program. At most 256 characters. Default: nobody says. */
  actor?: string;
  /** At most 4,096 characters. */
  reason?: string;
}

/** How many jobs are changed, and whether they really are. */
export interface BulkOptions<Transaction> extends OperatorOptions<Transaction> {
  /** At most so many jobs, the oldest first. Default: all that match. */
  limit?: number;
  /** Only counts what matches: nothing is changed, announced or recorded. Default false. */
  dryRun?: boolean;
}

export const MANAGER_KEYS: KeysOf<WithManager<unknown>> = { manager: true };
export const OPERATOR_KEYS: KeysOf<OperatorOptions<unknown>> = { ...MANAGER_KEYS, actor: true, reason: true };
export const BULK_KEYS: KeysOf<BulkOptions<unknown>> = { ...OPERATOR_KEYS, limit: true, dryRun: true };

const LONGEST_ACTOR = 256;
const LONGEST_REASON = 4_096;

/**
 * What an operator says about what they do.
 * @throws InvalidQueryError
 */
export function readOperator({ actor, reason }: { actor?: unknown; reason?: unknown }): {
  readonly actor: string | null;
  readonly reason: string | null;
} {
  return {
    actor: readNote('actor', actor, LONGEST_ACTOR),
    reason: readNote('reason', reason, LONGEST_REASON),
  };
}

/** An entry of the trail that is about nothing in particular yet. */
export function newEntry(
  id: string,
  action: AuditAction,
  by: Pick<AuditEntry, 'actor' | 'reason'>,
): AuditEntry {
  return { id, action, ...by, jobId: null, queue: null, type: null, selection: null, affected: 0 };
}
