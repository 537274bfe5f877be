import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { PrivatePostgres } from '../stores/start-postgres.js';
import { LedgerView } from './ledger-view.js';

/** How long statements took on the server, from its own log: no client, no network and no event loop are in it. */
export class StatementLog {
  private readonly path: string;

  private constructor(
    folder: string,
    private readonly view: LedgerView,
  ) {
    this.path = join(folder, 'postgres.log');
  }

  /** From now on PostgreSQL writes down every statement. */
  static async start({ folder, url }: PrivatePostgres): Promise<StatementLog> {
    const view = new LedgerView(url, 'public');
    await view.query(`alter system set log_min_duration_statement = 0`);
    await view.query(`alter system set log_parameter_max_length = 0`);
    await view.query(`select pg_reload_conf()`);
    return new StatementLog(folder, view);
  }

  async stop(): Promise<void> {
    await this.view.query(`alter system reset log_min_duration_statement`);
    await this.view.query(`alter system reset log_parameter_max_length`);
    await this.view.query(`select pg_reload_conf()`);
  }

  /** Where the log ends now. */
  get end(): number {
    return statSync(this.path).size;
  }

  /** The times of one statement between two ends of the log, in ms. */
  timesOf(statement: string, from: number, to: number): number[] {
    const file = openSync(this.path, 'r');
    const text = Buffer.alloc(to - from);
    try {
      readSync(file, text, 0, text.length, from);
    } finally {
      closeSync(file);
    }
    const line = new RegExp(`duration: ([\\d.]+) ms {2}execute \\S*:${statement}:`, 'g');
    return [...text.toString('latin1').matchAll(line)].map(([, ms]) => Number(ms));
  }
}
