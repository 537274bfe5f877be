import type { Finding, History } from '../history.js';
import { spreadOf } from '../recovery.js';
import type { ObservedRun } from '../runs.js';

/** How soon jobs start that may start. */
export interface LivenessPromise {
  /** Half of them within this time. */
  readonly halfWithinMs?: number;
  /** All of them within this time. */
  readonly allWithinMs?: number;
}

/** How long a job that was ready waited for its run. */
export interface Wait {
  readonly job: string;
  readonly ms: number;
  readonly hasStarted: boolean;
}

/**
 * From each moment at which a job became pending to the start of its next run; for its first run from the moment at
 * which its producer knew of the commit. A job that somebody claimed and did not start waits anew from its rescue.
 */
export function waitsForRuns(history: History, runs: ReadonlyMap<string, readonly ObservedRun[]>): Wait[] {
  const judgedAt = history.judgedAt ?? Infinity;
  const acknowledgedAt = new Map<string, number>();
  for (const event of history.events) {
    if (event.kind === 'enqueued') for (const job of event.jobs) acknowledgedAt.set(job, event.at);
  }
  const statuses = new Map(history.jobs.map(({ id, status }) => [id, status]));
  return (history.changes ?? []).flatMap(({ after, at, before, jobId: job }): Wait[] => {
    if (after?.status !== 'pending' || before?.status === 'pending') return [];
    const readyAt = before === null ? Math.max(at, acknowledgedAt.get(job) ?? at) : at;
    const next = (runs.get(job) ?? []).find(({ run }) => run === after.run + 1);
    if (next !== undefined) return [{ job, ms: Math.max(0, next.startedAt - readyAt), hasStarted: true }];
    return statuses.get(job) === 'pending' ? [{ job, ms: judgedAt - readyAt, hasStarted: false }] : [];
  });
}

export function findLateStarts(
  waits: readonly Wait[],
  { allWithinMs = Infinity, halfWithinMs = Infinity }: LivenessPromise,
): Finding[] {
  const late = waits.filter(({ ms }) => ms > allWithinMs).map((wait) => lateStart(wait, allWithinMs));
  const { p50 } = spreadOf(waits.map(({ ms }) => ms));
  if (p50 <= halfWithinMs) return late;
  const detail = `half of the jobs waited ${Math.round(p50)} ms and more, and ${halfWithinMs} ms are promised`;
  return [...late, { rule: 'late-start', job: '', detail }];
}

function lateStart({ hasStarted, job, ms }: Wait, promisedMs: number): Finding {
  const what = hasStarted ? 'it started' : 'it had not started';
  const detail = `${what} ${Math.round(ms)} ms after it was ready, and ${promisedMs} ms are promised`;
  return { rule: 'late-start', job, detail };
}
