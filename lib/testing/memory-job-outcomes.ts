import type { JobId } from '../core/job.js';
import type { JobOutcomes, JobStanding } from '../core/ports/job-outcomes.js';
import { jobOf } from './memory-job-row.js';
import type { MemoryTables } from './memory-tables.js';

/** The door of those who wait for jobs, in memory. */
export class MemoryJobOutcomes implements JobOutcomes {
  constructor(private readonly tables: MemoryTables) {}

  async standings(ids: readonly JobId[]): Promise<JobStanding[]> {
    return ids.flatMap((id) => {
      const row = this.tables.job(id) ?? this.tables.archivedJob(id);
      if (row === undefined) return [];
      const { status, errorMessage, result } = jobOf(row);
      return { id: row.id, status, errorMessage, result: status === 'completed' ? result : null };
    });
  }
}
