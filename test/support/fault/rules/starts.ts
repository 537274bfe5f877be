import type { Finding } from '../history.js';
import type { ObservedRun } from '../runs.js';

/** Each (job, run) is started once, and the runs of a job only grow. */
export function findWrongStarts(runs: ReadonlyMap<string, readonly ObservedRun[]>): Finding[] {
  return [...runs.values()].flatMap((ofJob) =>
    neighbours(ofJob).flatMap(([one, next]) => wrongOrder(one, next)),
  );
}

/** Two runs of one job never execute at the same moment. */
export function findOverlaps(runs: ReadonlyMap<string, readonly ObservedRun[]>): Finding[] {
  return [...runs.values()].flatMap((ofJob) =>
    pairs(ofJob).flatMap(([one, next]) => {
      const overlapMs = commonMs(one, next);
      if (overlapMs <= 0) return [];
      const who = `run ${one.run} (process ${one.pid}) and run ${next.run} (process ${next.pid})`;
      return [
        { rule: 'overlap', job: one.job, detail: `${who} executed at once for ${overlapMs.toFixed(1)} ms` },
      ];
    }),
  );
}

function wrongOrder(one: ObservedRun, next: ObservedRun): Finding[] {
  const { job, run } = next;
  if (run === one.run) {
    const detail = `run ${run} was started by process ${one.pid} and by process ${next.pid}`;
    return [{ rule: 'duplicate-start', job, detail }];
  }
  if (run > one.run) return [];
  return [{ rule: 'run-went-back', job, detail: `run ${run} was started after run ${one.run}` }];
}

function commonMs(one: ObservedRun, other: ObservedRun): number {
  let common = 0;
  for (const span of one.active) {
    for (const against of other.active) {
      common += Math.max(0, Math.min(span.to, against.to) - Math.max(span.from, against.from));
    }
  }
  return common;
}

function neighbours<Item>(items: readonly Item[]): [Item, Item][] {
  return items.slice(1).map((item, index) => [items[index]!, item]); // one shorter than the list
}

function pairs<Item>(items: readonly Item[]): [Item, Item][] {
  return items.flatMap((item, index) => items.slice(index + 1).map((other): [Item, Item] => [item, other]));
}
