import type { JobFilter, PayloadCondition } from '../core/ports/ledger.js';
import type { JobRow } from './memory-job-row.js';

/** Whether a job is one of those that a filter names. */
export function matches(row: JobRow, filter: JobFilter): boolean {
  const { statuses, types, queues, tags, payload, parentId } = filter;
  return (
    (statuses === undefined || statuses.includes(row.status)) &&
    (types === undefined || types.includes(row.type)) &&
    (queues === undefined || queues.includes(row.queue)) &&
    (tags === undefined || tags.every((tag) => row.tags.includes(tag))) &&
    (parentId === undefined || row.parentId === parentId.toLowerCase()) &&
    isWithin(row.createdAt, filter.createdFrom, filter.createdBefore) &&
    isWithin(row.completedAt, filter.finishedFrom, filter.finishedBefore) &&
    (payload === undefined || payload.every((condition) => isMet(condition, row.payload)))
  );
}

/** What has not happened lies in no span, unless nobody asks. */
function isWithin(instant: number | null, from: string | undefined, before: string | undefined): boolean {
  if (from === undefined && before === undefined) return true;
  if (instant === null) return false;
  return (
    (from === undefined || instant >= Date.parse(from)) &&
    (before === undefined || instant < Date.parse(before))
  );
}

function isMet({ path, value }: PayloadCondition, payload: string): boolean {
  return path.reduce<unknown>(memberOf, JSON.parse(payload)) === value;
}

/** The member that PostgreSQL's `#>` finds: an index below zero counts from the end. */
function memberOf(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return /^-?\d+$/.test(key) ? (value as unknown[]).at(Number(key)) : undefined;
  const isObject = typeof value === 'object' && value !== null;
  return isObject && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}
