import type { Settlement } from '../core/settlement.js';

/** What settle-runs is called with: one column after the other. */
export function settleValues(settlements: readonly Settlement[]): unknown[] {
  return [
    settlements.map(({ claim }) => claim.id),
    settlements.map(({ claim }) => claim.run),
    settlements.map(({ claim }) => claim.workerId),
    settlements.map(({ claim }) => claim.claimedAt),
    settlements.map(({ status }) => status),
    settlements.map(({ retryCount }) => retryCount),
    settlements.map(({ delayMs }) => delayMs),
    settlements.map(({ result }) => result),
    settlements.map(({ outcome }) => outcome),
    settlements.map(({ startedAfterMs }) => startedAfterMs),
    settlements.map(({ finishedAfterMs }) => finishedAfterMs),
    settlements.map(({ error }) => error?.message ?? null),
    settlements.map(({ error }) => error?.stack ?? null),
  ];
}
