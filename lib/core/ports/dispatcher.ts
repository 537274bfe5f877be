import type { LinePlace } from '../claim-order.js';
import type { Room } from '../claim.js';
import type { DispatchMode } from '../events.js';
import type { Hint, HintKey, JobId } from '../job.js';

/**
 * What the dispatcher answers to "what next?".
 * `hints`: try to claim these; `lowTypes` are types whose window ran low while more waits in the ledger; `left` is how
 * many more it holds of the types that were asked for.
 * `look`: no dispatcher to ask, select from the ledger itself.
 * `forgotten`: the dispatcher lost its memory; restore the queue, then ask again.
 */
export type Taken =
  | {
      readonly kind: 'hints';
      readonly ids: readonly JobId[];
      readonly lowTypes: readonly string[];
      readonly left: number;
    }
  | { readonly kind: 'look' }
  | { readonly kind: 'forgotten' };

/** What a dispatcher holds of a queue, for those who compare it with the ledger. */
export interface DispatcherSurvey {
  /** False: it was flushed or replaced, and knows it not yet. */
  readonly hasEpoch: boolean;
  /** Hints by job type; none of a key that is not Kyu's. */
  readonly held: ReadonlyMap<string, number>;
  /** Keys under Kyu's names that are something else than Kyu writes. */
  readonly foreign: readonly ForeignKey[];
  /** How many hints of a type it keeps at most. */
  readonly windowSize: number;
}

/** A key that somebody else has written. */
export interface ForeignKey {
  readonly key: string;
  /** What it is, and what it should be, as Redis names types: `string`, `zset`. */
  readonly found: string;
  readonly expected: string;
}

/** How a restore went. */
export interface Restored {
  /** How many of the hints the dispatcher did not hold. */
  readonly added: number;
}

/**
 * Redis, or its absence, as the services see it. No method ever rejects: what cannot be done is reported as an
 * event, and the ledger makes up for it.
 */
export interface Dispatcher {
  /** Best effort, bounded in time: make pending jobs of one queue reachable and wake a worker. */
  announce(queue: string, hints: readonly Hint[]): Promise<void>;
  /** At most `limit` hints of the given types, highest priority first, never more of a type than it has room for. */
  take(queue: string, rooms: readonly Room[], limit: number): Promise<Taken>;
  /**
   * Puts back what the dispatcher should know of one job type: `hints` are the first pending jobs in claim order.
   * `complete` says that there are no others.
   */
  restore(queue: string, type: string, hints: readonly Hint[], complete: boolean): Promise<Restored>;
  /**
   * Forgets hints of jobs that were claimed without them. Best effort: one that it keeps costs a look into the ledger,
   * no more.
   */
  withdraw(queue: string, jobs: readonly HintKey[]): Promise<void>;
  /**
   * Forgets these hints, one of a job type, and all that rank before them in its line. For somebody who claims from
   * the ledger's own line, and goes on there: a hint that is younger than the look into the ledger goes as well.
   * @param after Only those behind this place, from where the line was read. Default: from its head
   */
  withdrawUpTo(queue: string, lasts: readonly Hint[], after?: LinePlace): Promise<void>;
  /** What it holds; nothing when it has no memory of its own, or cannot be asked. */
  survey?(queue: string, types: readonly string[]): Promise<DispatcherSurvey | undefined>;
  /** How many hints per job type it keeps at most. */
  readonly windowSize: number;
  readonly mode: DispatchMode;
  start(): Promise<void>;
  stop(): Promise<void>;
}
