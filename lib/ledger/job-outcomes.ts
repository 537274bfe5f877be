import type { JobId } from '../core/job.js';
import type { JobStatus } from '../core/job-status.js';
import type { JobOutcomes, JobStanding } from '../core/ports/job-outcomes.js';
import type { LedgerConnection } from './ledger-connection.js';
import { readStandings } from './statements/read-standings.sql.js';

/** The door of those who wait for jobs. */
export class PostgresJobOutcomes implements JobOutcomes {
  constructor(private readonly connection: LedgerConnection) {}

  async standings(ids: readonly JobId[]): Promise<JobStanding[]> {
    const rows = await this.connection.query<StandingRow>(readStandings, [ids]);
    return rows.map(({ error_message: errorMessage, ...standing }) => ({ ...standing, errorMessage }));
  }
}

interface StandingRow {
  readonly id: JobId;
  readonly status: JobStatus;
  readonly error_message: string | null;
  readonly result: unknown;
}
