import { randomFillSync } from 'node:crypto';
import type { JobId } from './job.js';

/**
 * UUID version 7, monotonic within this process: 48 bits of milliseconds, 12 bits of a counter, 62 random bits.
 * Ids made later sort later, as text, as bytes and as PostgreSQL's uuid, so equal priority means first in, first out
 * in the index and in the sorted set. Made here and not in the database, so that a retried INSERT is idempotent.
 */
export class JobIdSource {
  private lastMs = 0;
  private counter = 0;
  private textMs = -1;
  private text = '';
  private readonly random = new Uint8Array(8 * 256);
  private used = this.random.length;

  constructor(private readonly nowMs: () => number) {}

  next(): JobId {
    this.advance();
    if (this.used === this.random.length) this.refill();
    const bytes = this.random;
    const at = this.used;
    this.used += 8;
    const variant = HEX[(bytes[at]! & 0x3f) | 0x80]; // eight bytes are left: checked above
    return (
      `${this.timeText()}${this.counter.toString(16).padStart(3, '0')}-` +
      `${variant}${HEX[bytes[at + 1]!]}-` +
      `${HEX[bytes[at + 2]!]}${HEX[bytes[at + 3]!]}${HEX[bytes[at + 4]!]}${HEX[bytes[at + 5]!]}` +
      `${HEX[bytes[at + 6]!]}${HEX[bytes[at + 7]!]}`
    );
  }

  /** The beginning of an id. Many ids are made in a millisecond, and it is the same in all of them. */
  private timeText(): string {
    if (this.textMs !== this.lastMs) {
      const time = this.lastMs.toString(16).padStart(12, '0');
      this.text = `${time.slice(0, 8)}-${time.slice(8)}-7`;
      this.textMs = this.lastMs;
    }
    return this.text;
  }

  /** A clock that stands still or steps back must not break the order: count on, and borrow the next millisecond. */
  private advance(): void {
    const now = this.nowMs();
    if (now > this.lastMs) {
      this.lastMs = now;
      this.counter = 0;
      return;
    }
    this.counter += 1;
    if (this.counter <= 0xfff) return;
    this.lastMs += 1;
    this.counter = 0;
  }

  private refill(): void {
    randomFillSync(this.random);
    this.used = 0;
  }
}

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a value can be a job's id at all. */
export function isJobId(value: unknown): value is JobId {
  return typeof value === 'string' && UUID.test(value);
}
