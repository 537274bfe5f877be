import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { refuseWindows } from './executables.js';
import { findPostgresBinaries, type PostgresBinaries } from './postgres-binaries.js';
import { type Cluster, createCluster } from './postgres-cluster.js';
import { postgresEnvironment } from './postgres-environment.js';
import { PrivateFolder } from './private-folder.js';
import { ServerProcess } from './server-process.js';
import { canEnter, postgresServerUser, type ServerUser } from './server-user.js';

const FIRST_DATABASE = 'kyu';

/**
 * `fast` ends open transactions and writes a checkpoint. `immediate` is a crash: clients are cut off, nothing more is
 * flushed, and the next start recovers from the write-ahead log. SIGKILL would not be a truer crash, only a worse one:
 * it hits one process of many, and a backend in the middle of a computation lives on and blocks the next start.
 */
export type PostgresStopMode = 'fast' | 'immediate';

export interface PostgresOptions {
  /** Lines for postgresql.conf. They win over those of the launcher. Default: durable, as PostgreSQL ships. */
  settings?: Record<string, string>;
  /** Where the folder of the server is made. Default: the folder of the system for temporary files. */
  parentFolder?: string;
  /** Hears of changes to the machine, such as a new system user. */
  say?: (line: string) => void;
}

/** Starts a PostgreSQL server of our own. It ends with this process at the latest, and its folder with it. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PrivatePostgres> {
  refuseWindows('PostgreSQL');
  const user = postgresServerUser(options.say ?? (() => {}));
  const parentFolder = options.parentFolder ?? temporaryFolder(user);
  const folder = new PrivateFolder({ parentFolder, prefix: 'kyu-postgres-', lastSignal: 'SIGQUIT' });
  try {
    if (!canEnter(folder.path, user)) {
      throw new Error(
        `The system user of PostgreSQL cannot enter ${folder.path}. Pass a parentFolder it can enter.`,
      );
    }
    const binaries = findPostgresBinaries(folder.path, user);
    const { initdb } = binaries;
    const cluster = await createCluster({
      initdb,
      folder: folder.path,
      user,
      settings: options.settings ?? {},
    });
    const postgres = new PrivatePostgres({ folder, binaries, cluster, user });
    await postgres.start();
    await postgres.createDatabase(FIRST_DATABASE);
    return postgres;
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

interface PostgresParts {
  folder: PrivateFolder;
  binaries: PostgresBinaries;
  cluster: Cluster;
  user: ServerUser | undefined;
}

export class PrivatePostgres {
  /** The database `kyu`, as superuser, with its password. */
  readonly url: string;
  readonly port: number;
  readonly version: string;
  readonly source: 'system' | 'embedded';
  /** Holds the data and the log. */
  readonly folder: string;
  private readonly server: ServerProcess;

  constructor(private readonly parts: PostgresParts) {
    const { binaries, cluster, folder, user } = parts;
    this.url = cluster.urlOf(FIRST_DATABASE);
    this.port = cluster.port;
    this.version = binaries.version;
    this.source = binaries.source;
    this.folder = folder.path;
    this.server = new ServerProcess({
      name: 'PostgreSQL',
      command: binaries.postgres,
      arguments: ['-D', cluster.data],
      environment: postgresEnvironment(),
      folder,
      logFile: join(folder.path, 'postgres.log'),
      user,
      isReady: async () => {
        await query(cluster.urlOf('postgres'), 'SELECT 1');
        return true;
      },
    });
  }

  /** @throws While the server is stopped. */
  get pid(): number {
    return this.server.pid;
  }

  /** The same port and data again. */
  start(): Promise<void> {
    return this.server.start();
  }

  stop(mode: PostgresStopMode = 'fast'): Promise<void> {
    return this.server.stop(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
  }

  async restart(mode?: PostgresStopMode): Promise<void> {
    await this.stop(mode);
    await this.start();
  }

  /** @returns The connection string of the new database. */
  async createDatabase(name: string): Promise<string> {
    const { cluster } = this.parts;
    await query(cluster.urlOf('postgres'), `CREATE DATABASE "${name.replaceAll('"', '""')}"`);
    return cluster.urlOf(name);
  }

  /** Ends the server and deletes its folder. */
  remove(): Promise<void> {
    return this.parts.folder.remove();
  }
}

/** Root may have a temporary folder of its own that the user of the server cannot enter. */
function temporaryFolder(user: ServerUser | undefined): string {
  return canEnter(tmpdir(), user) ? tmpdir() : '/tmp';
}

async function query(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  // A server that ends under the query reports it here as well. The rejected promise says it already.
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query(sql);
  } finally {
    await client.end();
  }
}
