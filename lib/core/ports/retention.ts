import type { RetainedStatus, RetentionAction } from '../retention-options.js';

/** Where a walk along the jobs that have ended stands. What is in it only the ledger knows. */
export type RetentionMark = string;

/** One batch of a walk along the jobs that have ended, the longest ago first. */
export interface RetentionStep {
  readonly queue: string;
  readonly status: RetainedStatus;
  /** `null` = every type but those of `exceptTypes`. */
  readonly onlyTypes: readonly string[] | null;
  readonly exceptTypes: readonly string[];
  /** Only jobs that ended longer ago, by the ledger's clock. */
  readonly keepForMs: number;
  readonly action: RetentionAction;
  /** Where to go on; `null` = from the beginning. */
  readonly from: RetentionMark | null;
  /** How many jobs are looked at, whichever they are; so many are removed at most. */
  readonly limit: number;
}

/** What one batch came to. */
export interface RetentionProgress {
  /** Jobs that were deleted or archived. */
  readonly retired: number;
  /** Jobs that were looked at; fewer than the limit at the end of the walk. */
  readonly seen: number;
  /** Where the next batch begins; `null` when there was nothing to look at. It may see some jobs again. */
  readonly reached: RetentionMark | null;
}

/** Retention's door. Safe to use twice, and from many processes at once; it never touches a job that lives. */
export interface LedgerRetention {
  retire(step: RetentionStep): Promise<RetentionProgress>;
}
