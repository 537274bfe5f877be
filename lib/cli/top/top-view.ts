import { JOB_STATUSES } from '../../core/job-status.js';
import { escapeInvisible } from '../../core/redact.js';
import { shortenTo, widthOf, type Paint } from '../output/paint.js';
import { queueTable } from '../output/queue-table.js';
import { statusColour } from '../output/status-colour.js';
import { tableOf } from '../output/table.js';
import { statusCount } from '../output/status-count.js';
import { countText, shortSpan, timeText } from '../output/times.js';
import { beatText, livingFirst } from '../output/worker-table.js';
import type { TopReading } from './top-reading.js';

/** Where and when it is drawn. */
export interface TopFrame {
  readonly width: number;
  readonly height: number;
  readonly paint: Paint;
  readonly nowMs: number;
  /** Which ledger it is. */
  readonly title: string;
  /** Why the figures are not fresh. */
  readonly trouble: string | undefined;
}

const BARS = '▁▂▃▄▅▆▇█';
const MOST_PROBLEMS = 3;
const LEAST_HEAD = 40;

/** The lines of the live view: never more, and never longer, than the terminal has room for. */
export function topView(reading: TopReading | undefined, frame: TopFrame): string[] {
  const head = [headLine(frame)];
  if (frame.trouble !== undefined) head.push(frame.paint.bad(cut(frame.trouble, frame)));
  if (reading === undefined) return head;
  const above = [...head, ...countLines(reading, frame), ...problemLines(reading, frame)];
  const sections = [queueLines(reading, frame), workerLines(reading, frame), errorLines(reading, frame)];
  return [...above, ...fitted(sections, frame.height - above.length)].slice(0, frame.height);
}

function headLine({ width, paint, title, nowMs }: TopFrame): string {
  const right = width < LEAST_HEAD ? '' : `${new Date(nowMs).toISOString().slice(11, 19)} UTC  q quit`;
  const left = shortenTo(`kyu top  ${title}`, Math.max(0, width - right.length - 2));
  return `${paint.strong(left)}${' '.repeat(Math.max(2, width - widthOf(left) - right.length))}${paint.quiet(right)}`;
}

function countLines({ overview }: TopReading, frame: TopFrame): string[] {
  const { series, errorRate, oldestPendingMs } = overview;
  const parts = JOB_STATUSES.map((status) => `${status} ${statusCount(overview, status)}`);
  const plain = parts.join('  ');
  const painted = JOB_STATUSES.map(
    (status) => `${statusColour(status, frame.paint)(status)} ${statusCount(overview, status)}`,
  );
  // The last part of the window has only begun.
  const last = series.at(-2);
  const rates = [
    `in ${countText(last?.enqueued ?? 0)}/min`,
    `out ${countText(last?.completed ?? 0)}/min`,
    `failed ${countText(last?.failed ?? 0)}/min`,
    errorRate === null ? '' : `errors ${(errorRate * 100).toFixed(1)} %`,
    oldestPendingMs === null ? '' : `oldest ${shortSpan(oldestPendingMs)}`,
  ].filter(Boolean);
  const text = rates.join('  ');
  const room = Math.max(0, frame.width - widthOf(text) - 2);
  const bars =
    room === 0
      ? ''
      : sparkline(
          series
            .slice(0, -1)
            .slice(-room)
            .map(({ completed }) => completed),
        );
  return [
    widthOf(plain) > frame.width ? cut(plain, frame) : painted.join('  '),
    cut(`${text}  ${bars}`, frame),
  ];
}

function problemLines({ overview }: TopReading, frame: TopFrame): string[] {
  const { problems } = overview;
  const lines = problems.slice(0, MOST_PROBLEMS).map(({ severity, text }) => {
    const colour = severity === 'critical' ? frame.paint.bad : frame.paint.careful;
    return colour(cut(`! ${escapeInvisible(text)}`, frame));
  });
  const left = problems.length - lines.length;
  return left > 0 ? [...lines, frame.paint.quiet(cut(`  ${left} more: kyu doctor`, frame))] : lines;
}

function queueLines({ queues }: TopReading, { paint, width }: TopFrame): string[] {
  const busiest = [...queues].sort((left, right) => weightOf(right) - weightOf(left));
  return clipped(queueTable(busiest, { paint, width }), width);
}

function weightOf({ pending, running, failed, dead }: TopReading['queues'][number]): number {
  return pending + running + failed + dead;
}

function workerLines({ workers }: TopReading, { paint, width, nowMs }: TopFrame): string[] {
  const living = livingFirst(workers).filter(({ state }) => state === 'alive' || state === 'draining');
  if (living.length === 0) return [paint.careful('no worker lives')];
  const table = tableOf(
    [
      { title: 'WORKER', text: ({ workerId }) => workerId.slice(0, 8) },
      { title: 'HOST', text: ({ host, pid }) => `${host}:${pid}`, takesTheRest: true },
      { title: 'STATE', text: ({ state }) => state },
      { title: 'BUSY', text: ({ running, concurrency }) => `${running}/${concurrency}`, align: 'right' },
      {
        title: 'BEAT',
        text: (worker) => beatText(worker, { nowMs, isExact: false }),
        align: 'right',
      },
    ],
    living,
    { paint, width },
  );
  return clipped(table, width);
}

function errorLines({ errors }: TopReading, { paint, width, nowMs }: TopFrame): string[] {
  if (errors.length === 0) return [paint.quiet('no errors in the last hour')];
  const table = tableOf(
    [
      { title: 'ERRORS', text: ({ runs }) => countText(runs), align: 'right' },
      { title: 'DEAD', text: ({ dead }) => countText(dead), align: 'right' },
      {
        title: 'LAST',
        text: ({ lastSeenAt }) => timeText(lastSeenAt, { nowMs, isExact: false }),
        align: 'right',
      },
      { title: 'TYPES', text: ({ types }) => types.slice(0, 2).join(', ') },
      { title: 'MESSAGE', text: ({ message }) => message, takesTheRest: true },
    ],
    errors,
    { paint, width },
  );
  return clipped(table, width);
}

/** Tables share what room there is: each gets its part, and what one does not need goes to the next. */
function fitted(sections: readonly string[][], room: number): string[] {
  const lines: string[] = [];
  sections.forEach((section, index) => {
    const left = room - lines.length;
    const share = Math.floor(left / (sections.length - index));
    const others = sections.slice(index + 1).reduce((sum, other) => sum + other.length + 1, 0);
    const most = Math.max(share, left - others);
    if (most >= 3) lines.push('', ...section.slice(0, most - 1));
  });
  return lines;
}

function sparkline(values: readonly number[]): string {
  const top = Math.max(...values, 1);
  return values.map((value) => BARS[Math.round((value / top) * (BARS.length - 1))] ?? '').join('');
}

/** A narrow terminal shows the left of a table: a line that wraps would break the picture. */
function clipped(table: string, width: number): string[] {
  return table.split('\n').map((line) => (widthOf(line) <= width ? line : clipColoured(line, width)));
}

function clipColoured(line: string, width: number): string {
  // eslint-disable-next-line no-control-regex
  const parts = line.split(/(\u001B\[\d+m)/);
  let left = width;
  return parts
    .map((part) => {
      if (part.startsWith('\u001B')) return part;
      const short = left <= 0 ? '' : shortenTo(part, left);
      left -= widthOf(short);
      return short;
    })
    .join('');
}

function cut(text: string, { width }: TopFrame): string {
  return shortenTo(text, width);
}
