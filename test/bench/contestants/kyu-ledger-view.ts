import { Client } from 'pg';
import type { StoreCount } from '../child/contestant.js';

/** What the ledger says of the jobs, read with plain SQL on a connection of our own. */
export class KyuLedgerView {
  private constructor(
    private readonly client: Client,
    private readonly firstId: string,
  ) {}

  /** Counts from now on; earlier jobs may be there by the million. */
  static async open(postgresUrl: string): Promise<KyuLedgerView> {
    const client = new Client({ connectionString: postgresUrl, application_name: 'kyu-bench' });
    await client.connect();
    return new KyuLedgerView(client, lowestIdOf(Date.now()));
  }

  async count(): Promise<StoreCount> {
    const { rows } = await this.client.query<{ unfinished: number; completed: number; attempts: number }>(
      `select /* kyu-bench */
         count(*) filter (where status not in ('completed', 'dead', 'cancelled'))::integer as unfinished,
         count(*) filter (where status = 'completed')::integer as completed,
         (select count(*)::integer from kyu.kyu_attempts where job_id >= $1 and outcome = 'completed') as attempts
       from kyu.kyu_jobs
       where id >= $1`,
      [this.firstId],
    );
    const [{ unfinished, completed, attempts }] = rows as [StoreCount]; // a count is always one row
    return { unfinished, completed, attempts };
  }

  async close(): Promise<void> {
    await this.client.end();
  }
}

/** Ids begin with their millisecond (UUID version 7): none that is made later sorts before this one. */
function lowestIdOf(ms: number): string {
  const time = ms.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}
