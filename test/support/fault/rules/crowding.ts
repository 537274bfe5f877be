import type { Finding, History } from '../history.js';
import type { ObservedRun } from '../runs.js';

/** A run that came to one of these ends held its place from its start to the end of its handler. */
const ENDED_BY_ITS_HANDLER: ReadonlySet<string> = new Set(['completed', 'failed', 'discarded']);

/** No process executes more runs at once than it has places. A run that lost its place meanwhile is not counted. */
export function findCrowds(
  { attempts, concurrency }: History,
  runs: ReadonlyMap<string, readonly ObservedRun[]>,
): Finding[] {
  if (concurrency === undefined) return [];
  const held = new Set(
    attempts
      .filter(({ outcome }) => ENDED_BY_ITS_HANDLER.has(outcome))
      .map(({ job, pid, run }) => `${job} ${run} ${pid}`),
  );
  const byProcess = new Map<number, ObservedRun[]>();
  for (const run of [...runs.values()].flat()) {
    if (run.endedAt === undefined || !held.has(`${run.job} ${run.run} ${run.pid}`)) continue;
    const ofProcess = byProcess.get(run.pid) ?? [];
    byProcess.set(run.pid, ofProcess);
    ofProcess.push(run);
  }
  return [...byProcess.entries()].flatMap(([pid, ofProcess]) => {
    const most = mostAtOnce(ofProcess);
    if (most <= concurrency) return [];
    const detail = `process ${pid} executed ${most} runs at once, and has ${concurrency} places`;
    return [{ rule: 'crowded-process' as const, job: '', detail }];
  });
}

function mostAtOnce(runs: readonly ObservedRun[]): number {
  // Of an end and a start at one instant the end comes first.
  const steps = runs
    .flatMap(({ endedAt = Infinity, startedAt }) => [
      { at: startedAt, change: 1 },
      { at: endedAt, change: -1 },
    ])
    .sort((one, other) => one.at - other.at || one.change - other.change);
  let now = 0;
  let most = 0;
  for (const { change } of steps) {
    now += change;
    most = Math.max(most, now);
  }
  return most;
}
