import type { Settlement } from '../core/settlement.js';
import { columnOf, indexedColumnOf, plainArrayOf, plainColumnOf, rareColumnOf } from './batch-columns.js';

/** What settle-runs is called with: one column after the other. */
export function settleValues(settlements: readonly Settlement[]): unknown[] {
  const claimedAt = indexedColumnOf(settlements, ({ claim }) => claim.claimedAt);
  return [
    plainArrayOf(settlements.map(({ claim }) => claim.id)),
    plainColumnOf(settlements, ({ claim }) => claim.run),
    plainColumnOf(settlements, ({ claim }) => claim.workerId),
    claimedAt.values,
    columnOf(settlements, ({ status }) => status),
    plainColumnOf(settlements, ({ retryCount }) => retryCount),
    plainColumnOf(settlements, ({ delayMs }) => delayMs),
    rareColumnOf(settlements, ({ result }) => result),
    columnOf(settlements, ({ outcome }) => outcome),
    plainColumnOf(settlements, ({ startedAfterMs }) => inMicroseconds(startedAfterMs)),
    plainColumnOf(settlements, ({ finishedAfterMs }) => inMicroseconds(finishedAfterMs)),
    rareColumnOf(settlements, ({ error }) => error?.message ?? null),
    rareColumnOf(settlements, ({ error }) => error?.stack ?? null),
    claimedAt.places,
  ];
}

/** What complete-runs is called with, for runs of one worker; the times differ from row to row, so they always go as columns. */
export function completeValues(completions: readonly Settlement[]): unknown[] {
  const claimedAt = indexedColumnOf(completions, ({ claim }) => claim.claimedAt);
  return [
    plainArrayOf(completions.map(({ claim }) => claim.id)),
    plainColumnOf(completions, ({ claim }) => claim.run),
    completions[0]?.claim.workerId,
    rareColumnOf(completions, ({ result }) => result),
    plainArrayOf(completions.map(({ startedAfterMs }) => inMicroseconds(startedAfterMs))),
    plainArrayOf(completions.map(({ finishedAfterMs }) => inMicroseconds(finishedAfterMs))),
    claimedAt.values,
    claimedAt.places,
  ];
}

/** As fine as PostgreSQL's clock: more digits are only more to send. */
function inMicroseconds(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
