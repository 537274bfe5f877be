import type { Claim } from '../core/claim.js';
import type { WaitingClaim } from './seclusion.js';

/** An emptied front this long is given back to the collector. */
const LONGEST_GAP = 512;

/**
 * Claims that wait in this process for a slot, in the order in which they came. The first one that may start goes
 * first: as a rule the one at the front, and then nothing has to be moved.
 */
export class WaitingLine {
  private entries: (WaitingClaim | undefined)[] = [];
  /** What is before it has gone. */
  private front = 0;
  private count = 0;

  /** How many wait. */
  get size(): number {
    return this.count;
  }

  get claims(): Claim[] {
    return this.entries.flatMap((entry) => (entry === undefined ? [] : [entry.claim]));
  }

  push(waiting: WaitingClaim): void {
    this.entries.push(waiting);
    this.count += 1;
  }

  /** Takes the first claim that may start out of the line. */
  takeFirst(mayStart: (claim: Claim) => boolean): WaitingClaim | undefined {
    for (let place = this.front; place < this.entries.length; place += 1) {
      const entry = this.entries[place];
      if (entry !== undefined && mayStart(entry.claim)) return this.leave(place, entry);
    }
    return undefined;
  }

  /** False when the claim does not wait here. */
  remove(claim: Claim): boolean {
    const place = this.entries.findIndex((entry) => entry?.claim === claim);
    const entry = this.entries[place];
    if (entry === undefined) return false;
    this.leave(place, entry);
    return true;
  }

  private leave(place: number, entry: WaitingClaim): WaitingClaim {
    this.count -= 1;
    if (place !== this.front) {
      this.entries.splice(place, 1);
      return entry;
    }
    this.entries[place] = undefined;
    this.front += 1;
    if (this.front === this.entries.length || this.front > LONGEST_GAP) this.closeGap();
    return entry;
  }

  private closeGap(): void {
    this.entries.splice(0, this.front);
    this.front = 0;
  }
}
