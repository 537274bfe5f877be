import type { StoreCount } from './contestant.js';
import type { TallyCount } from './tally.js';

/** Jobs that were run by one worker. */
export interface ProcessAnswer {
  readonly jobs: number;
  /** From the worker's start to the first call of the handler. */
  readonly firstStartMs: number;
  /** From the first call of the handler to the last. */
  readonly handledMs: number;
  /** From the first call of the handler until the last outcome was in the store. */
  readonly settledMs: number;
  /** CPU time of the process. */
  readonly cpuMs: number;
}

/** Jobs that were enqueued. */
export interface EnqueueAnswer {
  readonly jobs: number;
  readonly ms: number;
  readonly cpuMs: number;
}

/** Each in ms. */
export interface LatencyAnswer {
  readonly latencies: readonly number[];
}

/** What a process did, and what its store says. */
export interface AccountAnswer {
  readonly tally: TallyCount;
  readonly store: StoreCount;
}

/** Bytes, after a garbage collection. */
export interface MemoryAnswer {
  readonly rss: number;
  readonly heapUsed: number;
  readonly external: number;
}

/** A bare client that inserts, claims and settles. */
export interface LimitAnswer {
  readonly jobs: number;
  readonly insertMs: number;
  readonly processMs: number;
  readonly completed: number;
}

/** Nanoseconds for one operation. */
export interface MicroResult {
  readonly name: string;
  readonly medianNs: number;
  readonly meanNs: number;
  readonly p99Ns: number;
  readonly samples: number;
}

/** Where the bytes or the microseconds went: the places with the most of their own. */
export interface ProfileAnswer {
  readonly jobs: number;
  readonly heapFile: string;
  readonly cpuFile: string;
  readonly allocatedBytes: number;
  readonly heapTop: readonly ProfileEntry[];
  readonly cpuTop: readonly ProfileEntry[];
}

/** One place in the code. */
export interface ProfileEntry {
  readonly place: string;
  /** Share of all, 0 to 1. */
  readonly share: number;
}
