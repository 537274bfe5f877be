import { InvalidQueryError } from '../core/errors.js';
import { isJobId } from '../core/job-id.js';
import type { JobListSort, JobPlace } from '../core/ports/job-lists.js';
import { describeValue } from '../core/redact.js';

const KEYS: Readonly<Record<JobListSort, RegExp>> = {
  created: /^$/,
  updated: /^[-0-9T:.Z]{1,40}$/,
  finished: /^[-0-9T:.Z]{1,40}$/,
  scheduled: /^[-0-9T:.Z]{1,40}$/,
  priority: /^-?\d{1,10}$/,
};

/** Where the next page begins, as text that fits into a URL. What is in it may change; treat it as opaque. */
export function encodePlace({ key, id }: JobPlace, sort: JobListSort, order: 'asc' | 'desc'): string {
  return Buffer.from([sort, order, key ?? '', id].join(' ')).toString('base64url');
}

/**
 * The place that a cursor stands for; nothing for the first page.
 * @throws InvalidQueryError when `encodePlace` did not make it, or made it for another order
 */
export function decodePlace(cursor: unknown, sort: JobListSort, order: 'asc' | 'desc'): JobPlace | undefined {
  if (cursor === undefined || cursor === null) return undefined;
  const text = typeof cursor === 'string' ? Buffer.from(cursor, 'base64url').toString() : '';
  const [itsSort, itsOrder, key = '', id] = text.split(' ');
  if (itsSort === sort && itsOrder === order && isJobId(id) && KEYS[sort].test(key) && isReal(sort, key)) {
    const place = { key: sort === 'created' ? null : key, id };
    // Node reads base64 with anything in between, so the way back must lead to the same text.
    if (encodePlace(place, sort, order) === cursor) return place;
  }
  throw new InvalidQueryError(
    'cursor',
    describeValue(cursor),
    'the nextCursor of an earlier page in the same order, or nothing',
  );
}

/** A key that PostgreSQL could not read would be an error of the ledger, and not of the one who asks. */
function isReal(sort: JobListSort, key: string): boolean {
  if (sort === 'created') return true;
  if (sort === 'priority') return Math.abs(Number(key)) <= 2_147_483_648;
  return /^\d+$/.test(key) || (/^\d{4}-.*Z$/.test(key) && !Number.isNaN(Date.parse(key)));
}
