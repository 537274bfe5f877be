import type { Claim, Room } from '../core/claim.js';
import type { Handler } from '../core/ports/handler-table.js';

/** How a job type stands in this process. */
interface TypeSlots {
  readonly type: string;
  readonly limit: number;
  running: number;
  waiting: number;
}

/**
 * Capacity: how many runs there may be in all and per job type, and how many claims may wait here for a slot.
 * Claims that wait (`ahead`) keep fast jobs from pausing for a round trip between two runs; they are bounded, because
 * what waits here cannot be run by an idle neighbour.
 */
export class SlotBook {
  readonly typeNames: readonly string[];
  private readonly types = new Map<string, TypeSlots>();
  private running = 0;
  private waiting = 0;
  /** How many claims may wait for a slot; set by the claim loop from what it measures. */
  ahead = 0;

  constructor(
    private readonly total: number,
    handlers: readonly Handler[],
  ) {
    this.typeNames = handlers.map((handler) => handler.type);
    for (const { type, concurrency } of handlers) {
      this.types.set(type, { type, limit: Math.min(concurrency, total), running: 0, waiting: 0 });
    }
  }

  get runningCount(): number {
    return this.running;
  }

  get waitingCount(): number {
    return this.waiting;
  }

  /** How many claims fit in all. */
  get free(): number {
    return Math.max(0, this.total + this.ahead - this.running - this.waiting);
  }

  /** How many claims of each type fit; types without room are left out. */
  rooms(): Room[] {
    const free = this.free;
    const rooms: Room[] = [];
    if (free === 0) return rooms;
    for (const slots of this.types.values()) {
      // A type with a limit of its own does not wait here: other processes may have room for it.
      const limit = slots.limit < this.total ? slots.limit : this.total + this.ahead;
      const size = Math.min(free, limit - slots.running - slots.waiting);
      if (size > 0) rooms.push({ type: slots.type, size });
    }
    return rooms;
  }

  canStart(claim: Claim): boolean {
    const slots = this.slotsOf(claim.type);
    return this.running < this.total && slots.running < slots.limit;
  }

  wait(claim: Claim): void {
    this.slotsOf(claim.type).waiting += 1;
    this.waiting += 1;
  }

  stopWaiting(claim: Claim): void {
    this.slotsOf(claim.type).waiting -= 1;
    this.waiting -= 1;
  }

  take(claim: Claim): void {
    this.slotsOf(claim.type).running += 1;
    this.running += 1;
  }

  giveBack(claim: Claim): void {
    this.slotsOf(claim.type).running -= 1;
    this.running -= 1;
  }

  private slotsOf(type: string): TypeSlots {
    const slots = this.types.get(type);
    if (slots === undefined) throw new Error(`no slots for job type "${type}"`); // claims name only handled types
    return slots;
  }
}
