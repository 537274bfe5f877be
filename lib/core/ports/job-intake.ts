import type { InsertedJob, JobDraft } from '../job.js';

/** The producer's door. */
export interface JobIntake<Transaction> {
  /** One statement. The same drafts twice write one set of rows. Answers in input order. */
  insert(drafts: readonly JobDraft[], transaction?: Transaction): Promise<InsertedJob[]>;
  /** Runs `action` once the transaction has really committed; never after a rollback. At once when none is open. */
  afterCommit(transaction: Transaction, action: () => void): void;
}
