import type { Client, ClientBase, Pool, QueryResult } from 'pg';
import { DataSource, type EntityManager } from 'typeorm';
import { LedgerUnavailableError } from '../core/errors.js';
import type { Clock } from '../core/ports/clock.js';
import { systemClock } from '../core/system-clock.js';
import {
  applicationName,
  ownOptions,
  type ConnectionOptions,
  type LedgerTarget,
} from './connection-options.js';
import { openFirstConnection } from './first-connection.js';
import { LineWatch } from './line-watch.js';
import { setPlannerUp } from './planner-settings.js';
import { isUnreachable } from './postgres-errors.js';
import { ReservedConnection } from './reserved-connection.js';
import { runOnHeld } from './run-on-held.js';
import { runStatement, type Reading } from './run-statement.js';
import { askAboutSessions, QUESTION_TIMEOUTS } from './session-reports.js';
import { StatementBook, type Statement, type StatementTemplate } from './statement.js';
import { copyForThread, type ThreadConfig } from './thread-config.js';

/** A statement with its parameters. */
export interface StatementCall {
  readonly template: StatementTemplate;
  readonly values: unknown[];
}

/**
 * Kyu's own connections to PostgreSQL. They are never the application's: a handler that holds every connection of the
 * app's pool must not keep its own run from being settled, nor the heartbeat from being heard
 * (docs/decisions/0003). Given a `DataSource`, its options are used and its pool is left alone.
 */
export class LedgerConnection {
  readonly book: StatementBook;
  private readonly source: DataSource;
  private lineWatch: LineWatch | undefined;
  /** Statements have names only where they stay in the session that knows them: not behind a pooler. */
  private hasOwnSessions: boolean;

  constructor(
    target: LedgerTarget,
    private readonly options: ConnectionOptions,
    private readonly clock: Clock = systemClock,
  ) {
    this.book = new StatementBook(options.schema);
    this.hasOwnSessions = options.preparedStatements;
    this.source = new DataSource(ownOptions(target, options, this.setUp));
  }

  async open(): Promise<void> {
    try {
      await openFirstConnection(this.source, this.clock);
    } catch (error) {
      throw new LedgerUnavailableError('connecting to PostgreSQL failed', error);
    }
    this.pool.on('error', () => {}); // an idle connection was cut: the pool drops it, the next query opens another
    this.lineWatch = new LineWatch(this.clock, (pids) =>
      askAboutSessions(this.createClient('line-watch', QUESTION_TIMEOUTS), this.book, pids),
    );
    this.lineWatch.watch(this.pool);
  }

  async close(): Promise<void> {
    this.lineWatch?.stop();
    if (this.source.isInitialized) await this.source.destroy();
  }

  get isOpen(): boolean {
    return this.source.isInitialized;
  }

  /** For migrations and for readers that want entities. */
  get dataSource(): DataSource {
    return this.source;
  }

  /** Runs a statement of the engine on one of Kyu's connections and parses rows into objects. */
  async query<Row>(template: StatementTemplate, values: unknown[]): Promise<Row[]> {
    const result = await this.run(this.pool, this.book.get(template), values, { raw: false });
    return result.rows as Row[];
  }

  /** The same for the hot path: rows are arrays of text. */
  async queryRaw(template: StatementTemplate, values: unknown[]): Promise<(string | null)[][]> {
    const result = await this.run(this.pool, this.book.get(template), values, { raw: true });
    return result.rows as (string | null)[][];
  }

  /** Runs all of the calls on so many connections, new ones where there are fewer, and gives them back. */
  async callOnEach(connections: number, calls: readonly StatementCall[]): Promise<void> {
    const count = Math.min(connections, this.options.pool.maxIdle);
    const clients = await Promise.allSettled(Array.from({ length: count }, () => this.pool.connect()));
    const usable = clients.flatMap((client) => (client.status === 'fulfilled' ? client.value : []));
    const ready = calls.map(({ template, values }) => ({ statement: this.book.get(template), values }));
    await Promise.all(usable.map((client) => runOnHeld(client, ready, this.hasOwnSessions)));
  }

  /** Runs a statement in the caller's transaction, else on one of Kyu's connections. */
  async queryIn<Row>(
    manager: EntityManager | undefined,
    template: StatementTemplate,
    values: unknown[],
  ): Promise<Row[]> {
    if (manager === undefined) return this.query<Row>(template, values);
    const result: unknown = await manager.query(this.book.get(template).text, values);
    return rowsOf<Row>(result);
  }

  /** Runs `work` in a transaction on one of Kyu's connections: committed when it ends, rolled back when it throws. */
  async transaction<Answer>(work: (manager: EntityManager) => Promise<Answer>): Promise<Answer> {
    if (!this.isOpen) throw new LedgerUnavailableError('the connection is closed', undefined);
    try {
      return await this.source.transaction(work);
    } catch (error) {
      if (isUnreachable(error)) throw new LedgerUnavailableError('a transaction failed', error);
      throw error;
    }
  }

  /**
   * A connection that is used for one purpose alone, such as the heartbeat: nothing else can make it wait.
   * It is a pool of one, so that it comes back by itself after an outage.
   */
  reserve(purpose: string): ReservedConnection {
    const PoolOfOne = this.pool.constructor as new (config: object) => Pool;
    const reserved = new PoolOfOne({ ...this.clientConfig(purpose), min: 0, max: 1 });
    this.lineWatch?.watch(reserved);
    return new ReservedConnection(reserved, this.book, this.hasOwnSessions);
  }

  /** A bare client for LISTEN, past a pooler where the options say how: through one nothing is heard. */
  createListener(): Client {
    const { listenDsn } = this.options;
    return this.createClient('listen', listenDsn === undefined ? {} : { connectionString: listenDsn });
  }

  private createClient(purpose: string, changes: object = {}): Client {
    const pool = this.pool as Pool & { readonly Client: new (config: object) => Client };
    return new pool.Client({ ...this.clientConfig(purpose), ...changes });
  }

  /** node-postgres hides the password from enumeration, so that it does not end up in logs; a copy must name it. */
  private clientConfig(purpose: string): object {
    const options = this.pool.options;
    const application_name = `${applicationName(this.options.name)}:${purpose}`;
    return { ...options, password: options.password, application_name };
  }

  /** The same connection for another thread; in words why there is none. */
  configForThread(purpose: string): ThreadConfig {
    return copyForThread(this.clientConfig(purpose));
  }

  /** The first connection is set up before the first statement of the engine, and one tells for all. */
  private readonly setUp = async (client: ClientBase): Promise<void> => {
    if (!(await setPlannerUp(client))) this.hasOwnSessions = false;
  };

  private get pool(): Pool {
    if (!this.source.isInitialized) throw new LedgerUnavailableError('the connection is closed', undefined);
    return (this.source.driver as unknown as { readonly master: Pool }).master;
  }

  private async run(
    queryable: Pool,
    statement: Statement,
    values: unknown[],
    reading: Reading,
  ): Promise<QueryResult> {
    return runStatement(queryable, statement, values, reading, this.hasOwnSessions);
  }
}

/** TypeORM answers UPDATE and DELETE with [rows, count], SELECT and INSERT with rows. */
function rowsOf<Row>(result: unknown): Row[] {
  if (
    Array.isArray(result) &&
    result.length === 2 &&
    Array.isArray(result[0]) &&
    typeof result[1] === 'number'
  ) {
    return result[0] as Row[];
  }
  return result as Row[];
}
