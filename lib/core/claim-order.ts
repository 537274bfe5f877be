import { compareText } from './compare-text.js';
import type { Hint } from './job.js';

/**
 * The order in which the jobs of a type are claimed: highest priority first, oldest first. Ids are UUIDs of version 7,
 * so the smaller one is the older.
 */
export function byClaimOrder(
  left: Pick<Hint, 'priority' | 'id'>,
  right: Pick<Hint, 'priority' | 'id'>,
): number {
  return right.priority - left.priority || compareText(left.id, right.id);
}
