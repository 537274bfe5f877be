import type { EventEmitter } from 'node:events';
import type { Pool } from 'pg';
import type { Clock, Timer } from '../core/ports/clock.js';

/** A connection as node-postgres has it, with what it does not declare. */
interface Line extends EventEmitter {
  /** False while a reply is awaited. */
  readonly readyForQuery: boolean;
  /** The session that it was told to be; behind a pooler it is none. */
  readonly processID: number;
  readonly connection?: { readonly stream: { readonly bytesRead: number; destroy(): void } };
}

/** What PostgreSQL says about the session of a connection. */
export interface SessionReport {
  readonly pid: number;
  /** There is no such session. Not told behind a pooler, where nobody knows. */
  readonly isGone: boolean;
  /** It has waited for its next statement for a while. */
  readonly isWaiting: boolean;
}

/** A connection from which nothing has come since it was first seen to wait. */
interface Silence {
  readonly bytesRead: number;
  readonly sinceMs: number;
}

const LOOK_PERIOD_MS = 500;
/** Statements of the engine take milliseconds; a silence of this length is worth a question. */
const LONGEST_SILENCE_MS = 1_500;

/**
 * Finds connections that are dead without a word: a firewall forgot them, a machine vanished, a reply was lost. A
 * statement that takes its time looks the same from here, and must not be cut for it. So PostgreSQL is asked, over a
 * fresh connection: only a session that does not work, while its connection waits for a reply, proves a dead line. Its
 * connection is destroyed, which ends the statement as any lost connection does. When no fresh connection can be
 * had either there is nothing to be won by cutting old ones, and the timeouts decide.
 *
 * Idle connections of the pool that were made before share the way of the dead one, and go with it: else each of
 * them would cost the next statement as much again.
 */
export class LineWatch {
  private readonly lines = new Map<Line, Pool>();
  private readonly inUse = new Set<Line>();
  private readonly silences = new Map<Line, Silence>();
  private isAsking = false;
  private readonly timer: Timer;

  constructor(
    private readonly clock: Clock,
    /** Asks over a fresh connection; rejects when there is none to be had in time. */
    private readonly ask: (pids: readonly number[]) => Promise<readonly SessionReport[]>,
  ) {
    this.timer = clock.every(LOOK_PERIOD_MS, () => void this.look());
  }

  watch(pool: Pool): void {
    pool.on('acquire', (client) => {
      this.lines.set(asLine(client), pool);
      this.inUse.add(asLine(client));
    });
    pool.on('release', (_error, client) => this.inUse.delete(asLine(client)));
    pool.on('remove', (client) => this.forget(asLine(client)));
  }

  stop(): void {
    this.timer.cancel();
    this.lines.clear();
    this.silences.clear();
  }

  private forget(line: Line): void {
    this.lines.delete(line);
    this.inUse.delete(line);
    this.silences.delete(line);
  }

  private async look(): Promise<void> {
    for (const line of this.lines.keys()) this.listenTo(line);
    if (this.isAsking) return;
    const overdue = [...this.silences.keys()].filter((line) => this.isOverdue(line));
    if (overdue.length === 0) return;
    this.isAsking = true;
    try {
      await this.examine(overdue);
    } catch {
      // PostgreSQL cannot be asked now: nothing is proved, and the next look asks again.
    } finally {
      this.isAsking = false;
    }
  }

  /** A connection gets ready by bytes alone: the same number of them means the same silence. */
  private listenTo(line: Line): void {
    if (line.readyForQuery || line.connection === undefined) return void this.silences.delete(line);
    const { bytesRead } = line.connection.stream;
    if (this.silences.get(line)?.bytesRead === bytesRead) return;
    this.silences.set(line, { bytesRead, sinceMs: this.clock.monotonicMs() });
  }

  private isOverdue(line: Line): boolean {
    const sinceMs = this.silences.get(line)?.sinceMs ?? Infinity;
    return this.clock.monotonicMs() - sinceMs >= LONGEST_SILENCE_MS;
  }

  private async examine(overdue: readonly Line[]): Promise<void> {
    const heard = new Map(overdue.map((line) => [line, this.silences.get(line)]));
    const reports = await this.ask(overdue.map(({ processID }) => processID));
    const lost = new Set(
      reports.filter(({ isGone, isWaiting }) => isGone || isWaiting).map(({ pid }) => pid),
    );
    for (const line of overdue.filter(({ processID }) => lost.has(processID))) {
      // The reply may have come while PostgreSQL was asked.
      this.listenTo(line);
      if (this.silences.has(line) && this.silences.get(line) === heard.get(line)) this.cut(line);
    }
  }

  private cut(line: Line): void {
    const pool = this.lines.get(line);
    this.forget(line);
    line.connection?.stream.destroy();
    const companions = [...this.lines].filter(([other, its]) => its === pool && !this.inUse.has(other));
    for (const [idle] of companions) dismiss(idle);
  }
}

function asLine(client: unknown): Line {
  return client as Line;
}

/** The pool lets go of an idle connection that reports an error, at once: nobody can be given it any more. */
function dismiss(idle: Line): void {
  idle.emit('error', new Error('another connection of the pool was found dead'));
  idle.connection?.stream.destroy();
}
