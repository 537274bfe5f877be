import { byClaimOrder, type LinePlace } from '../core/claim-order.js';
import type { Room } from '../core/claim.js';
import type { Hint, HintKey } from '../core/job.js';
import type { Dispatcher, Restored, Taken } from '../core/ports/dispatcher.js';
import { lanesOf } from './memory-lanes.js';
import { MemoryReadySet } from './memory-ready-set.js';

/** What a memory dispatcher can be told. */
export interface MemoryDispatcherOptions {
  /** Hints per job type that it keeps at most. Default 10,000. */
  readonly windowSize?: number;
  /** Hears of every queue in which something became reachable. */
  readonly onWake?: (queue: string) => void;
}

const DEFAULT_WINDOW = 10_000;
/** A window that is emptier than this share is filled again. */
const LOW_WATER_SHARE = 0.25;

/** What is known of one queue. */
interface QueueHints {
  readonly readySets: Map<string, MemoryReadySet>;
  /** Types of which the ledger holds more than the window shows. */
  readonly waitingTypes: Set<string>;
  /** What it should hold, nobody has told it yet. */
  forgotten: boolean;
}

/** The dispatcher over Redis, without Redis: the same windows, order and loss of memory. */
export class MemoryDispatcher implements Dispatcher {
  readonly mode = 'redis';
  readonly windowSize: number;
  private readonly onWake: (queue: string) => void;
  private readonly lowWater: number;
  private readonly queues = new Map<string, QueueHints>();
  private stopped = false;

  constructor({ windowSize = DEFAULT_WINDOW, onWake = () => {} }: MemoryDispatcherOptions = {}) {
    this.windowSize = windowSize;
    this.onWake = onWake;
    this.lowWater = Math.max(1, Math.floor(windowSize * LOW_WATER_SHARE));
  }

  async start(): Promise<void> {
    this.stopped = false;
  }

  async stop(): Promise<void> {
    this.stopped = true;
  }

  /** A fault, as FLUSHALL is one: everything is lost, and the next take of each queue says so. */
  forget(): void {
    this.queues.clear();
  }

  async announce(queue: string, hints: readonly Hint[]): Promise<void> {
    if (this.stopped || hints.length === 0) return;
    const known = this.queueOf(queue);
    let reachable = false;
    for (const [type, ofType] of byType(hints)) {
      if (this.announceType(known, type, ofType)) reachable = true;
    }
    if (reachable) this.onWake(queue);
  }

  async take(queue: string, rooms: readonly Room[], limit: number): Promise<Taken> {
    if (this.stopped || rooms.length === 0 || limit <= 0)
      return { kind: 'hints', ids: [], lowTypes: [], left: 0 };
    const known = this.queueOf(queue);
    if (known.forgotten) {
      known.forgotten = false;
      return { kind: 'forgotten' };
    }
    const fitting = lanesOf(rooms).flatMap(({ types, size }) => {
      const most = Math.min(size, limit);
      const inLane = types.flatMap((type) => readySetOf(known, type).first(most));
      return types.length === 1 ? inLane : inLane.sort(byClaimOrder).slice(0, most);
    });
    const taken = fitting.sort(byClaimOrder).slice(0, limit);
    for (const { id, type } of taken) readySetOf(known, type).remove(id);
    // Their mark goes with the answer, so that one process fills the window; its restore sets the mark again.
    const lowTypes = rooms.map(({ type }) => type).filter((type) => this.runsLow(known, type));
    for (const type of lowTypes) known.waitingTypes.delete(type);
    const left = rooms.reduce((sum, { type }) => sum + readySetOf(known, type).size, 0);
    return { kind: 'hints', ids: taken.map(({ id }) => id), lowTypes, left };
  }

  async withdraw(queue: string, jobs: readonly HintKey[]): Promise<void> {
    const known = this.queueOf(queue);
    for (const { id, type } of jobs) readySetOf(known, type).remove(id);
  }

  async withdrawUpTo(queue: string, lasts: readonly Hint[], after?: LinePlace): Promise<void> {
    const known = this.queueOf(queue);
    const isBehind = (hint: Hint): boolean => after === undefined || byClaimOrder(hint, after) >= 0;
    for (const last of lasts) {
      const readySet = readySetOf(known, last.type);
      const passed = readySet
        .first(Infinity)
        .filter((hint) => isBehind(hint) && byClaimOrder(hint, last) <= 0);
      for (const { id } of passed) readySet.remove(id);
    }
  }

  async restore(queue: string, type: string, hints: readonly Hint[], complete: boolean): Promise<Restored> {
    if (this.stopped) return { added: 0 };
    const known = this.queueOf(queue);
    const readySet = readySetOf(known, type);
    const missing = hints.filter(({ id }) => !readySet.has(id));
    for (const hint of hints) readySet.add(hint);
    const overflowed = readySet.trim(this.windowSize);
    if (overflowed || !complete) known.waitingTypes.add(type);
    else known.waitingTypes.delete(type);
    const added = missing.filter(({ id }) => readySet.has(id)).length;
    if (added > 0) this.onWake(queue);
    return { added };
  }

  /** True when at least one of the hints can be taken now. */
  private announceType(known: QueueHints, type: string, hints: readonly Hint[]): boolean {
    const readySet = readySetOf(known, type);
    // Between the tail and what ranks behind it lie older jobs that were never shown: it must not overtake them.
    const tail = known.waitingTypes.has(type) ? readySet.last() : undefined;
    const fitting = hints.filter((hint) => tail === undefined || byClaimOrder(hint, tail) <= 0);
    for (const hint of fitting) readySet.add(hint);
    if (readySet.trim(this.windowSize)) known.waitingTypes.add(type);
    return fitting.length > 0;
  }

  private runsLow(known: QueueHints, type: string): boolean {
    return known.waitingTypes.has(type) && readySetOf(known, type).size < this.lowWater;
  }

  /** A queue that it hears of for the first time may have jobs in the ledger that it was never told of. */
  private queueOf(queue: string): QueueHints {
    const existing = this.queues.get(queue);
    if (existing !== undefined) return existing;
    const known: QueueHints = { readySets: new Map(), waitingTypes: new Set(), forgotten: true };
    this.queues.set(queue, known);
    return known;
  }
}

function readySetOf({ readySets }: QueueHints, type: string): MemoryReadySet {
  const existing = readySets.get(type);
  if (existing !== undefined) return existing;
  const readySet = new MemoryReadySet();
  readySets.set(type, readySet);
  return readySet;
}

function byType(hints: readonly Hint[]): Map<string, Hint[]> {
  const groups = new Map<string, Hint[]>();
  for (const hint of hints) {
    const group = groups.get(hint.type);
    if (group === undefined) groups.set(hint.type, [hint]);
    else group.push(hint);
  }
  return groups;
}
