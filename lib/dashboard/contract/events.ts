import type { JobCountsData } from './jobs.js';

/** GET events: server-sent. Name of the event and what it carries. */
export interface ServerEvents {
  /** At most once a second, and only when something changed: what the pages should read again. */
  readonly changed: Pick<JobCountsData, 'counts' | 'estimated'> & {
    readonly topics: readonly ('jobs' | 'queues' | 'workers' | 'schedules' | 'audit')[];
  };
}
