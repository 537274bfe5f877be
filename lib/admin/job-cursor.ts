import { InvalidQueryError } from '../core/errors.js';
import { isJobId } from '../core/job-id.js';
import type { JobId } from '../core/job.js';
import { describeValue } from '../core/redact.js';

/** Where the next page begins, as text that fits into a URL. What is in it may change; treat it as opaque. */
export function encodeCursor(lastId: JobId): string {
  return Buffer.from(lastId).toString('base64url');
}

/**
 * The id that a cursor stands for; nothing for the first page.
 * @throws InvalidQueryError when it is none that `encodeCursor` made
 */
export function decodeCursor(cursor: unknown): JobId | undefined {
  if (cursor === undefined || cursor === null) return undefined;
  const id = typeof cursor === 'string' ? Buffer.from(cursor, 'base64url').toString() : undefined;
  // Node reads base64 with anything in between, so the way back must lead to the same text.
  if (isJobId(id) && encodeCursor(id) === cursor) return id;
  throw new InvalidQueryError(
    'cursor',
    describeValue(cursor),
    'the nextCursor of an earlier page, or nothing',
  );
}
