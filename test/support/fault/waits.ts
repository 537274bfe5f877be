import type { EventLog } from './event-log.js';

/** From an instant until before another. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** When each job was started first. */
export function firstStarts(log: EventLog): Map<string, number> {
  const starts = new Map<string, number>();
  for (const { at, job } of log.of('start')) if (!starts.has(job)) starts.set(job, at);
  return starts;
}

/**
 * How long each job that was acknowledged in the window waited for its first start, in ms. A job may start before
 * its producer hears that it exists: that is no wait.
 */
export function waitsOf(log: EventLog, { from, to }: Window): number[] {
  const starts = firstStarts(log);
  const acknowledged = log.of('enqueued').filter(({ at }) => at >= from && at < to);
  return acknowledged.flatMap(({ at, jobs }) =>
    jobs.map((job) => Math.max(0, (starts.get(job) ?? Number.POSITIVE_INFINITY) - at)),
  );
}

/** Handler starts per second. */
export function startRate(log: EventLog, { from, to }: Window): number {
  const count = log.of('start').filter(({ at }) => at >= from && at < to).length;
  return count / ((to - from) / 1_000);
}

/** Waits until so many handlers have started since an instant. */
export async function startsSince(log: EventLog, since: number, count: number): Promise<void> {
  const enough = (now: EventLog) => now.of('start', { since }).at(count - 1);
  await log.first(`the start of ${count} runs`, enough);
}
