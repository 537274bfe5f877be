import type { Settlement } from '../core/settlement.js';
import { columnOf, indexedColumnOf, rareColumnOf } from './batch-columns.js';

/** What settle-runs is called with: one column after the other. */
export function settleValues(settlements: readonly Settlement[]): unknown[] {
  const claimedAt = indexedColumnOf(settlements, ({ claim }) => claim.claimedAt);
  return [
    settlements.map(({ claim }) => claim.id),
    columnOf(settlements, ({ claim }) => claim.run),
    columnOf(settlements, ({ claim }) => claim.workerId),
    claimedAt.values,
    columnOf(settlements, ({ status }) => status),
    columnOf(settlements, ({ retryCount }) => retryCount),
    columnOf(settlements, ({ delayMs }) => delayMs),
    rareColumnOf(settlements, ({ result }) => result),
    columnOf(settlements, ({ outcome }) => outcome),
    columnOf(settlements, ({ startedAfterMs }) => inMicroseconds(startedAfterMs)),
    columnOf(settlements, ({ finishedAfterMs }) => inMicroseconds(finishedAfterMs)),
    rareColumnOf(settlements, ({ error }) => error?.message ?? null),
    rareColumnOf(settlements, ({ error }) => error?.stack ?? null),
    claimedAt.places,
  ];
}

/** As fine as PostgreSQL's clock: more digits are only more to send. */
function inMicroseconds(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
