import type { Claim } from '../claim.js';
import type { JobId } from '../job.js';
import type { Settlement } from '../settlement.js';

/** Somebody wants a running job to end. */
export interface CancelRequest {
  readonly id: JobId;
  readonly run: number;
  readonly reason: string | null;
}

/** A line that a handler logged, on its way to the ledger. */
export interface LogEntry {
  readonly claim: Claim;
  /** Counted from 1 within the run. */
  readonly line: number;
  /** When it was logged, in ms after the claim, by the monotonic clock. */
  readonly afterMs: number;
  readonly message: string;
}

/**
 * The worker's door for runs that are under way. Every write carries the fence: what is no longer this worker's is
 * refused, and nothing changes.
 */
export interface OpenRuns<Transaction> {
  /** Which runs of these workers somebody wants to end. Asked about once a second, and cheap when it is nobody. */
  cancelRequests(workerIds: readonly string[]): Promise<CancelRequest[]>;
  /**
   * Lets the run go on for so long from now, as far as the reaper is concerned.
   * False when the run is no longer this worker's.
   */
  extend(claim: Claim, forMs: number): Promise<boolean>;
  /** Lines of runs that are no longer their worker's are dropped. A line that is there already is left as it is. */
  keepLogLines(entries: readonly LogEntry[]): Promise<void>;
  /**
   * Settles one run inside the caller's transaction. False when the run is no longer this worker's.
   * @throws NoTransactionError when the caller has none open
   */
  settleIn(settlement: Settlement, transaction: Transaction): Promise<boolean>;
  /** As at the intake. */
  afterCommit(transaction: Transaction, action: () => void): void;
}
