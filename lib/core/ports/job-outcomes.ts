import type { JobId } from '../job.js';
import type { JobStatus } from '../job-status.js';

/** How a job stands, for somebody who waits for its end. */
export interface JobStanding {
  readonly id: JobId;
  readonly status: JobStatus;
  readonly result: unknown;
  readonly errorMessage: string | null;
}

/** The door of those who wait for jobs: one question about all of them. */
export interface JobOutcomes {
  /** Jobs that do not exist are left out. */
  standings(ids: readonly JobId[]): Promise<JobStanding[]>;
}
