import { randomBytes } from 'node:crypto';
import type { JobStatus, KyuModuleOptions } from 'nestjs-kyu';
import { Pool, type PoolClient } from 'pg';
import { inject } from 'vitest';
import { eventually } from './eventually.js';
import { RecordingLogger } from './observability/recording-logger.js';

/** A job as plain SQL shows it. */
export interface JobRow {
  readonly id: string;
  readonly queue: string;
  readonly job_type: string;
  readonly priority: number;
  readonly status: JobStatus;
  readonly payload: unknown;
  readonly result: unknown;
  readonly progress: { readonly percent: number; readonly note: string | null } | null;
  readonly run: number;
  readonly max_retries: number;
  readonly retry_count: number;
  readonly crash_count: number;
  readonly timeout_ms: string;
  readonly error_message: string | null;
  readonly created_at: Date;
  readonly scheduled_at: Date | null;
  readonly locked_by: string | null;
  readonly completed_at: Date | null;
}

/** A run as plain SQL shows it. */
export interface AttemptRow {
  readonly run: number;
  readonly attempt: number;
  readonly worker_id: string;
  readonly started_at: Date;
  readonly finished_at: Date;
  readonly outcome: string;
  readonly error_message: string | null;
  readonly error_stack: string | null;
}

/** Options whose log can be read. */
export type InstanceOptions = KyuModuleOptions & {
  readonly queueName: string;
  readonly logger: RecordingLogger;
};

const FINAL: readonly JobStatus[] = ['completed', 'dead', 'cancelled'];

/**
 * A schema of one test file, and connections that read it with plain SQL: what a test believes about a job comes
 * from the ledger itself.
 */
export class TestLedger {
  private queues = 0;

  private constructor(
    readonly schema: string,
    private readonly pool: Pool,
  ) {}

  /** Nothing is made yet: the first application with `migrationsRun` makes the schema. */
  static async open(theme: string): Promise<TestLedger> {
    const schema = `e2e_${theme}_${randomBytes(4).toString('hex')}`;
    const options = `-c search_path=${schema}`;
    return new TestLedger(schema, new Pool({ connectionString: inject('databaseUrl'), max: 4, options }));
  }

  async close(): Promise<void> {
    await this.pool.query(`drop schema if exists "${this.schema}" cascade`);
    await this.pool.end();
  }

  /**
   * Options of an instance on this ledger, with a queue of its own. A poll that never comes shows that signals and
   * duties do the work.
   */
  options(more: Omit<KyuModuleOptions, 'logger'> = {}): InstanceOptions {
    return {
      ...(more.dataSource === undefined ? { dsn: inject('databaseUrl') } : {}),
      redis: inject('redisUrl'),
      schema: this.schema,
      queueName: this.newQueue(),
      migrationsRun: true,
      pollInterval: '1h',
      shutdownGrace: '5s',
      // Hundreds of applications start in these tests; those that are about the thread ask for it.
      lease: { watchdog: false },
      defaults: { backoff: { base: '50ms', jitter: 0 } },
      ...more,
      logger: new RecordingLogger(),
    };
  }

  newQueue(): string {
    this.queues += 1;
    return `${this.schema}:${this.queues}`;
  }

  /** Table names need no schema. */
  async sql<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.pool.query<Row>(text, values)).rows;
  }

  /** A connection of the test's own, for a transaction; whoever takes it releases it. */
  client(): Promise<PoolClient> {
    return this.pool.connect();
  }

  /** Waits until so many jobs of a queue have ended. */
  async untilFinished(queue: string, count: number, withinMs = 10_000): Promise<void> {
    const text = 'select count(*) from kyu_jobs where queue = $1 and completed_at is not null';
    await eventually(
      async () => {
        const [row] = await this.sql<{ count: string }>(text, [queue]);
        if (Number(row?.count) < count) throw new Error(`${row?.count} of ${count} jobs have ended`);
      },
      { withinMs },
    );
  }

  async job(id: string): Promise<JobRow> {
    const [row] = await this.sql<JobRow>('select * from kyu_jobs where id = $1', [id]);
    if (row === undefined) throw new Error(`there is no job ${id}`);
    return row;
  }

  /** The runs of a job, oldest first. */
  async attempts(id: string): Promise<AttemptRow[]> {
    return this.sql<AttemptRow>('select * from kyu_attempts where job_id = $1 order by run', [id]);
  }

  async countJobs(queue: string): Promise<number> {
    const [row] = await this.sql<{ count: string }>('select count(*) from kyu_jobs where queue = $1', [
      queue,
    ]);
    return Number(row?.count);
  }

  /** Waits until the job has this status. */
  async reaches(id: string, status: JobStatus, withinMs = 10_000): Promise<JobRow> {
    return eventually(
      async () => {
        const row = await this.job(id);
        if (row.status !== status) throw new Error(`job ${id} is ${row.status}, ${row.error_message}`);
        return row;
      },
      { withinMs },
    );
  }

  /** Waits until the job has ended, in whatever way. */
  async ends(id: string, withinMs = 10_000): Promise<JobRow> {
    return eventually(
      async () => {
        const row = await this.job(id);
        if (!FINAL.includes(row.status)) throw new Error(`job ${id} is ${row.status}, ${row.error_message}`);
        return row;
      },
      { withinMs },
    );
  }
}
