import type { Claim } from '../claim.js';
import type { JobDraft } from '../job.js';

/** For whom a job may be written as claimed, and which jobs go before it. */
export interface Claimant {
  readonly workerId: string;
  /** Job types with room there: a pending job of one of them that is at least as important goes first. */
  readonly types: readonly string[];
  /** Queues that are served before the job's own: whatever is pending there goes first. */
  readonly queuesBefore: readonly string[];
}

/** A place for one job that is about to be written. One of the three verbs ends it. */
export interface LocalReservation {
  readonly claimant: Claimant;
  /** The ledger has given the run to this worker. */
  begin(claim: Claim): void;
  /** The ledger has not. */
  giveUp(): void;
  /** Nobody knows: the answer of the ledger was lost. */
  doubt(): void;
}

/** The workers of a process, as its producer sees them. */
export interface LocalClaims {
  /** `undefined`: the job has to take the common way. */
  reserve(job: Pick<JobDraft, 'id' | 'queue' | 'type'>): LocalReservation | undefined;
}
