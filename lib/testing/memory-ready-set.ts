import type { Hint, JobId } from '../core/job.js';
import { byClaimOrder } from './memory-job-row.js';

/** The hints of one job type in claim order, each id once: what a sorted set is to Redis. */
export class MemoryReadySet {
  private readonly hints = new Map<JobId, Hint>();

  get size(): number {
    return this.hints.size;
  }

  has(id: JobId): boolean {
    return this.hints.has(id);
  }

  /** A hint that is there already moves to where its new priority belongs. */
  add(hint: Hint): void {
    this.hints.set(hint.id, hint);
  }

  remove(id: JobId): void {
    this.hints.delete(id);
  }

  first(count: number): Hint[] {
    return this.inOrder().slice(0, count);
  }

  last(): Hint | undefined {
    return this.inOrder().at(-1);
  }

  /** Drops what ranks behind the first `size` hints; answers whether there was any. */
  trim(size: number): boolean {
    const beyond = this.inOrder().slice(size);
    for (const { id } of beyond) this.hints.delete(id);
    return beyond.length > 0;
  }

  private inOrder(): Hint[] {
    return [...this.hints.values()].sort(byClaimOrder);
  }
}
