import { Redis } from 'ioredis';
import { eventually } from '../eventually.js';
import { freePort } from './free-port.js';
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
  const nodes = await Promise.all(Array.from({ length: size }, startNode));
  const remove = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.remove()));
  };
  try {
    for (const [index, node] of nodes.entries()) {
      const firstSlot = Math.floor((SLOTS * index) / size);
      const lastSlot = Math.floor((SLOTS * (index + 1)) / size) - 1;
      await onNode(node, async (redis) => {
        await redis.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
        await redis.call('CLUSTER', 'ADDSLOTSRANGE', firstSlot, lastSlot);
      });
    }
    const [first] = nodes;
    for (const other of nodes.slice(1)) {
      const { port, busPort } = first!; // the other ones have one before them
      await onNode(other, (redis) => redis.call('CLUSTER', 'MEET', '127.0.0.1', port, busPort));
    }
    for (const node of nodes) await eventually(() => refuseBrokenCluster(node, size), { withinMs: 15_000 });
  } catch (error) {
    await remove();
    throw error;
  }
  return { nodes, addresses: nodes.map(({ port }) => ({ host: '127.0.0.1', port })), remove };
}

type ClusterNode = PrivateRedis & { readonly busPort: number };

/** The nodes speak to each other on a port of their own; the usual one, 10,000 above, may be anybody's. */
async function startNode(): Promise<ClusterNode> {
  const busPort = await freePort();
  const settings = ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'];
  const node = await startRedis({ arguments: [...settings, '--cluster-port', String(busPort)] });
  return Object.assign(node, { busPort });
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
