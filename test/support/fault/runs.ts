import type { EndEvent, StartEvent } from './events.js';
import type { History } from './history.js';

/** One execution of a handler, as its process wrote it down. */
export interface ObservedRun {
  readonly job: string;
  readonly run: number;
  readonly pid: number;
  readonly startedAt: number;
  /** Its own end, else that of its process; `undefined` = it still runs. */
  readonly endedAt: number | undefined;
  readonly result: EndEvent['result'] | undefined;
  /** When code of it could run: its time without the time in which its process was frozen. */
  readonly active: readonly Span[];
}

/** From an instant to another. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The runs of each job, in the order of their starts. */
export function runsByJob(history: History): Map<string, ObservedRun[]> {
  const ends = new Map<string, EndEvent>();
  for (const event of history.events) if (event.kind === 'end') ends.set(runKey(event), event);
  const lastInstants = lastInstantOfEachProcess(history);
  const runs = new Map<string, ObservedRun[]>();
  for (const event of history.events) {
    if (event.kind !== 'start') continue;
    const ofJob = runs.get(event.job) ?? [];
    runs.set(event.job, ofJob);
    ofJob.push(observe(event, ends.get(runKey(event)), lastInstants.get(event.pid), history));
  }
  for (const ofJob of runs.values()) ofJob.sort((one, other) => one.startedAt - other.startedAt);
  return runs;
}

/** A process that was killed ended at its kill: what its parent heard of it later is no evidence of work. */
function lastInstantOfEachProcess({ exits, kills }: History): Map<number, number> {
  return new Map([...exits, ...kills].map(({ pid, at }) => [pid, at]));
}

function observe(
  start: StartEvent,
  end: EndEvent | undefined,
  processEndedAt: number | undefined,
  { pauses }: History,
): ObservedRun {
  const endedAt = end?.at ?? processEndedAt;
  const whole = { from: start.at, to: endedAt ?? Number.POSITIVE_INFINITY };
  const frozen = pauses.filter(({ pid }) => pid === start.pid);
  return {
    job: start.job,
    run: start.run,
    pid: start.pid,
    startedAt: start.at,
    endedAt,
    result: end?.result,
    active: frozen.reduce<Span[]>((spans, pause) => spans.flatMap((span) => without(span, pause)), [whole]),
  };
}

function without(span: Span, pause: Span): Span[] {
  const before = { from: span.from, to: Math.min(span.to, pause.from) };
  const after = { from: Math.max(span.from, pause.to), to: span.to };
  return [before, after].filter(({ from, to }) => from < to);
}

function runKey({ job, pid, run }: { job: string; run: number; pid: number }): string {
  return `${job} ${run} ${pid}`;
}
