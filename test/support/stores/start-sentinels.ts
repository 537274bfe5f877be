import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { eventually } from '../eventually.js';
import { freePort } from './free-port.js';
import { PrivateFolder } from './private-folder.js';
import { redisAnswers } from './redis-readiness.js';
import { ServerProcess } from './server-process.js';
import { findRedis, startRedis, type PrivateRedis } from './start-redis.js';

/** What the sentinels call the master. */
export const MASTER_NAME = 'kyu-master';

/** How many sentinels there are; two of them decide. */
const SENTINELS = 3;
const QUORUM = 2;

/** A master that has not answered for so long is down. */
const DOWN_AFTER_MS = 700;
const FAILOVER_TIMEOUT_MS = 3_000;

interface Sentinel {
  readonly port: number;
  readonly server: ServerProcess;
  readonly folder: PrivateFolder;
}

/** A master, its replica, and three sentinels that watch them; all of our own, on loopback. */
export class SentinelLab {
  private constructor(
    readonly master: PrivateRedis,
    readonly replica: PrivateRedis,
    private readonly sentinels: readonly Sentinel[],
  ) {}

  /** Resolves when every sentinel knows the replica and the other sentinels, so that a failover can happen. */
  static async start(): Promise<SentinelLab> {
    const master = await startRedis();
    const replica = await startRedis({ arguments: ['--replicaof', '127.0.0.1', String(master.port)] });
    const sentinels = await Promise.all(Array.from({ length: SENTINELS }, () => startSentinel(master.port)));
    const lab = new SentinelLab(master, replica, sentinels);
    await lab.whenComplete();
    return lab;
  }

  /** As an application writes it. */
  get options() {
    const sentinels = this.sentinels.map(({ port }) => ({ host: '127.0.0.1', port }));
    return { sentinels, name: MASTER_NAME };
  }

  /** Where the sentinels say that the master is. */
  async masterPort(): Promise<number> {
    const [first] = this.sentinels;
    const [, port] = await ask(first?.port ?? 0, 'get-master-addr-by-name');
    return Number(port);
  }

  async end(): Promise<void> {
    await Promise.all(this.sentinels.map(({ folder }) => folder.remove()));
    await Promise.all([this.replica.remove(), this.master.remove()]);
  }

  private async whenComplete(): Promise<void> {
    for (const { port } of this.sentinels) {
      await eventually(
        async () => {
          const facts = pairsOf(await ask(port, 'master'));
          const known = [facts.get('num-slaves'), facts.get('num-other-sentinels'), facts.get('flags')];
          if (known.join(' ') === `1 ${SENTINELS - 1} master`) return;
          throw new Error(`the sentinel on port ${port} knows: ${known.join(', ')}`);
        },
        { withinMs: 20_000 },
      );
    }
  }
}

async function startSentinel(masterPort: number): Promise<Sentinel> {
  const command = findRedis();
  if (command === undefined) throw new Error('There is no redis-server to be a sentinel.');
  const port = await freePort();
  const folder = new PrivateFolder({
    parentFolder: tmpdir(),
    prefix: 'kyu-sentinel-',
    lastSignal: 'SIGKILL',
  });
  // A sentinel writes what it learns into its own file.
  const configuration = join(folder.path, 'sentinel.conf');
  const monitored = `${MASTER_NAME} 127.0.0.1 ${masterPort} ${QUORUM}`;
  const lines = [
    `bind 127.0.0.1`,
    `port ${port}`,
    `dir ${folder.path}`,
    `sentinel monitor ${monitored}`,
    `sentinel down-after-milliseconds ${MASTER_NAME} ${DOWN_AFTER_MS}`,
    `sentinel failover-timeout ${MASTER_NAME} ${FAILOVER_TIMEOUT_MS}`,
  ];
  writeFileSync(configuration, `${lines.join('\n')}\n`);
  const server = new ServerProcess({
    name: 'Sentinel',
    command,
    arguments: [configuration, '--sentinel'],
    environment: process.env,
    folder,
    logFile: join(folder.path, 'sentinel.log'),
    isReady: (pid) => redisAnswers(port, pid),
  });
  try {
    await server.start();
  } catch (error) {
    await folder.remove();
    throw error;
  }
  return { port, server, folder };
}

async function ask(port: number, question: string): Promise<string[]> {
  const client = new Redis({ host: '127.0.0.1', port, lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => {}); // it is in the answer as well
  try {
    await client.connect();
    const answer: unknown = await client.call('sentinel', question, MASTER_NAME);
    return Array.isArray(answer) ? answer.map(String) : [];
  } finally {
    client.disconnect();
  }
}

function pairsOf(values: readonly string[]): Map<string, string> {
  const pairs = new Map<string, string>();
  for (let index = 0; index + 1 < values.length; index += 2) {
    pairs.set(values[index] ?? '', values[index + 1] ?? '');
  }
  return pairs;
}
