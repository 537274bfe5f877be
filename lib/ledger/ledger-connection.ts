import { DataSource, type DataSourceOptions, type EntityManager } from 'typeorm';
import type { Client, ClientBase, Pool, PoolClient, QueryResult } from 'pg';
import { LedgerUnavailableError } from '../core/errors.js';
import type { ResolvedOptions } from '../core/options.js';
import type { Clock } from '../core/ports/clock.js';
import { systemClock } from '../core/system-clock.js';
import { LineWatch, type SessionReport } from './line-watch.js';
import { setPlannerUp } from './planner-settings.js';
import { isUnreachable } from './postgres-errors.js';
import { StatementBook, type Statement, type StatementTemplate } from './statement.js';
import { findBackends } from './statements/find-backends.sql.js';
import { kyuEntities } from './entities/index.js';

/** A statement of the engine that takes longer than this is given up, and its connection with it. */
const ENGINE_TIMEOUT_MS = 30_000;
/** Whether a connection is dead is worth no longer a question than this. */
const QUESTION_TIMEOUT_MS = 1_500;

/** A statement with its parameters. */
export interface StatementCall {
  readonly template: StatementTemplate;
  readonly values: unknown[];
}

/** How a result is to be read. */
interface Reading {
  /** Arrays of raw text instead of parsed objects: the hot path parses only what it needs. */
  readonly raw: boolean;
  readonly timeoutMs?: number;
}

