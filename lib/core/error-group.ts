import type { JobId } from './job.js';

/** Runs that ended with the same error, give or take ids, numbers and what stands in quotes. */
export interface ErrorGroup {
  /** 16 hexadecimal digits; `fingerprint:…` finds its jobs in a search. */
  readonly fingerprint: string;
  /** The class of the error, as `TypeError`. */
  readonly errorName: string;
  /** A message as it was last seen. */
  readonly message: string;
  /** At most 20 job types. */
  readonly types: readonly string[];
  readonly runs: number;
  readonly jobs: number;
  /** Jobs of the group that are dead, and could run again. */
  readonly dead: number;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  /** The job of the last run. */
  readonly sampleJobId: JobId;
}

/** Errors of a window, those with the most runs first. */
export interface ErrorGroupList {
  readonly groups: readonly ErrorGroup[];
  /** True when there were more runs with errors than are looked at: the newest were. */
  readonly approximate: boolean;
}
