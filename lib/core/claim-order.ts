import { compareText } from './compare-text.js';
import type { Hint } from './job.js';

/** A place in a queue's line: that of a job which stands there, or stood there. */
export type LinePlace = Pick<Hint, 'priority' | 'id'>;

/**
 * The order in which the jobs of a type are claimed: highest priority first, oldest first. Ids are UUIDs of version 7,
 * so the smaller one is the older.
 */
export function byClaimOrder(left: LinePlace, right: LinePlace): number {
  return right.priority - left.priority || compareText(left.id, right.id);
}
