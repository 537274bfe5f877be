import type { Claim } from '../claim.js';
import type { InsertedJob, JobDraft } from '../job.js';
import type { Claimant } from './local-claims.js';

/** What became of a job that could have been written as claimed. */
export interface ClaimedInsert {
  readonly job: InsertedJob;
  /** The worker owns its first run. */
  readonly claim: Claim | undefined;
}

/** The producer's door. */
export interface JobIntake<Transaction> {
  /** One statement. The same drafts twice write one set of rows. Answers in input order. */
  insert(drafts: readonly JobDraft[], transaction?: Transaction): Promise<InsertedJob[]>;
  /**
   * One statement for a job that is for now and has no key: written as claimed for the worker when that is alive,
   * nothing rests and no pending job goes first, else as pending. What stands already stays, and is not claimed.
   */
  insertAndClaim(draft: JobDraft, claimant: Claimant): Promise<ClaimedInsert>;
  /** Runs `action` once the transaction has really committed; never after a rollback. At once when none is open. */
  afterCommit(transaction: Transaction, action: () => void): void;
}
