import type { WorkerReading } from '../../core/ports/ledger-readings.js';
import { tableOf, type Column, type TablePlace } from './table.js';
import { shortSpan, timeText, type TimeStyle } from './times.js';

/** Worker processes for people, the living ones first. */
export function workerTable(workers: readonly WorkerReading[], times: TimeStyle, place: TablePlace): string {
  return tableOf(columnsOf(times), livingFirst(workers), place);
}

/** Living ones first, then those that ended last. */
export function livingFirst(workers: readonly WorkerReading[]): WorkerReading[] {
  const rank = (worker: WorkerReading): number =>
    worker.state === 'alive' ? 0 : worker.state === 'draining' ? 1 : 2;
  return [...workers].sort(
    (left, right) => rank(left) - rank(right) || right.heartbeatAt.getTime() - left.heartbeatAt.getTime(),
  );
}

/** How long ago it was, by the database's clock: this machine's may go wrong. */
export function beatText({ heartbeatAt, heartbeatAgeMs }: WorkerReading, times: TimeStyle): string {
  return times.isExact ? timeText(heartbeatAt, times) : `${shortSpan(heartbeatAgeMs)} ago`;
}

function columnsOf(times: TimeStyle): Column<WorkerReading>[] {
  return [
    { title: 'WORKER', text: ({ workerId }) => workerId },
    { title: 'HOST', text: ({ host }) => host },
    { title: 'PID', text: ({ pid }) => String(pid), align: 'right' },
    {
      title: 'STATE',
      text: ({ state }) => state,
      colour: ({ state }, paint) =>
        state === 'alive' ? paint.good : state === 'draining' ? paint.careful : paint.quiet,
    },
    { title: 'BUSY', text: ({ running, concurrency }) => `${running}/${concurrency}`, align: 'right' },
    { title: 'BEAT', text: (worker) => beatText(worker, times), align: 'right' },
    { title: 'VERSION', text: ({ version }) => version },
    { title: 'QUEUES', text: ({ queues }) => queues.join(', '), takesTheRest: true },
  ];
}
