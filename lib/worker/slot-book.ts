import type { Claim, Room } from '../core/claim.js';
import type { Handler } from '../core/ports/handler-table.js';
import { bestMatch, isTypePattern } from '../core/type-pattern.js';

/** What decides where a job counts. */
type JobPlace = Pick<Claim, 'queue' | 'type'>;

/** How a handler stands in this process. */
interface HandlerSlots {
  /** Its job type, or its pattern. */
  readonly name: string;
  readonly concurrency: number;
  /** The job types that are asked for on its behalf: its own, or those found under its prefix. */
  readonly types: Set<string>;
  running: number;
  waiting: number;
}

/** How a queue with a limit of its own stands in this process. */
interface QueueSlots {
  readonly limit: number;
  running: number;
  waiting: number;
}

/**
 * Capacity: how many runs there may be in all, per handler and per queue, and how many claims may wait here for a slot.
 * Claims that wait (`ahead`) keep fast jobs from pausing for a round trip between two runs; they are bounded, because
 * what waits here cannot be run by an idle neighbour.
 *
 * The types under a prefix share the slots of its handler; they are learned and forgotten while the process runs.
 */
export class SlotBook {
  private readonly handlers = new Map<string, HandlerSlots>();
  private readonly queues = new Map<string, QueueSlots>();
  private names: readonly string[] | undefined;
  private latest: { readonly type: string; readonly slots: HandlerSlots } | undefined;
  private running = 0;
  private waiting = 0;
  private mostRunning = 0;
  private reserved = 0;
  /** How many claims may wait for a slot; set by the claim loop from what it measures. */
  ahead = 0;

  constructor(
    private total: number,
    handlers: readonly Handler[],
    queueLimits: ReadonlyMap<string, number> = new Map(),
  ) {
    for (const [queue, limit] of queueLimits) this.queues.set(queue, { limit, running: 0, waiting: 0 });
    for (const { type, concurrency } of handlers) {
      const types = new Set(isTypePattern(type) ? [] : [type]);
      this.handlers.set(type, { name: type, concurrency, types, running: 0, waiting: 0 });
    }
  }

  /** Every job type that is asked for. */
  get typeNames(): readonly string[] {
    this.names ??= [...this.handlers.values()].flatMap(({ types }) => [...types]);
    return this.names;
  }

  /** How many runs there may be at once. */
  get size(): number {
    return this.total;
  }

  get runningCount(): number {
    return this.running;
  }

  get waitingCount(): number {
    return this.waiting;
  }

  /** How many claims fit in all. */
  get free(): number {
    return Math.max(0, this.total + this.ahead - this.running - this.waiting - this.reserved);
  }

  /** A job type or a queue may have less than all slots. */
  get hasLimits(): boolean {
    return (
      this.queues.size > 0 || [...this.handlers.values()].some(({ concurrency }) => concurrency < this.total)
    );
  }

  /** Keeps room for claims that are under way; whose they will be is not known yet. */
  reserve(claims: number): void {
    this.reserved += claims;
  }

  /** The claims are here, or will not come. */
  release(claims: number): void {
    this.reserved -= claims;
  }

  /** From now on; runs beyond a smaller size end in their own time. */
  resize(total: number): void {
    this.total = total;
  }

  /** The most runs at once since the last call. */
  takeMostRunning(): number {
    const most = this.mostRunning;
    this.mostRunning = this.running;
    return most;
  }

  /** A type under a prefix is asked for from now on. False when it was already, or when no handler has it. */
  learn(type: string): boolean {
    const slots = bestMatch(this.handlers, type);
    if (slots === undefined || slots.types.has(type)) return false;
    slots.types.add(type);
    this.names = undefined;
    return true;
  }

  /** A learned type is no longer asked for; its runs go on. */
  forget(type: string): void {
    if (this.slotsOf(type).types.delete(type)) this.names = undefined;
  }

  /** How many claims of each type fit; types without room are left out. */
  rooms(): Room[] {
    const free = this.free;
    const rooms: Room[] = [];
    if (free === 0) return rooms;
    for (const slots of this.handlers.values()) {
      // A type with a limit of its own does not wait here: other processes may have room for it.
      const limit = slots.concurrency < this.total ? slots.concurrency : this.total + this.ahead;
      const size = Math.min(free, limit - slots.running - slots.waiting);
      if (size <= 0) continue;
      // Where everything that is free is theirs, the limit of the search holds them together already.
      const isShared = slots.types.size > 1 && size < free;
      for (const type of slots.types)
        rooms.push(isShared ? { type, size, sharedBy: slots.name } : { type, size });
    }
    return rooms;
  }

  /** How many claims fit of a queue, as far as its own limit goes. */
  roomIn(queue: string): number {
    const slots = this.queues.get(queue);
    return slots === undefined ? Infinity : Math.max(0, slots.limit - slots.running - slots.waiting);
  }

  /** Whether one more could start beside all that run here, wait or are being claimed. */
  hasRoomFor({ queue, type }: JobPlace): boolean {
    const slots = bestMatch(this.handlers, type);
    if (slots === undefined || this.running + this.waiting + this.reserved >= this.total) return false;
    return slots.running + slots.waiting < slots.concurrency && this.roomIn(queue) > 0;
  }

  /** No run may start, whatever its type. */
  get isFull(): boolean {
    return this.running >= this.total;
  }

  canStart(claim: Claim): boolean {
    const { concurrency, running } = this.slotsOf(claim.type);
    const queue = this.queues.get(claim.queue);
    const fitsQueue = queue === undefined || queue.running < queue.limit;
    return !this.isFull && running < concurrency && fitsQueue;
  }

  wait(job: JobPlace): void {
    this.count(job, 'waiting', 1);
    this.waiting += 1;
  }

  stopWaiting(job: JobPlace): void {
    this.count(job, 'waiting', -1);
    this.waiting -= 1;
  }

  take(claim: Claim): void {
    this.count(claim, 'running', 1);
    this.running += 1;
    this.mostRunning = Math.max(this.mostRunning, this.running);
  }

  giveBack(claim: Claim): void {
    this.count(claim, 'running', -1);
    this.running -= 1;
  }

  private count(job: JobPlace, what: 'running' | 'waiting', change: number): void {
    this.slotsOf(job.type)[what] += change;
    const queue = this.queues.get(job.queue);
    if (queue !== undefined) queue[what] += change;
  }

  /** Asked several times for each job, and mostly for the type of the one before. */
  private slotsOf(type: string): HandlerSlots {
    if (this.latest?.type === type) return this.latest.slots;
    const slots = bestMatch(this.handlers, type);
    if (slots === undefined) throw new Error(`no slots for job type "${type}"`); // claims name only handled types
    this.latest = { type, slots };
    return slots;
  }
}
