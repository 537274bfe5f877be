import type { Duration } from './duration.js';
import type { JobStatus } from './job-status.js';
import type { JobId } from './job.js';

/** A value that a payload may have at a place. */
export type PayloadValue = string | number | boolean | null;

/** A number from here to there, both included; what is left out is no bound. */
export interface NumberRange {
  from?: number;
  to?: number;
}

/** How long ago something was, by the database's clock. */
export interface AgeRange {
  /** Longer ago than this. */
  over?: Duration;
  /** Not so long ago. */
  under?: Duration;
}

/** What a job may be picked by. What is left out does not narrow; of a list any will do unless it says otherwise. */
export interface JobTraits {
  status?: JobStatus | readonly JobStatus[];
  /** Job types. */
  type?: string | readonly string[];
  queue?: string | readonly string[];
  /** Ids, or their first characters (at least 4). */
  id?: string | readonly string[];
  /** All of these, not one of them. */
  tags?: string | readonly string[];
  /** At least one of these. */
  anyTag?: string | readonly string[];
  /**
   * Values that the payload must have, by their paths: keys of objects and indexes of lists with dots between them,
   * as in `{ 'user.id': 42, 'items.0.sku': 'a-1' }`. Of a list of values any will do.
   */
  payload?: Readonly<Record<string, PayloadValue | readonly PayloadValue[]>>;
  /** Text that the last error contains, whatever its capitals. */
  error?: string | readonly string[];
  /** The fingerprint of the last error, as `errorGroups` gives it. */
  fingerprint?: string | readonly string[];
  /** What the id begins with, or the type or the last error contains: each of these words. */
  words?: string | readonly string[];
  priority?: number | readonly number[] | NumberRange;
  /** Attempts that were used beyond the first. */
  retries?: number | readonly number[] | NumberRange;
  /** Runs at this worker now: its id, or the first characters of it (at least 4). */
  workerId?: string | readonly string[];
  /** The key of a unique job: whole as the ledger has it, or the caller's own part. */
  uniqueKey?: string | readonly string[];
  /** Children of this job. */
  parentId?: JobId;
}

/** Which jobs. What is left out does not narrow. */
export interface JobSelection extends JobTraits {
  /** Created at this instant or later. */
  createdAfter?: Date;
  /** Created earlier than this instant. */
  createdBefore?: Date;
  /** Completed, dead or cancelled since this instant. */
  finishedAfter?: Date;
  /** Completed, dead or cancelled earlier than this instant. */
  finishedBefore?: Date;
  /** Created so long ago. */
  age?: AgeRange;
  /** Completed, dead or cancelled so long ago. */
  finishedAge?: AgeRange;
  /** Jobs that have any of these traits are left out: each by itself, and for a list each member of it. */
  without?: JobTraits;
}

/** What a search text stands for. */
export interface JobSearch extends JobSelection {
  /** True: the jobs that retention has archived, and no others. */
  archived?: boolean;
}
