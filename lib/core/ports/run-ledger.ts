import type { LinePlace } from '../claim-order.js';
import type { Claim, Room } from '../claim.js';
import type { JobId, QueuedHint } from '../job.js';
import type { Settlement } from '../settlement.js';

/** The worker's door for runs. */
export interface RunLedger {
  /**
   * Guarded by `status = 'pending'`, by the types that this worker handles, and by a living worker row; what is not
   * answered was a stale, foreign or forged hint.
   */
  claimById(
    workerId: string,
    queue: string,
    types: readonly string[],
    ids: readonly JobId[],
  ): Promise<Claim[]>;
  /**
   * Selects for itself, highest priority first, oldest first, only of types with room. Answers in that order.
   * @param after Only jobs of the same priority that come after this place. Default: the whole line
   */
  claimByQueue(
    workerId: string,
    queue: string,
    rooms: readonly Room[],
    limit: number,
    after?: LinePlace,
  ): Promise<Claim[]>;
  /**
   * Answers those that the ledger accepted; the others were no longer this worker's, and nothing changed for them.
   * A job whose cancelling was asked for and that would have run again is answered as cancelled.
   */
  settle(settlements: readonly Settlement[]): Promise<Settlement[]>;
  /**
   * Takes back, uncharged, the running jobs of this worker that it does not know of: the reply to their claim was
   * lost. Must not be called while a claim of this worker is under way.
   */
  handBackUnheard(
    workerId: string,
    queues: readonly string[],
    known: readonly JobId[],
  ): Promise<QueuedHint[]>;
  /** False when the run is no longer this worker's. */
  reportProgress(claim: Claim, percent: number, note: string | null): Promise<boolean>;
}
