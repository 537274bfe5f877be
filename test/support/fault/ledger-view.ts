import { Client } from 'pg';
import type { AttemptRow, JobRow } from './history.js';

/** One row of `kyu_workers`. */
export interface WorkerRow {
  readonly id: string;
  readonly pid: number;
  readonly state: string;
}

/** Reads one schema with plain SQL, over a connection that is made anew for each question: servers come and go here. */
export class LedgerView {
  constructor(
    private readonly url: string,
    private readonly schema: string,
  ) {}

  /** Jobs that have not come to their end. */
  async countUnfinished(): Promise<number> {
    const statuses = `('completed', 'dead', 'cancelled')`;
    const sql = `select count(*)::int as count from ${this.schema}.kyu_jobs where status not in ${statuses}`;
    const [row] = await this.query<{ count: number }>(sql);
    return row?.count ?? 0;
  }

  jobs(ids?: readonly string[]): Promise<JobRow[]> {
    return this.query<JobRow>(
      `select id, job_type as type, status, run, retry_count as "retryCount", max_retries as "maxRetries",
         crash_count as "crashCount", error_message as "errorMessage"
       from ${this.schema}.kyu_jobs where $1::uuid[] is null or id = any($1) order by id`,
      [ids ?? null],
    );
  }

  attempts(ids?: readonly string[]): Promise<AttemptRow[]> {
    return this.query<AttemptRow>(
      `select attempt.job_id as job, attempt.run, attempt.attempt, attempt.outcome,
         attempt.worker_id as "workerId", worker.pid
       from ${this.schema}.kyu_attempts attempt
       left join ${this.schema}.kyu_workers worker on worker.id = attempt.worker_id
       where $1::uuid[] is null or attempt.job_id = any($1) order by attempt.job_id, attempt.run`,
      [ids ?? null],
    );
  }

  workers(): Promise<WorkerRow[]> {
    return this.query<WorkerRow>(
      `select id, pid, state from ${this.schema}.kyu_workers order by started_at, id`,
    );
  }

  /** Everything about some jobs, byte by byte: what must not change compares equal. */
  async wholeRows(ids: readonly string[]): Promise<string[]> {
    const jobs = await this.query<{ text: string }>(
      `select job::text as text from ${this.schema}.kyu_jobs job where id = any($1) order by id`,
      [ids],
    );
    const attempts = await this.query<{ text: string }>(
      `select attempt::text as text from ${this.schema}.kyu_attempts attempt where job_id = any($1) order by job_id, run`,
      [ids],
    );
    return [...jobs, ...attempts].map(({ text }) => text);
  }

  /** Whether the reaper has ended its quiet time after a gap, and has looked for dead workers since. */
  async reaperIsActive(): Promise<boolean> {
    const [row] = await this.query<{ active: boolean }>(
      `select bool_and(last_ran_at > quiet_until) as active from ${this.schema}.kyu_duties where duty = 'rescue'`,
    );
    return row?.active === true;
  }

  async query<Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> {
    const client = new Client({ connectionString: this.url, connectionTimeoutMillis: 5_000 });
    client.on('error', () => {}); // the rejected query says it already
    try {
      await client.connect();
      return (await client.query<Row>(sql, values)).rows;
    } finally {
      await client.end().catch(() => {}); // it may have been cut off
    }
  }
}
