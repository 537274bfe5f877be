import { JOB_STATUSES, type JobStatus } from '../../../core/job-status.js';

/** What needs eyes first stands first. */
export const STATUSES_BY_CARE: readonly JobStatus[] = [
  'pending',
  'running',
  'failed',
  'dead',
  'scheduled',
  'completed',
  'cancelled',
];

export const STATUS_MEANINGS: Readonly<Record<JobStatus, string>> = {
  scheduled: 'its first run lies in the future',
  pending: 'ready to run',
  running: 'a worker has it',
  failed: 'waits for its next attempt',
  completed: 'done',
  dead: 'no attempts left, or discarded',
  cancelled: 'stopped by someone',
};

export function isStatus(text: string): text is JobStatus {
  return (JOB_STATUSES as readonly string[]).includes(text);
}
