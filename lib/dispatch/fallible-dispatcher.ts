import type { LinePlace } from '../core/claim-order.js';
import type { Room } from '../core/claim.js';
import type { Hint, HintKey } from '../core/job.js';
import type { DispatcherSurvey, Restored, Taken } from '../core/ports/dispatcher.js';

/**
 * A dispatcher that may fail, as the failover sees it: unlike those of the port its promises reject, so that
 * failures can be counted. No call of Redis takes longer than the command timeout.
 */
export interface FallibleDispatcher {
  /** Where it is, for people. */
  readonly address: string;
  announce(queue: string, hints: readonly Hint[]): Promise<void>;
  take(queue: string, rooms: readonly Room[], limit: number): Promise<Taken>;
  restore(queue: string, type: string, hints: readonly Hint[], complete: boolean): Promise<Restored>;
  withdraw(queue: string, jobs: readonly HintKey[]): Promise<void>;
  withdrawUpTo(queue: string, lasts: readonly Hint[], after?: LinePlace): Promise<void>;
  /** What it holds, for those who compare it with the ledger. */
  survey?(queue: string, types: readonly string[]): Promise<DispatcherSurvey>;
  /** A cheap look while it is in use. Answers the queues that it was found to have forgotten. */
  check(): Promise<string[]>;
  /** Connects if need be, and proves that everything the other methods do can be done. */
  probe(): Promise<void>;
  /** The next `take` of every queue answers `forgotten`, also of queues that were not used so far. */
  forgetEverything(): void;
  /** Drops the connection and the commands under way; the next `probe` makes a new one. */
  reset(): void;
  close(): Promise<void>;
}
