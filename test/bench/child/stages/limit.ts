import { randomUUID } from 'node:crypto';
import { printMigrations } from '../../../../lib/index.js';
import { Client } from 'pg';
import { JobIdSource } from '../../../../lib/core/job-id.js';
import type { Claim } from '../../../../lib/core/claim.js';
import type { Settlement } from '../../../../lib/core/settlement.js';
import { plainJobsValues } from '../../../../lib/ledger/draft-values.js';
import { setPlannerUp } from '../../../../lib/ledger/planner-settings.js';
import { completeValues } from '../../../../lib/ledger/settle-values.js';
import { StatementBook, type StatementTemplate } from '../../../../lib/ledger/statement.js';
import { claimJobsById } from '../../../../lib/ledger/statements/claim-jobs-by-id.sql.js';
import { completeRuns } from '../../../../lib/ledger/statements/complete-runs.sql.js';
import { insertPlainJobs } from '../../../../lib/ledger/statements/insert-plain-jobs.sql.js';
import { registerWorker } from '../../../../lib/ledger/statements/register-worker.sql.js';
import type { LimitAnswer } from '../answers.js';
import { JOB_TYPE, nowMs, payloadOf } from '../payload.js';

/** How the bare client works. */
export interface LimitInput {
  readonly postgresUrl: string;
  readonly jobs: number;
  readonly warmUpJobs: number;
  /** Jobs of one statement. */
  readonly batch: number;
  /** Statements at once. */
  readonly connections: number;
}

const QUEUE = 'limit';
/** Its place in claimColumns. */
const CLAIMED_AT = 11;
const RAW_TEXT = { getTypeParser: () => (value: unknown) => value };

/**
 * What PostgreSQL allows: the three statements of Kyu's way of a job, in full batches, with nothing between them. No
 * queue, no handler, no Redis, no lease; the ids are known, the answers are not parsed.
 */
export async function driveBareClients(input: LimitInput): Promise<LimitAnswer> {
  const clients = await Promise.all(
    Array.from({ length: input.connections }, () => connect(input.postgresUrl)),
  );
  const [first] = clients as [Client]; // at least one
  await first.query(printMigrations('kyu'));
  const bare = new BareWorker(clients);
  await bare.register();
  await bare.run(input.warmUpJobs, input.batch);
  const times = await bare.run(input.jobs, input.batch);
  const completed = await bare.countCompleted();
  await Promise.all(clients.map((client) => client.end()));
  return { jobs: input.jobs, ...times, completed: completed - input.warmUpJobs };
}

async function connect(postgresUrl: string): Promise<Client> {
  const client = new Client({ connectionString: postgresUrl });
  await client.connect();
  await setPlannerUp(client);
  return client;
}

/** Claims and settles on several connections at once. */
class BareWorker {
  private readonly book = new StatementBook('kyu');
  private readonly ids = new JobIdSource(Date.now);
  private readonly workerId = randomUUID();

  constructor(private readonly clients: readonly Client[]) {}

  async register(): Promise<void> {
    const [client] = this.clients as [Client]; // at least one
    await this.query(client, registerWorker, [
      this.workerId,
      'bench',
      1,
      '0',
      [QUEUE],
      1,
      600_000,
      [JOB_TYPE],
    ]);
  }

  async run(jobs: number, batch: number): Promise<{ insertMs: number; processMs: number }> {
    const batches: string[][] = [];
    for (let left = jobs; left > 0; left -= batch) {
      batches.push(Array.from({ length: Math.min(left, batch) }, () => this.ids.next()));
    }
    const insertMs = await this.timed(batches, (client, ids) => this.insert(client, ids));
    const processMs = await this.timed(batches, (client, ids) => this.claimAndSettle(client, ids));
    return { insertMs, processMs };
  }

  async countCompleted(): Promise<number> {
    const [client] = this.clients as [Client]; // at least one
    const { rows } = await client.query<{ count: number }>(
      `select count(*)::integer as count
       from kyu.kyu_jobs job
       join kyu.kyu_attempts attempt on attempt.job_id = job.id and attempt.worker_id = $1
       where job.status = 'completed'`,
      [this.workerId],
    );
    return rows[0]?.count ?? 0;
  }

  /** Each connection takes the next batch when it is through with one. */
  private async timed(
    batches: readonly string[][],
    work: (client: Client, ids: readonly string[]) => Promise<void>,
  ): Promise<number> {
    const startedAt = nowMs();
    const shared = batches.values();
    const drive = async (client: Client): Promise<void> => {
      for (const ids of shared) await work(client, ids);
    };
    await Promise.all(this.clients.map(drive));
    return nowMs() - startedAt;
  }

  private async insert(client: Client, ids: readonly string[]): Promise<void> {
    const drafts = ids.map((id, index) => ({
      id,
      queue: QUEUE,
      type: JOB_TYPE,
      priority: 0,
      payload: JSON.stringify(payloadOf(index)),
      maxRetries: 3,
      timeoutMs: 30_000,
      delayMs: 0,
      scheduledAt: null,
    }));
    await this.query(client, insertPlainJobs, plainJobsValues(drafts));
  }

  private async claimAndSettle(client: Client, ids: readonly string[]): Promise<void> {
    const claimed = await this.query(client, claimJobsById, [this.workerId, QUEUE, [JOB_TYPE], ids]);
    const ascending = claimed.sort(([one], [other]) => String(one).localeCompare(String(other)));
    await this.query(client, completeRuns, completeValues(ascending.map((row) => this.completionOf(row))));
  }

  private completionOf([id, run, ...others]: (string | null)[]): Settlement {
    const claimedAt = others[CLAIMED_AT - 2];
    const claim = { id, run: Number(run), workerId: this.workerId, claimedAt } as Claim; // what completeValues reads
    const times = { startedAfterMs: 0, finishedAfterMs: 0 };
    const outcome = { outcome: 'completed', status: 'completed', result: null, error: null } as const;
    return { claim, ...outcome, ...times, retryCount: 0, delayMs: 0 };
  }

  private async query(
    client: Client,
    template: StatementTemplate,
    values: unknown[],
  ): Promise<(string | null)[][]> {
    const { name, text } = this.book.get(template);
    const { rows } = await client.query<(string | null)[]>({
      name,
      text,
      values,
      rowMode: 'array',
      types: RAW_TEXT,
    });
    return rows;
  }
}
