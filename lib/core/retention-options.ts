import type { Duration } from './duration.js';

/** What happens to a job that has been kept long enough. */
export type RetentionAction = 'delete' | 'archive';

/** How long jobs that have ended are kept, and what happens to them then. */
export interface RetentionRule {
  /** Time since the end of the job; at least 1 s. */
  keepFor: Duration;
  /** `delete` (default): the job goes, with its runs and log lines; `archive`: it moves to `kyu_jobs_archive`. */
  then?: RetentionAction;
}

/** A time, after which they are deleted; the word `'keep'`: for ever; or a rule. */
export type RetentionSetting = Duration | RetentionRule;

/** What holds for the jobs of each final status. What is not named is kept for ever. */
export interface RetentionByStatus {
  completed?: RetentionSetting;
  dead?: RetentionSetting;
  cancelled?: RetentionSetting;
}

/** How long the ledger keeps jobs that have ended. Jobs that have not ended are never touched. */
export interface RetentionOptions extends RetentionByStatus {
  /** What holds for single job types instead, status by status. */
  types?: Record<string, RetentionByStatus>;
  /** So many jobs of the ledger are looked at, and removed at most, by one statement. Default 1,000. */
  batchSize?: number;
  /** How often somebody looks for jobs whose time is over. Default 1 min. */
  every?: Duration;
}

/** The statuses in which a job has ended. */
export const RETAINED_STATUSES = ['completed', 'dead', 'cancelled'] as const;
export type RetainedStatus = (typeof RETAINED_STATUSES)[number];

/** One rule with every default applied. */
export interface ResolvedRetentionRule {
  readonly status: RetainedStatus;
  readonly keepForMs: number;
  readonly action: RetentionAction;
  /** `null` = every type but those of `exceptTypes`. */
  readonly onlyTypes: readonly string[] | null;
  /** Types that have a rule of their own for this status. */
  readonly exceptTypes: readonly string[];
}

/** Retention with every default applied. */
export interface ResolvedRetention {
  /** Empty = everything is kept for ever, and nobody looks. */
  readonly rules: readonly ResolvedRetentionRule[];
  readonly batchSize: number;
  readonly everyMs: number;
}
