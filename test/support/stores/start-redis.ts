import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { foldersOnPath, isExecutable, refuseWindows } from './executables.js';
import { freePort } from './free-port.js';
import { PrivateFolder } from './private-folder.js';
import { redisAnswers } from './redis-readiness.js';
import { ServerProcess } from './server-process.js';

const PROGRAMS = ['redis-server', 'valkey-server'];
const FOLDERS_BESIDE_PATH = ['/usr/sbin', '/usr/local/bin', '/opt/homebrew/bin'];

export interface RedisOptions {
  /** Further command line arguments, for example `['--maxmemory', '64mb']`. They win over those of the launcher. */
  arguments?: string[];
}

/** The program of Redis, or of Valkey. Undefined when neither is installed. */
export function findRedis(): string | undefined {
  const folders = [...foldersOnPath(), ...FOLDERS_BESIDE_PATH];
  return folders.flatMap((folder) => PROGRAMS.map((program) => join(folder, program))).find(isExecutable);
}

/** Starts a Redis server of our own, without persistence. It ends with this process at the latest. */
export async function startRedis(options: RedisOptions = {}): Promise<PrivateRedis> {
  refuseWindows('Redis');
  const command = findRedis();
  if (command === undefined) {
    throw new Error('Neither redis-server nor valkey-server is installed. Install one, or set REDIS_URL.');
  }
  const version = versionOf(command);
  const folder = new PrivateFolder({ parentFolder: tmpdir(), prefix: 'kyu-redis-', lastSignal: 'SIGKILL' });
  try {
    const port = await freePort();
    const redis = new PrivateRedis({
      command,
      version,
      folder,
      port,
      furtherArguments: options.arguments ?? [],
    });
    await redis.start();
    return redis;
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

interface RedisParts {
  command: string;
  version: string;
  folder: PrivateFolder;
  port: number;
  furtherArguments: readonly string[];
}

export class PrivateRedis {
  readonly url: string;
  readonly port: number;
  readonly version: string;
  /** Holds the log. */
  readonly folder: string;
  private readonly server: ServerProcess;

  constructor(private readonly parts: RedisParts) {
    const { command, folder, port, version } = parts;
    this.url = `redis://127.0.0.1:${port}`;
    this.port = port;
    this.version = version;
    this.folder = folder.path;
    this.server = new ServerProcess({
      name: 'Redis',
      command,
      arguments: argumentsOf(parts),
      environment: process.env,
      folder,
      logFile: join(folder.path, 'redis.log'),
      isReady: (pid) => redisAnswers(port, pid),
    });
  }

  /** @throws While the server is stopped. */
  get pid(): number {
    return this.server.pid;
  }

  /** The same port again, and nothing in it. */
  start(): Promise<void> {
    return this.server.start();
  }

  /** An orderly end (SIGTERM). */
  stop(): Promise<void> {
    return this.server.stop('SIGTERM');
  }

  /** The end of a crash (SIGKILL). */
  kill(): Promise<void> {
    return this.server.stop('SIGKILL');
  }

  /** The connections stay open and nothing is answered (SIGSTOP). */
  pause(): void {
    this.server.signal('SIGSTOP');
  }

  resume(): void {
    this.server.signal('SIGCONT');
  }

  /** Ends the server and deletes its folder. */
  remove(): Promise<void> {
    return this.parts.folder.remove();
  }
}

function argumentsOf({ folder, furtherArguments, port, version }: RedisParts): string[] {
  const settings = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder.path];
  const noPersistence = ['--save', '', '--appendonly', 'no'];
  // Older servers allow these commands anyway, and refuse to start with an option they do not know.
  const debugCommands = Number.parseInt(version, 10) >= 7 ? ['--enable-debug-command', 'local'] : [];
  return [...settings, ...noPersistence, ...debugCommands, ...furtherArguments];
}

function versionOf(command: string): string {
  const answer = execFileSync(command, ['--version'], { encoding: 'utf8' });
  const version = /\bv=(\S+)/.exec(answer)?.[1];
  if (version === undefined) throw new Error(`${command} --version gives no version: ${answer.trim()}`);
  return version;
}
