import { closeSync, openSync, readSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { EventKind, FaultEvent } from './events.js';
import { LONG_ENOUGH_MS, waitUntil } from './wait-until.js';

const PAGE_BYTES = 1 << 16;
/** The processes that are watched need the processors more than the watcher does. */
const LOOK_EVERY_MS = 40;

/** How far one file has been read, and the beginning of a line that was still being written. */
interface Position {
  readonly file: number;
  offset: number;
  rest: string;
}

/** Reads what the processes of a fault test write, while they write it. */
export class EventLog {
  private readonly positions = new Map<string, Position>();
  private readonly known: FaultEvent[] = [];
  private readonly underWay = new Map<number, number>();
  private acknowledged = 0;

  constructor(private readonly folder: string) {}

  /** Every event so far, in the order of time. */
  all(): readonly FaultEvent[] {
    const fresh = readdirSync(this.folder).flatMap((name) => this.readOn(join(this.folder, name)));
    if (fresh.length > 0) this.add(fresh.sort(byInstant));
    return this.known;
  }

  /** How many handlers of a process have started and not ended, as of the last look. */
  runsUnderWay(pid: number): number {
    return this.underWay.get(pid) ?? 0;
  }

  /** How many jobs were acknowledged, as of the last look. */
  get enqueued(): number {
    return this.acknowledged;
  }

  /** The events of one kind, optionally of one process, since an instant. */
  of<Kind extends EventKind>(
    kind: Kind,
    { pid, since = 0 }: { readonly pid?: number; readonly since?: number } = {},
  ): Extract<FaultEvent, { kind: Kind }>[] {
    const isWanted = (event: FaultEvent): event is Extract<FaultEvent, { kind: Kind }> =>
      event.kind === kind && event.at >= since && (pid === undefined || event.pid === pid);
    return this.all().filter(isWanted);
  }

  /** Waits until `find` answers something, and answers it. */
  async first<Found>(
    what: string,
    find: (log: EventLog) => Found | undefined,
    withinMs = LONG_ENOUGH_MS,
  ): Promise<Found> {
    return waitUntil(what, () => find(this), { withinMs, everyMs: LOOK_EVERY_MS });
  }

  /** Kyu's own last words that are warnings or worse and about no single run, for the report of a failed test. */
  troubles(most: number): string[] {
    const lines = this.of('log').filter(
      ({ details, level }) => /warn|error/.test(level) && !('attempt' in details),
    );
    return lines.slice(-most).map(({ at, pid, message }) => `${Math.round(at)} pid ${pid}: ${message}`);
  }

  close(): void {
    for (const { file } of this.positions.values()) closeSync(file);
    this.positions.clear();
  }

  /** The processes write side by side: what is read now may be older than what was read before, but not by much. */
  private add(fresh: readonly FaultEvent[]): void {
    const oldest = fresh[0]?.at ?? Infinity;
    let keep = this.known.length;
    while (keep > 0 && (this.known[keep - 1]?.at ?? 0) > oldest) keep -= 1;
    this.known.push(...[...this.known.splice(keep), ...fresh].sort(byInstant));
    for (const event of fresh) this.count(event);
  }

  private count(event: FaultEvent): void {
    const change = event.kind === 'start' ? 1 : event.kind === 'end' ? -1 : 0;
    if (change !== 0) this.underWay.set(event.pid, this.runsUnderWay(event.pid) + change);
    if (event.kind === 'enqueued') this.acknowledged += event.jobs.length;
  }

  private readOn(path: string): FaultEvent[] {
    const position = this.positions.get(path) ?? { file: openSync(path, 'r'), offset: 0, rest: '' };
    this.positions.set(path, position);
    const added = readFrom(position);
    if (added.length === 0) return [];
    position.offset += added.length;
    const lines = (position.rest + added.toString('latin1')).split('\n');
    position.rest = lines.pop() ?? '';
    return lines.map((line) => JSON.parse(fromLatin1(line)) as FaultEvent);
  }
}

function byInstant(one: FaultEvent, other: FaultEvent): number {
  return one.at - other.at;
}

function readFrom({ file, offset }: Position): Buffer {
  const pages: Buffer[] = [];
  for (let at = offset; ;) {
    const page = Buffer.alloc(PAGE_BYTES);
    const count = readSync(file, page, 0, PAGE_BYTES, at);
    if (count > 0) pages.push(page.subarray(0, count));
    // A short page is the end: what is written meanwhile is there at the next look.
    if (count < PAGE_BYTES) return Buffer.concat(pages);
    at += count;
  }
}

/** Bytes are kept one per character until a line is whole: a page may end inside a character of several bytes. */
function fromLatin1(line: string): string {
  return Buffer.from(line, 'latin1').toString('utf8');
}
