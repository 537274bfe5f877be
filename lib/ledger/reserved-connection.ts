import type { Pool } from 'pg';
import { runStatement } from './run-statement.js';
import type { StatementBook, StatementTemplate } from './statement.js';

/** One connection for one purpose. */
export class ReservedConnection {
  constructor(
    private readonly pool: Pool,
    private readonly book: StatementBook,
    private readonly hasOwnSession: boolean,
  ) {
    pool.on('error', () => {}); // see LedgerConnection.open
  }

  async query<Row>(template: StatementTemplate, values: unknown[], timeoutMs: number): Promise<Row[]> {
    const statement = this.book.get(template);
    const reading = { raw: false, timeoutMs };
    const result = await runStatement(this.pool, statement, values, reading, this.hasOwnSession);
    return result.rows as Row[];
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}
