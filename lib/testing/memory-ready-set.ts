import { byClaimOrder } from '../core/claim-order.js';
import type { Hint, JobId } from '../core/job.js';

/** The hints of one job type in claim order, each id once: what a sorted set is to Redis. */
export class MemoryReadySet {
  private readonly held = new Map<JobId, Hint>();
  private readonly inOrder: Hint[] = [];

  get size(): number {
    return this.inOrder.length;
  }

  has(id: JobId): boolean {
    return this.held.has(id);
  }

  /** A hint that is there already moves to where its new priority belongs. */
  add(hint: Hint): void {
    this.remove(hint.id);
    this.held.set(hint.id, hint);
    this.inOrder.splice(this.placeOf(hint), 0, hint);
  }

  remove(id: JobId): void {
    const hint = this.held.get(id);
    if (hint === undefined) return;
    this.held.delete(id);
    this.inOrder.splice(this.placeOf(hint), 1);
  }

  first(count: number): Hint[] {
    return this.inOrder.slice(0, Math.max(0, count));
  }

  last(): Hint | undefined {
    return this.inOrder.at(-1);
  }

  /** Drops what ranks behind the first `size` hints; answers whether there was any. */
  trim(size: number): boolean {
    const beyond = this.inOrder.splice(size);
    for (const { id } of beyond) this.held.delete(id);
    return beyond.length > 0;
  }

  /** How many hints rank before this one. */
  private placeOf(hint: Hint): number {
    let low = 0;
    let high = this.inOrder.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (byClaimOrder(this.inOrder[middle]!, hint) < 0)
        low = middle + 1; // the middle lies below the length
      else high = middle;
    }
    return low;
  }
}
