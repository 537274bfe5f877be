import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.js';
import { postgresEnvironment } from './postgres-environment.js';
import type { ServerUser } from './server-user.js';

const SUPERUSER = 'postgres';
/** The path of a Unix socket may have about 100 characters, and the server adds its own name to this. */
const LONGEST_SOCKET_FOLDER = 80;

export interface ClusterOptions {
  initdb: string;
  folder: string;
  user: ServerUser | undefined;
  settings: Record<string, string>;
}

/** An initialised data folder, and what a client needs to connect once a server runs on it. */
export interface Cluster {
  data: string;
  port: number;
  urlOf(database: string): string;
}

export async function createCluster(options: ClusterOptions): Promise<Cluster> {
  const password = randomBytes(16).toString('hex');
  const data = makeFolder('data', options);
  const socket = makeFolder('socket', options);
  await initialise(data, password, options);
  const port = await freePort();
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: socket.length <= LONGEST_SOCKET_FOLDER ? socket : '',
    max_connections: '200',
    // To the standard error output, which is the log file.
    log_destination: 'stderr',
    logging_collector: 'off',
    ...options.settings,
  };
  appendFileSync(join(data, 'postgresql.conf'), configuration(settings));
  const server = `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}`;
  return { data, port, urlOf: (database) => `${server}/${encodeURIComponent(database)}` };
}

function makeFolder(name: string, { folder, user }: ClusterOptions): string {
  const path = join(folder, name);
  mkdirSync(path, { mode: 0o700 });
  giveTo(user, path);
  return path;
}

async function initialise(data: string, password: string, options: ClusterOptions): Promise<void> {
  const { folder, initdb, user } = options;
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  giveTo(user, passwordFile);
  const flags = [
    `--pgdata=${data}`,
    `--username=${SUPERUSER}`,
    // With a password, not "trust": loopback is open to every user of this machine, and a superuser can run programs.
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
    // The same order of texts on every machine.
    '--no-locale',
    // Skips only the flush of the empty cluster. The server itself flushes as configured.
    '--no-sync',
  ];
  try {
    await promisify(execFile)(initdb, flags, { cwd: folder, env: postgresEnvironment(), ...user });
  } finally {
    rmSync(passwordFile);
  }
}

function giveTo(user: ServerUser | undefined, path: string): void {
  if (user !== undefined) chownSync(path, user.uid, user.gid);
}

function configuration(settings: Record<string, string>): string {
  const quoted = (value: string) => value.replaceAll('\\', '\\\\').replaceAll("'", "''");
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${quoted(value)}'`);
  return `\n${lines.join('\n')}\n`;
}
