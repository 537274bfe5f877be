import type { FaultEvent } from '../../support/fault/events.js';
import type { History } from '../../support/fault/history.js';
import type { AuditedState } from '../../support/job-steps.js';

interface Line {
  readonly at: number;
  readonly text: string;
}

/** Everything that is known of one job, in the order of time: seconds since the first event of the history. */
export function storyOf(job: string, history: History): string[] {
  const events = history.events.filter((event) => isAbout(event, job));
  const pids = new Set(events.map(({ pid }) => pid));
  const lines: Line[] = [
    ...events.map((event) => ({ at: event.at, text: `process ${event.pid} ${tellEvent(event)}` })),
    ...(history.changes ?? [])
      .filter(({ jobId }) => jobId === job)
      .map(({ after, at, before }) => ({ at, text: `ledger: ${tellState(before)} → ${tellState(after)}` })),
    ...history.kills
      .filter(({ pid }) => pids.has(pid))
      .map(({ at, pid }) => ({ at, text: `SIGKILL to process ${pid}` })),
    ...history.exits
      .filter(({ pid }) => pids.has(pid))
      .map(({ at, pid }) => ({ at, text: `process ${pid} is gone` })),
    ...history.pauses
      .filter(({ pid }) => pids.has(pid))
      .flatMap(({ from, pid, to }) => [
        { at: from, text: `process ${pid} is frozen` },
        { at: to, text: `process ${pid} is thawed` },
      ]),
  ];
  const begunAt = history.events[0]?.at ?? 0;
  const told = lines
    .sort((one, other) => one.at - other.at)
    .map(({ at, text }) => `${((at - begunAt) / 1_000).toFixed(3).padStart(8)} s  ${text}`);
  const attempts = history.attempts
    .filter((attempt) => attempt.job === job)
    .map(
      ({ outcome, pid, run }) =>
        `          row of kyu_attempts: run ${run} ${outcome}, of process ${pid ?? 'unknown'}`,
    );
  return [...told, ...attempts];
}

function isAbout(event: FaultEvent, job: string): boolean {
  if (event.kind === 'enqueued') return event.jobs.includes(job);
  if (event.kind === 'log') return event.details['jobId'] === job;
  return 'job' in event && event.job === job;
}

function tellEvent(event: FaultEvent): string {
  switch (event.kind) {
    case 'start':
      return `started run ${event.run}`;
    case 'end':
      return `ended run ${event.run}: its handler ${event.result}`;
    case 'abort':
      return `aborted run ${event.run}: ${event.reason}`;
    case 'enqueued':
      return 'heard that the job is committed';
    case 'log':
      return `logged: ${event.message}`;
    default:
      return event.kind;
  }
}

function tellState(state: AuditedState | null): string {
  if (state === null) return 'nothing';
  return `${state.status}, run ${state.run}${state.owner === null ? '' : `, worker ${state.owner}`}`;
}
