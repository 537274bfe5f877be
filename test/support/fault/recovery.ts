import type { History } from './history.js';
import type { ObservedRun } from './runs.js';

/** How long something took, over all cases. */
export interface Spread {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}

export function describeSpread({ count, max, p50, p99 }: Spread): string {
  return `p50 ${Math.round(p50)} ms, p99 ${Math.round(p99)} ms, max ${Math.round(max)} ms (${count} cases)`;
}

/**
 * From each SIGKILL to the next start of every job that the killed process had claimed: also of those that it had
 * not begun yet, and of those whose end it could not write any more. A job that died of its crashes has no next start.
 * One whose next claim was lost before it ran has been given away in time; what it waited for then is the fault of
 * whoever lost it, and is measured from there.
 */
export function recoveryTimes(history: History, runs: ReadonlyMap<string, readonly ObservedRun[]>): number[] {
  const killedAt = new Map(history.kills.map(({ at, pid }) => [pid, at]));
  return history.attempts.flatMap(({ job, outcome, pid, run }) => {
    const kill = pid === undefined ? undefined : killedAt.get(pid);
    if (outcome !== 'crashed' || kill === undefined) return [];
    const next = (runs.get(job) ?? []).find((observed) => observed.run === run + 1);
    return next === undefined ? [] : [next.startedAt - kill];
  });
}
