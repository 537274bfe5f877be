import type { Client } from 'pg';
import { readAuditTrail } from './audit-trail.js';
import { monotonicMs } from './events.js';
import type { AttemptRow, JobChange, JobRow, WorkerRow } from './history.js';
import { withClient } from './with-client.js';

/** What the ledger says at one instant. */
export interface LedgerSnapshot {
  readonly judgedAt: number;
  readonly jobs: readonly JobRow[];
  readonly attempts: readonly AttemptRow[];
  readonly workers: readonly WorkerRow[];
  readonly changes: readonly JobChange[];
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
    return this.query<JobRow>(jobRows(this.schema), [ids ?? null]);
  }

  attempts(ids?: readonly string[]): Promise<AttemptRow[]> {
    return this.query<AttemptRow>(attemptRows(this.schema), [ids ?? null]);
  }

  workers(): Promise<WorkerRow[]> {
    return this.query<WorkerRow>(workerRows(this.schema));
  }

  /** All of it at one instant: what the checker compares must not change between two looks. */
  snapshot(): Promise<LedgerSnapshot> {
    return this.connected(async (client) => {
      await client.query('begin transaction isolation level repeatable read read only');
      const jobs = await client.query<JobRow>(jobRows(this.schema), [null]);
      const judgedAt = monotonicMs();
      const attempts = await client.query<AttemptRow>(attemptRows(this.schema), [null]);
      const workers = await client.query<WorkerRow>(workerRows(this.schema));
      const changes = await readAuditTrail(client, this.schema);
      await client.query('commit');
      return { judgedAt, changes, jobs: jobs.rows, attempts: attempts.rows, workers: workers.rows };
    });
  }

  /** How long ago the worker of a process has beaten, in ms. */
  async msSinceBeat(pid: number): Promise<number> {
    const [row] = await this.query<{ ms: number }>(
      `select (extract(epoch from clock_timestamp() - heartbeat_at) * 1000)::float8 as ms
       from ${this.schema}.kyu_workers where pid = $1 and state = 'alive'`,
      [pid],
    );
    if (row === undefined) throw new Error(`Process ${pid} has no living worker.`);
    return row.ms;
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
    return this.connected(async (client) => (await client.query<Row>(sql, values)).rows);
  }

  private connected<Answer>(work: (client: Client) => Promise<Answer>): Promise<Answer> {
    return withClient(this.url, work);
  }
}

function jobRows(schema: string): string {
  return `select id, job_type as type, status, run, retry_count as "retryCount", max_retries as "maxRetries",
      crash_count as "crashCount", error_message as "errorMessage"
    from ${schema}.kyu_jobs where $1::uuid[] is null or id = any($1) order by id`;
}

function attemptRows(schema: string): string {
  return `select attempt.job_id as job, attempt.run, attempt.attempt, attempt.outcome,
      attempt.worker_id as "workerId", worker.pid
    from ${schema}.kyu_attempts attempt
    left join ${schema}.kyu_workers worker on worker.id = attempt.worker_id
    where $1::uuid[] is null or attempt.job_id = any($1) order by attempt.job_id, attempt.run`;
}

function workerRows(schema: string): string {
  return `select id, pid, state from ${schema}.kyu_workers order by started_at, id`;
}
