import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { tablesOf, type StatementTemplate } from '../../../lib/ledger/statement.js';
import { claimJobsByQueue } from './statements-of-version-1/claim-jobs-by-queue.sql.js';
import { insertJobs } from './statements-of-version-1/insert-jobs.sql.js';
import { registerWorker } from './statements-of-version-1/register-worker.sql.js';
import { settleRuns } from './statements-of-version-1/settle-runs.sql.js';

/** A run that this worker has begun. */
export interface OldRun {
  readonly id: string;
  readonly run: number;
  readonly retryCount: number;
  readonly maxRetries: number;
  readonly claimedAt: Date;
}

/** What the settle statement is told of a run. */
export type OldOutcome = 'completed' | 'failed';

const IDLE_MS = 20;
const ROOM = 3;
const LEASE_MS = 60_000;

/**
 * A worker with the statements of schema version 1, as its release shipped them: nothing of today's engine runs here.
 * It shows what happens in a rolling deployment, where processes of two releases share a ledger.
 */
export class WorkerOfVersion1 {
  readonly id = randomUUID();
  readonly runs: OldRun[] = [];
  private stopped = false;
  private working: Promise<void> = Promise.resolve();

  private constructor(
    private readonly client: Client,
    private readonly schema: string,
    private readonly queue: string,
    private readonly type: string,
  ) {}

  static async start(
    url: string,
    place: { schema: string; queue: string; type: string },
  ): Promise<WorkerOfVersion1> {
    const client = new Client({ connectionString: url });
    await client.connect();
    const worker = new WorkerOfVersion1(client, place.schema, place.queue, place.type);
    const identity = [worker.id, 'host', process.pid, '0.0.1', [place.queue], ROOM, LEASE_MS];
    await worker.ask(registerWorker, identity);
    return worker;
  }

  async enqueue(ids: readonly string[]): Promise<void> {
    const drafts = ids.map((id) => ({
      ...{ id, queue: this.queue, type: this.type, priority: 0, payload: { from: 'version 1' } },
      ...{ retries: 3, timeout: 30_000, delay: 0, at: null },
    }));
    await this.ask(insertJobs, [JSON.stringify(drafts)]);
  }

  /** Claims and settles until it is stopped; every fifth run fails while it has another attempt. */
  work(): void {
    this.working = this.loop();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.working;
    await this.client.end();
  }

  async claim(): Promise<OldRun[]> {
    const values = [this.id, this.queue, [this.type], [ROOM], ROOM];
    const rows = await this.ask<Record<string, never>>(claimJobsByQueue, values);
    return rows.map((row) => ({
      id: String(row['id']),
      run: Number(row['run']),
      retryCount: Number(row['retry_count']),
      maxRetries: Number(row['max_retries']),
      claimedAt: new Date(row['locked_at'] ?? 0),
    }));
  }

  /** Answers whether the ledger took it. */
  async settle({ claimedAt, id, retryCount, run }: OldRun, outcome: OldOutcome): Promise<boolean> {
    const hasFailed = outcome === 'failed';
    const rows = await this.ask(settleRuns, [
      ...[[id], [run], [this.id], [claimedAt]],
      ...[[outcome], [hasFailed ? retryCount + 1 : retryCount], [10], [hasFailed ? null : '"old"']],
      ...[[outcome], [1], [5], [hasFailed ? 'not this time' : null], [null]],
    ]);
    return rows.length > 0;
  }

  private async loop(): Promise<void> {
    while (!this.stopped) {
      const claimed = await this.claim();
      if (claimed.length === 0) await delay(IDLE_MS); // its poll
      for (const run of claimed) {
        this.runs.push(run);
        const mayFail = run.retryCount < run.maxRetries && this.runs.length % 5 === 0;
        await this.settle(run, mayFail ? 'failed' : 'completed');
      }
    }
  }

  private async ask<Row extends object>(template: StatementTemplate, values: unknown[]): Promise<Row[]> {
    const { rows } = await this.client.query<Row>(template.text(tablesOf(this.schema)), values);
    return rows;
  }
}
