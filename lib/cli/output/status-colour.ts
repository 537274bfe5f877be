import type { JobStatus } from '../../core/job-status.js';
import type { Paint } from './paint.js';

/** The colour of a status. */
export function statusColour(status: string, paint: Paint): (text: string) => string {
  const colours: Partial<Record<string, (text: string) => string>> &
    Record<JobStatus, (text: string) => string> = {
    pending: (text) => text,
    scheduled: (text) => text,
    running: paint.busy,
    completed: paint.good,
    failed: paint.careful,
    dead: paint.bad,
    cancelled: paint.quiet,
  };
  return colours[status] ?? ((text) => text);
}