/** Where Kyu's connections lead. */
export type LedgerTarget = { readonly dsn: string } | { readonly dataSource: DataSource };

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
    private readonly options: Pick<ResolvedOptions, 'name' | 'schema' | 'pool' | 'preparedStatements'>,
    private readonly clock: Clock = systemClock,
  ) {
    this.book = new StatementBook(options.schema);
    this.hasOwnSessions = options.preparedStatements;
    this.source = new DataSource(ownOptions(target, options, this.setUp));
  }

  async open(): Promise<void> {
    try {
      await this.source.initialize();
    } catch (error) {
      throw new LedgerUnavailableError('connecting to PostgreSQL failed', error);
    }
    this.pool.on('error', () => {}); // an idle connection was cut: the pool drops it, the next query opens another
    this.lineWatch = new LineWatch(this.clock, (pids) => this.askAboutSessions(pids));
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
    await Promise.all(usable.map((client) => this.callAll(client, calls)));
  }

  private async callAll(client: PoolClient, calls: readonly StatementCall[]): Promise<void> {
    let failure: Error | undefined;
    try {
      for (const { template, values } of calls) {
        await runStatement(client, this.book.get(template), values, { raw: true }, this.hasOwnSessions);
      }
    } catch (error) {
      failure = error as Error;
    } finally {
      client.release(failure); // one that failed is not used again
    }
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

  /** A bare client, for LISTEN. */
  createClient(purpose: string, changes: object = {}): Client {
    const pool = this.pool as Pool & { readonly Client: new (config: object) => Client };
    return new pool.Client({ ...this.clientConfig(purpose), ...changes });
  }

  /** Over a connection of its own: those that are there may be dead as well. */
  private async askAboutSessions(pids: readonly number[]): Promise<SessionReport[]> {
    const timeouts = { connectionTimeoutMillis: QUESTION_TIMEOUT_MS, query_timeout: QUESTION_TIMEOUT_MS };
    const client = this.createClient('line-watch', timeouts);
    client.on('error', () => {}); // the rejected question says it already
    try {
      await client.connect();
      const { rows } = await client.query<BackendRow>(this.book.get(findBackends).text, [pids]);
      const { processID } = client as Client & { readonly processID: number };
      return rows.map(({ is_gone, is_waiting, own_pid, pid }) => ({
        pid,
        // A pooler tells its clients pids of its own making: then nothing follows from one that is not there.
        isGone: is_gone && own_pid === processID,
        isWaiting: is_waiting,
      }));
    } finally {
      void client.end().catch(() => {}); // nobody waits for its farewell
    }
  }

  /** node-postgres hides the password from enumeration, so that it does not end up in logs; a copy must name it. */
  private clientConfig(purpose: string): object {
    const options = this.pool.options;
    const application_name = `${applicationName(this.options.name)}:${purpose}`;
    return { ...options, password: options.password, application_name };
  }

  /**
   * The same connection as plain data, for another thread; in words why there is none. A password that is asked for at
   * each connection, or a stream of the application's own, cannot leave this thread.
   */
  configForThread(purpose: string): { readonly config: object } | { readonly impossible: string } {
    const given = this.clientConfig(purpose) as Readonly<Record<string, unknown>>;
    for (const key of UNCOPIABLE_KEYS) {
      if (typeof given[key] === 'function') return { impossible: `the connection's "${key}" is a function` };
    }
    const config = Object.fromEntries(
      THREAD_KEYS.flatMap((key) => (key in given ? [[key, given[key]]] : [])),
    );
    try {
      return { config: structuredClone(config) };
    } catch {
      return { impossible: 'the connection has settings that cannot be copied to another thread' };
    }
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

/** One answer of `find-backends`. */
interface BackendRow {
  readonly pid: number;
  readonly is_gone: boolean;
  readonly is_waiting: boolean;
  readonly own_pid: number;
}

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

/** A client-side timeout ends in an error, and `pool.query` destroys a connection whose query ended in one. */
async function runStatement(
  pool: Pool | PoolClient,
  statement: Statement,
  values: unknown[],
  reading: Reading,
  hasOwnSession: boolean,
): Promise<QueryResult> {
  const config = {
    text: statement.text,
    values,
    query_timeout: reading.timeoutMs ?? ENGINE_TIMEOUT_MS,
    ...(hasOwnSession ? { name: statement.name } : {}),
    ...(reading.raw ? { rowMode: 'array' as const, types: RAW_TEXT } : {}),
  };
  try {
    return await pool.query(config);
  } catch (error) {
    if (isUnreachable(error)) throw new LedgerUnavailableError(`statement ${statement.name} failed`, error);
    throw error;
  }
}

/** Settings of a connection that may be functions, and then belong to this thread. */
const UNCOPIABLE_KEYS = ['password', 'stream'];

/** Settings of a connection that say where it leads and how. */
const THREAD_KEYS = [
  'connectionString',
  'host',
  'port',
  'user',
  'password',
  'database',
  'ssl',
  'options',
  'keepAlive',
  'application_name',
];

const RAW_TEXT = { getTypeParser: () => (value: unknown) => value };

function ownOptions(
  target: LedgerTarget,
  options: Pick<ResolvedOptions, 'name' | 'schema' | 'pool' | 'preparedStatements'>,
  setUp: (client: ClientBase) => Promise<void>,
): DataSourceOptions {
  const base = 'dsn' in target ? { type: 'postgres' as const, url: target.dsn } : target.dataSource.options;
  const extra = (base as { extra?: object }).extra ?? {};
  return {
    ...base,
    entities: kyuEntities(options.schema),
    migrations: [],
    subscribers: [],
    synchronize: false,
    migrationsRun: false,
    dropSchema: false,
    logging: false,
    cache: false,
    installExtensions: false,
    applicationName: applicationName(options.name),
    connectTimeoutMS: 5_000,
    extra: {
      ...extra,
      max: options.pool.maxOpen,
      // node-postgres closes idle connections above this number and keeps the others.
      min: options.pool.maxIdle,
      maxLifetimeSeconds: Math.ceil(options.pool.maxLifetimeMs / 1_000),
      keepAlive: true,
      ...(options.preparedStatements ? { onConnect: setUp } : {}),
    },
  } as DataSourceOptions;
}

function applicationName(instance: string): string {
  return `kyu:${instance}`;
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
