import { chownSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { foldersOnPath, isExecutable, refuseWindows } from './executables.js';
import { freePort } from './free-port.js';
import { installPackage, mayInstall } from './install-package.js';
import { PrivateFolder } from './private-folder.js';
import { ServerProcess } from './server-process.js';
import { canEnter, postgresServerUser } from './server-user.js';

const FOLDERS_BESIDE_PATH = ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin'];

export interface PgBouncerOptions {
  /** Connections to PostgreSQL at most. Default 20. */
  poolSize?: number;
  say?: (line: string) => void;
}

/** A PgBouncer in transaction mode. It ends with this process at the latest. */
export interface PrivatePgBouncer {
  /** The database of the given URL, through the pooler. */
  readonly url: string;
  readonly port: number;
  /** Ends it and deletes its folder. */
  remove(): Promise<void>;
}

/** Starts a PgBouncer of our own in front of a PostgreSQL that listens on loopback. */
export async function startPgBouncer(
  databaseUrl: string,
  { poolSize = 20, say = () => {} }: PgBouncerOptions = {},
): Promise<PrivatePgBouncer> {
  refuseWindows('PgBouncer');
  const command = await requirePgBouncer(say);
  // It refuses to run as root, as PostgreSQL does.
  const user = postgresServerUser(say);
  const parentFolder = canEnter(tmpdir(), user) ? tmpdir() : '/tmp';
  const folder = new PrivateFolder({ parentFolder, prefix: 'kyu-pgbouncer-', lastSignal: 'SIGKILL' });
  try {
    const port = await freePort();
    const files = writeSettings({ databaseUrl, folder: folder.path, poolSize, port });
    if (user !== undefined) for (const file of files) chownSync(file, user.uid, user.gid);
    const url = new URL(databaseUrl);
    url.port = String(port);
    const server = new ServerProcess({
      name: 'PgBouncer',
      command,
      arguments: [join(folder.path, 'pgbouncer.ini')],
      environment: process.env,
      folder,
      logFile: join(folder.path, 'pgbouncer.log'),
      user,
      isReady: () => answers(url.href),
    });
    await server.start();
    return { url: url.href, port, remove: () => folder.remove() };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

/** @throws When there is none and this process may not install one. */
async function requirePgBouncer(say: (line: string) => void): Promise<string> {
  const installed = findPgBouncer();
  if (installed !== undefined) return installed;
  if (mayInstall()) await installPackage('pgbouncer', say);
  const found = findPgBouncer();
  if (found !== undefined) return found;
  throw new Error('The tests need PgBouncer, and none was found. Install the package pgbouncer.');
}

function findPgBouncer(): string | undefined {
  const folders = [...foldersOnPath(), ...FOLDERS_BESIDE_PATH];
  return folders.map((folder) => join(folder, 'pgbouncer')).find(isExecutable);
}

interface Settings {
  readonly databaseUrl: string;
  readonly folder: string;
  readonly poolSize: number;
  readonly port: number;
}

function writeSettings({ databaseUrl, folder, poolSize, port }: Settings): string[] {
  const { hostname, password, port: upstreamPort, username } = new URL(databaseUrl);
  const users = join(folder, 'users.txt');
  writeFileSync(users, `"${decodeURIComponent(username)}" "${decodeURIComponent(password)}"\n`, {
    mode: 0o600,
  });
  const settings = join(folder, 'pgbouncer.ini');
  const lines = [
    '[databases]',
    `* = host=${hostname} port=${upstreamPort || 5432}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    // PostgreSQL refuses a wrong password all the same.
    'auth_type = scram-sha-256',
    `auth_file = ${users}`,
    'pool_mode = transaction',
    `default_pool_size = ${poolSize}`,
    'max_client_conn = 500',
    '',
  ];
  writeFileSync(settings, lines.join('\n'), { mode: 0o600 });
  return [users, settings];
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {}); // the rejected query says it already
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } finally {
    await client.end();
  }
}
