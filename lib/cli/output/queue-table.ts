import type { QueueReading } from '../../core/ports/ledger-readings.js';
import type { Paint } from './paint.js';
import { tableOf, type Column, type TablePlace } from './table.js';
import { countText, shortSpan } from './times.js';

/** Queues for people. */
export function queueTable(queues: readonly QueueReading[], place: TablePlace): string {
  return tableOf(COLUMNS, queues, place);
}

/** What is wrong with queues, worst first, each with what to do about it. */
export function queueProblems(queues: readonly QueueReading[], paint: Paint): string[] {
  const stuck = queues.filter(
    ({ pending, liveWorkers, paused }) => pending > 0 && liveWorkers === 0 && !paused,
  );
  const dead = queues.filter(({ dead: count }) => count > 0);
  const paused = queues.filter(({ paused: isPaused, pausedTypes }) => isPaused || pausedTypes.length > 0);
  return [
    ...stuck.map(
      ({ queue, pending }) =>
        `${paint.bad('!')} ${queue}: ${countText(pending)} pending and no worker. Start one: kyu work <module>`,
    ),
    ...dead.map(
      ({ queue, dead: count }) =>
        `${paint.careful('!')} ${queue}: ${countText(count)} dead. Look: kyu dead list queue:${queue}`,
    ),
    ...paused.map(({ queue, paused: isPaused, pausedTypes }) =>
      isPaused
        ? `${paint.careful('!')} ${queue} is paused. Go on: kyu queues resume ${queue}`
        : `${paint.careful('!')} ${queue}: ${pausedTypes.join(', ')} paused. Go on: kyu queues resume ${queue} --type ${pausedTypes[0]}`,
    ),
  ];
}

const COLUMNS: readonly Column<QueueReading>[] = [
  { title: 'QUEUE', text: ({ queue }) => queue, takesTheRest: true },
  number('PENDING', ({ pending }) => pending),
  number('SCHEDULED', ({ scheduled }) => scheduled),
  { ...number('RUNNING', ({ running }) => running), colour: (_, paint) => paint.busy },
  {
    ...number('FAILED', ({ failed }) => failed),
    colour: ({ failed }, paint) => unlessZero(failed, paint.careful),
  },
  { ...number('DEAD', ({ dead }) => dead), colour: ({ dead }, paint) => unlessZero(dead, paint.bad) },
  {
    title: 'OLDEST',
    text: ({ oldestPendingMs }) => (oldestPendingMs === null ? '–' : shortSpan(oldestPendingMs)),
    align: 'right',
  },
  number('WORKERS', ({ liveWorkers }) => liveWorkers),
  {
    title: 'PAUSED',
    text: ({ paused, pausedTypes }) => (paused ? 'yes' : pausedTypes.join(', ')),
    colour: (_, paint) => paint.careful,
  },
];

function number(title: string, count: (reading: QueueReading) => number): Column<QueueReading> {
  return { title, text: (reading) => countText(count(reading)), align: 'right' };
}

function unlessZero(count: number, colour: (text: string) => string): (text: string) => string {
  return count === 0 ? (text) => text : colour;
}
