import { closeSync, openSync, readSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { EventKind, FaultEvent } from './events.js';
import { waitUntil } from './wait-until.js';

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

  constructor(private readonly folder: string) {}

  /** Every event so far, in the order of time. */
  all(): readonly FaultEvent[] {
    const before = this.known.length;
    for (const name of readdirSync(this.folder)) this.readOn(join(this.folder, name));
    if (this.known.length > before) this.known.sort((one, other) => one.at - other.at);
    return this.known;
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
    withinMs: number,
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

  private readOn(path: string): void {
    const position = this.positions.get(path) ?? { file: openSync(path, 'r'), offset: 0, rest: '' };
    this.positions.set(path, position);
    const added = readFrom(position);
    if (added.length === 0) return;
    position.offset += added.length;
    const lines = (position.rest + added.toString('latin1')).split('\n');
    position.rest = lines.pop() ?? '';
    for (const line of lines) this.known.push(JSON.parse(fromLatin1(line)) as FaultEvent);
  }
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
