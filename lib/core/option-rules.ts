import { LONGEST_DURATION_MS, LONGEST_TIMER_MS } from './duration.js';

/** A number that an option may be, ends included. */
export interface NumberRule {
  readonly least: number;
  readonly most: number;
}

/** A duration that an option may be, in ms, ends included. */
export interface DurationRule {
  readonly leastMs: number;
  readonly mostMs: number;
}

const MIB = 1_048_576;

export const WORKERS: NumberRule = { least: 1, most: 10_000 };
export const QUEUE_WEIGHT: NumberRule = { least: 1, most: 1_000 };
export const PORT: NumberRule = { least: 0, most: 65_535 };
export const OPEN_CONNECTIONS: NumberRule = { least: 1, most: 10_000 };
export const IDLE_CONNECTIONS: NumberRule = { least: 0, most: 10_000 };
export const PAYLOAD_BYTES: NumberRule = { least: 1_024, most: 64 * MIB };
export const DISPATCH_WINDOW: NumberRule = { least: 100, most: 1_000_000 };
export const RETENTION_BATCH: NumberRule = { least: 1, most: 10_000 };
export const RETRIES: NumberRule = { least: 0, most: 10_000 };
/** The first run and its retries. */
export const ATTEMPTS: NumberRule = { least: 1, most: RETRIES.most + 1 };
/** What PostgreSQL's int4 holds. */
export const PRIORITY: NumberRule = { least: -2_147_483_648, most: 2_147_483_647 };

export const JITTER: NumberRule = { least: 0, most: 1 };
export const BACKOFF_FACTOR: NumberRule = { least: 1, most: 1_000 };
export const BACKOFF_POWER: NumberRule = { least: 0, most: 100 };

/** Something that happens later; PostgreSQL waits for it. */
export const DELAY: DurationRule = { leastMs: 0, mostMs: LONGEST_DURATION_MS };
/** A time limit; 0 = none. A timer of this process waits for it. */
export const TIME_LIMIT: DurationRule = { leastMs: 0, mostMs: LONGEST_TIMER_MS };
/** Something that repeats: faster than this, it would do nothing else. */
export const PERIOD: DurationRule = { leastMs: 10, mostMs: LONGEST_TIMER_MS };
/** How long something that has ended is kept: "not at all" would take results from those who wait for them. */
export const KEEP_TIME: DurationRule = { leastMs: 1_000, mostMs: LONGEST_DURATION_MS };
/** An outer bound, which is never "none". */
export const OUTER_BOUND: DurationRule = { leastMs: 1, mostMs: LONGEST_DURATION_MS };

/** A lease must outlive a lost beat and a late one. */
export const BEATS_PER_LEASE = 3;

/** A span around the ticks of a schedule. */
export const TICK_SPAN: DurationRule = { leastMs: 0, mostMs: LONGEST_DURATION_MS };
/** Between two loads of schedules; more often, a provider would do nothing else. */
export const SYNC_PERIOD: DurationRule = { leastMs: 1_000, mostMs: LONGEST_TIMER_MS };
