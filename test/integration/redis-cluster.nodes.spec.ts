import { Cluster } from 'ioredis';
import { JobHandler, KyuProducer, type JobContext } from 'nestjs-kyu';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { startApp } from '../support/kyu-app.js';
import { onNode, startRedisCluster, type RedisCluster } from '../support/stores/start-redis-cluster.js';
import { TestLedger } from '../support/test-ledger.js';

const NODES = 3;
const QUEUES = 30;
const JOBS_PER_QUEUE = 10;

let ledger: TestLedger;
let cluster: RedisCluster;
const runs = new Map<string, number>();

class Counter {
  @JobHandler('counted')
  count(_payload: unknown, { id }: JobContext): void {
    runs.set(id, (runs.get(id) ?? 0) + 1);
  }
}

beforeAll(async () => {
  [ledger, cluster] = await Promise.all([TestLedger.open('cluster'), startRedisCluster(NODES)]);
});

afterAll(async () => {
  await cluster.remove();
  await ledger.close();
});

describe('a Redis Cluster of three nodes', () => {
  it('F62 carries queues of one application on all of its nodes, for a user with a password', async () => {
    for (const node of cluster.nodes) {
      await onNode(node, (redis) =>
        redis.call('ACL', 'SETUSER', 'kyu-app', 'on', '>s3cret', '~*', '&*', '+@all'),
      );
    }
    const redis = new Cluster([...cluster.addresses], {
      lazyConnect: true,
      redisOptions: { username: 'kyu-app', password: 's3cret' },
    });
    const queues = Array.from({ length: QUEUES }, () => ledger.newQueue());
    const options = ledger.options({
      redis,
      queues: Object.fromEntries(queues.map((queue) => [queue, 1])),
      localClaim: false, // the worker would start its own jobs itself, and hardly ask Redis
    });
    const app = await startApp({ providers: [Counter], kyu: options });
    // Whoever takes long is told that they are off.
    app.enableShutdownHooks();
    const kyu = app.get(KyuProducer);
    const items = queues.flatMap((queue) =>
      Array.from({ length: JOBS_PER_QUEUE }, () => ({ type: 'counted', payload: null, options: { queue } })),
    );
    await kyu.enqueueMany(items);
    await eventually(() => expect(runs.size).toBe(QUEUES * JOBS_PER_QUEUE), { withinMs: 15_000 });
    expect(new Set(runs.values())).toEqual(new Set([1]));
    const complaints = options.logger.lines.filter(({ level }) => level === 'warn' || level === 'error');
    // On a busy machine the duties of so many queues may come late.
    expect(complaints.filter(({ message }) => !message.includes('the duties stood still'))).toEqual([]);

    const epochs = await Promise.all(
      cluster.nodes.map((node) => onNode(node, (client) => client.keys('*:epoch'))),
    );
    expect(epochs.flat()).toHaveLength(QUEUES);
    expect(epochs.filter((keys) => keys.length > 0)).toHaveLength(NODES);
    const clients = await onNode(cluster.nodes[0]!, (client) => client.call('CLIENT', 'LIST')); // there are three
    expect(String(clients)).toMatch(/user=kyu-app/);
    expect(redis.status).toBe('wait');
  });
});
