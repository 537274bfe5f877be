import { byClaimOrder } from '../core/claim-order.js';
import type { JobRow } from './memory-job-row.js';

/** The pending jobs of a queue that gain a step: of each type and priority below the highest the first `limit`. */
export function agingOf(pending: readonly JobRow[], pendingSince: number, limit: number): JobRow[] {
  const highest = pending.reduce((most, { priority }) => Math.max(most, priority), -Infinity);
  const levels = new Map<string, JobRow[]>();
  for (const row of [...pending].sort(byClaimOrder)) {
    const key = `${row.priority} ${row.type}`;
    const level = levels.get(key);
    if (level === undefined) levels.set(key, [row]);
    else level.push(row);
  }
  return [...levels.values()]
    .flatMap((level) => level.slice(0, limit))
    .filter(({ priority, updatedAt }) => priority < highest && updatedAt <= pendingSince);
}
