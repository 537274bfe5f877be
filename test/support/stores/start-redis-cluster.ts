import { Redis } from 'ioredis';
import { eventually } from '../eventually.js';
import { startRedis, type PrivateRedis } from './start-redis.js';

const SLOTS = 16_384;

/** A Redis Cluster of masters alone, of our own, on loopback. */
export interface RedisCluster {
  readonly nodes: readonly PrivateRedis[];
  /** As an application writes it. */
  readonly addresses: readonly { host: string; port: number }[];
  remove(): Promise<void>;
}

/** Resolves when every node knows that the cluster is whole. */
export async function startRedisCluster(size: number): Promise<RedisCluster> {
  const settings = ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'];
  const nodes = await Promise.all(Array.from({ length: size }, () => startRedis({ arguments: settings })));
  const remove = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.remove()));
  };
  try {
    for (const [index, node] of nodes.entries()) {
      const first = Math.floor((SLOTS * index) / size);
      const last = Math.floor((SLOTS * (index + 1)) / size) - 1;
      await onNode(node, async (redis) => {
        await redis.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
        await redis.call('CLUSTER', 'ADDSLOTSRANGE', first, last);
      });
    }
    for (const other of nodes.slice(1)) {
      await onNode(other, (redis) => redis.call('CLUSTER', 'MEET', '127.0.0.1', nodes[0]?.port ?? 0));
    }
    for (const node of nodes) await eventually(() => refuseBrokenCluster(node, size), { withinMs: 15_000 });
  } catch (error) {
    await remove();
    throw error;
  }
  return { nodes, addresses: nodes.map(({ port }) => ({ host: '127.0.0.1', port })), remove };
}

/** Runs commands on one node, whatever slot they belong to. */
export async function onNode<Answer>(
  { url }: Pick<PrivateRedis, 'url'>,
  use: (redis: Redis) => Promise<Answer>,
): Promise<Answer> {
  const redis = new Redis(url);
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}

async function refuseBrokenCluster(node: PrivateRedis, size: number): Promise<void> {
  const info = await onNode(node, (redis) => redis.cluster('INFO'));
  const isWhole = info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${size}`);
  if (!isWhole) throw new Error(`the node on port ${node.port} says: ${info}`);
}
