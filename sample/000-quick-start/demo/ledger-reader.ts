import { hostname } from 'node:os';
import { Client, type QueryResultRow } from 'pg';
import type { DeathCause, JobCounts, JobTypeFigures, LedgerFigures } from './ledger-figures.js';
import { COUNTS, DEATH_CAUSES, JOB_TYPES, NOW, REPORT_FILES, RUNNING_IN } from './ledger-queries.js';

/** Reads with SQL what became of the jobs that were enqueued since it was opened. */
export class LedgerReader {
  private constructor(
    private readonly client: Client,
    private readonly since: string,
  ) {}

  /** @throws Error when PostgreSQL does not answer */
  static async open(databaseUrl: string): Promise<LedgerReader> {
    const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
    // A connection that breaks shows in the next query; unheard, the event would end this process.
    client.on('error', () => {});
    try {
      await client.connect();
    } catch (error) {
      throw new Error(`PostgreSQL does not answer: ${reasonOf(error)}`, { cause: error });
    }
    // By the database's own clock, which is also the one that stamps the jobs.
    const { rows } = await client.query<{ now: string }>(NOW);
    return new LedgerReader(client, rows[0]?.now ?? '-infinity');
  }

  counts(): Promise<JobCounts> {
    return this.one<JobCounts>(COUNTS, [this.since]);
  }

  async figures(): Promise<LedgerFigures> {
    const jobTypes = await this.client.query<JobTypeFigures>(JOB_TYPES, [this.since]);
    const causes = await this.client.query<DeathCause>(DEATH_CAUSES, [this.since]);
    const reports = await this.client.query<{ file: string }>(REPORT_FILES, [this.since]);
    return {
      jobTypes: jobTypes.rows.slice(0, -1),
      all: jobTypes.rows.at(-1)!, // a grouping over everything answers even when there is nothing
      causes: causes.rows,
      reportFiles: reports.rows.map(({ file }) => file),
    };
  }

  /** How many jobs a worker process of this machine has under way, dead or alive. */
  async runningIn(pid: number): Promise<number> {
    const { running } = await this.one<{ running: number }>(RUNNING_IN, [hostname(), pid]);
    return running;
  }

  async close(): Promise<void> {
    await this.client.end();
  }

  private async one<Row extends QueryResultRow>(sql: string, values: unknown[]): Promise<Row> {
    const { rows } = await this.client.query<Row>(sql, values);
    return rows[0]!; // each of these queries answers with exactly one row
  }
}

/** Node reports a host with several addresses as an error without a text of its own. */
function reasonOf(error: unknown): string {
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  return first instanceof Error ? first.message : String(first);
}
