import type { Finding, History, Pause } from '../history.js';
import type { ObservedRun, Span } from '../runs.js';

/** Code of a frozen process goes on for so long after the thaw before it can know that its lease is over. */
const THAW_MS = 100;

/** Overlaps, and those that a thaw explains: these are listed, never silent, and no broken promise. */
export interface Overlaps {
  readonly findings: readonly Finding[];
  readonly afterThaw: readonly Finding[];
}

/** Each (job, run) is started once, and the runs of a job only grow. */
export function findWrongStarts(runs: ReadonlyMap<string, readonly ObservedRun[]>): Finding[] {
  return [...runs.values()].flatMap((ofJob) =>
    neighbours(ofJob).flatMap(([one, next]) => wrongOrder(one, next)),
  );
}

/** Every run that started had been claimed, and by the process that started it. */
export function findUnclaimedStarts(
  { changes, workers }: History,
  runs: ReadonlyMap<string, readonly ObservedRun[]>,
): Finding[] {
  if (changes === undefined || workers === undefined) return [];
  const pids = new Map(workers.map(({ id, pid }) => [id, pid]));
  const claims = new Map<string, number | undefined>();
  for (const { after, jobId } of changes) {
    if (after?.status === 'running')
      claims.set(`${jobId} ${after.run}`, after.owner === null ? undefined : pids.get(after.owner));
  }
  return [...runs.values()].flat().flatMap(({ job, pid, run }) => {
    const owner = claims.get(`${job} ${run}`);
    if (owner === pid) return [];
    const whose = owner === undefined ? 'nobody had claimed it' : `process ${owner} had claimed it`;
    return [{ rule: 'unclaimed-start', job, detail: `process ${pid} started run ${run}, but ${whose}` }];
  });
}

/** Two runs of one job never execute at the same moment. */
export function findOverlaps(
  runs: ReadonlyMap<string, readonly ObservedRun[]>,
  pauses: readonly Pause[],
): Overlaps {
  const findings: Finding[] = [];
  const afterThaw: Finding[] = [];
  for (const ofJob of runs.values()) {
    for (const [one, next] of pairs(ofJob)) {
      const common = commonSpans(one, next);
      if (common.length === 0) continue;
      const thaws = pauses.filter(({ pid }) => pid === one.pid || pid === next.pid).map(({ to }) => to);
      const isExplained = common.every((span) => thaws.some((thaw) => isJustAfter(thaw, span)));
      (isExplained ? afterThaw : findings).push(overlapOf(one, next, common));
    }
  }
  return { findings, afterThaw };
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

function overlapOf(one: ObservedRun, next: ObservedRun, common: readonly Span[]): Finding {
  const ms = common.reduce((sum, { from, to }) => sum + to - from, 0);
  const who = `run ${one.run} (process ${one.pid}) and run ${next.run} (process ${next.pid})`;
  return { rule: 'overlap', job: one.job, detail: `${who} executed at once for ${ms.toFixed(1)} ms` };
}

function isJustAfter(thaw: number, { from, to }: Span): boolean {
  return from >= thaw && to <= thaw + THAW_MS;
}

function commonSpans(one: ObservedRun, other: ObservedRun): Span[] {
  return one.active
    .flatMap((span) =>
      other.active.map(({ from, to }) => ({ from: Math.max(span.from, from), to: Math.min(span.to, to) })),
    )
    .filter(({ from, to }) => from < to);
}

function neighbours<Item>(items: readonly Item[]): [Item, Item][] {
  return items.slice(1).map((item, index) => [items[index]!, item]); // one shorter than the list
}

function pairs<Item>(items: readonly Item[]): [Item, Item][] {
  return items.flatMap((item, index) => items.slice(index + 1).map((other): [Item, Item] => [item, other]));
}
