import type { JobStatus } from '../job-status.js';
import type { JobId } from '../job.js';

/** What a list is narrowed by: traits that a job has, or in `without` has not. */
export interface JobConditions {
  readonly statuses?: readonly JobStatus[];
  readonly types?: readonly string[];
  readonly queues?: readonly string[];
  /** All of them, not one of them. */
  readonly tags?: readonly string[];
  /** At least one of them. */
  readonly anyTags?: readonly string[];
  readonly payload?: readonly PayloadCondition[];
  /** Whole ids are ranges as well: from themselves to themselves. */
  readonly ids?: readonly IdRange[];
  /** What the last error contains, whatever its capitals: any of these. */
  readonly errors?: readonly string[];
  /** Of the last error: any of these. */
  readonly fingerprints?: readonly string[];
  /** What the type or the last error contains, or the id begins with: all of these. */
  readonly words?: readonly string[];
  readonly priorities?: readonly number[];
  readonly retryCounts?: readonly number[];
  /** Workers that run the job now. */
  readonly workers?: readonly IdRange[];
  /** As they are in the ledger, or the callers' own parts of them. */
  readonly uniqueKeys?: readonly string[];
  readonly parentId?: JobId;
}

/** What a list is narrowed by. */
export interface JobFilter extends JobConditions {
  /** Instants are ISO 8601; a span begins with `from` and ends before `before`. */
  readonly createdFrom?: string;
  readonly createdBefore?: string;
  readonly finishedFrom?: string;
  readonly finishedBefore?: string;
  /** Ms, by the database's clock: so long ago, and not so long ago. */
  readonly olderThanMs?: number;
  readonly youngerThanMs?: number;
  readonly finishedOverMs?: number;
  readonly finishedUnderMs?: number;
  /** Both included. */
  readonly priorityFrom?: number;
  readonly priorityTo?: number;
  readonly retriesFrom?: number;
  readonly retriesTo?: number;
  /** None of these holds: each is looked at by itself. */
  readonly without?: JobConditions;
}

/** Ids from here to there, both included, in small letters. */
export interface IdRange {
  readonly from: string;
  readonly to: string;
}

/** A value that a payload must have at a place: any of these. */
export interface PayloadCondition {
  /** Keys of objects and indexes of lists, from the outside in. */
  readonly path: readonly string[];
  readonly values: readonly (string | number | boolean | null)[];
}
