import { CronExpression } from './cron-expression.js';

/** A change of the clocks of a zone: what they skip, or show twice. Wall times are ms as if the zone were UTC. */
interface ClockChange {
  readonly fromWallMs: number;
  readonly toWallMs: number;
  readonly kind: 'skipped' | 'doubled';
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const LOOKED_AHEAD_DAYS = 366;

/**
 * What a change of clocks within the next year does to a schedule, in words; `null` when no tick of it falls into an
 * hour that is skipped or comes twice. One that runs in every hour is not spoken of: it follows the clock on the wall.
 */
export function clockChangeNote(cron: string, timezone: string, nowMs: number): string | null {
  const fields = cron.trim().split(/\s+/);
  const times = fields.slice(0, fields.length === 6 ? 3 : 2);
  const [hours = '*'] = times.slice(-1);
  if (hours.startsWith('*')) return null;
  const keepsCount = times.every((field) => !/[*/]/.test(field));
  const asWritten = CronExpression.parse(cron, 'UTC');
  const notes = changesOf(timezone, nowMs).flatMap((change) => {
    const tick = asWritten.atOrAfter(change.fromWallMs);
    if (tick === null || tick >= change.toWallMs) return [];
    return [noteOf(change, tick, keepsCount)];
  });
  return notes.length === 0 ? null : notes.join(' ');
}

function noteOf({ kind, fromWallMs, toWallMs }: ClockChange, tick: number, keepsCount: boolean): string {
  const day = new Date(tick).toISOString().slice(0, 10);
  const hour = `${wallTime(fromWallMs)} to ${wallTime(toWallMs)}`;
  if (kind === 'skipped') {
    const what = keepsCount ? `runs at ${wallTime(toWallMs)}` : 'is left out';
    return `On ${day} the clocks skip ${hour}: the tick at ${wallTime(tick)} ${what}.`;
  }
  const what = keepsCount ? 'runs once, at the first' : 'runs both times';
  return `On ${day} the clocks show ${hour} twice: the tick at ${wallTime(tick)} ${what}.`;
}

function wallTime(wallMs: number): string {
  return new Date(wallMs).toISOString().slice(11, 16);
}

function changesOf(timezone: string, nowMs: number): ClockChange[] {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const offsetAt = (instantMs: number): number => wallMsOf(format, instantMs) - instantMs;
  const startMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
  const changes: ClockChange[] = [];
  for (let day = 0; day < LOOKED_AHEAD_DAYS; day += 1) {
    const fromMs = startMs + day * DAY_MS;
    const before = offsetAt(fromMs);
    const after = offsetAt(fromMs + DAY_MS);
    if (before === after) continue;
    const atMs = firstWith(offsetAt, fromMs, fromMs + DAY_MS, before);
    changes.push({
      kind: after > before ? 'skipped' : 'doubled',
      fromWallMs: atMs + Math.min(before, after),
      toWallMs: atMs + Math.max(before, after),
    });
  }
  return changes;
}

/** The first minute at which the offset is not the one before any more. */
function firstWith(
  offsetAt: (instantMs: number) => number,
  fromMs: number,
  toMs: number,
  before: number,
): number {
  let low = fromMs;
  let high = toMs;
  while (high - low > MINUTE_MS) {
    const middle = low + Math.floor((high - low) / 2 / MINUTE_MS) * MINUTE_MS;
    if (offsetAt(middle) === before) low = middle;
    else high = middle;
  }
  return high;
}

function wallMsOf(format: Intl.DateTimeFormat, instantMs: number): number {
  const parts = new Map(format.formatToParts(instantMs).map(({ type, value }) => [type, Number(value)]));
  const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
}
