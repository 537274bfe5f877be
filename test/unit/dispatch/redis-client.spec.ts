import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { blueprintOf } from '../../../lib/dispatch/redis-client.js';
import type { RedisSource } from '../../../lib/dispatch/redis-source.js';
import { ManualClock } from '../../support/observability/manual-clock.js';

const tls = { ca: 'a certificate', servername: 'redis.shop.example' };
const user = { username: 'kyu-app', password: 'canary-5ecret' };
const sentinels = [{ host: 'one', port: 26_379 }, { host: 'two' }];

/** The options of the client that Kyu would use. */
function optionsOf(source: RedisSource): RedisOptions {
  return (blueprintOf(source, new ManualClock()).create() as Redis).options;
}

describe('F62 a client of Kyu', () => {
  it.each<[string, RedisSource, Partial<RedisOptions>]>([
    ['a URL', 'redis://kyu-app:canary-5ecret@db:6380/2', { ...user, host: 'db', port: 6_380, db: 2 }],
    ['a URL with TLS', 'rediss://kyu-app:canary-5ecret@db:6380', { ...user, tls: {} }],
    ['options', { host: 'db', ...user, tls }, { ...user, host: 'db', tls }],
    ['an instance', new Redis({ host: 'db', ...user, tls, lazyConnect: true }), { ...user, host: 'db', tls }],
    [
      'options with sentinels',
      {
        sentinels,
        name: 'shop',
        ...user,
        tls,
        sentinelUsername: 'watch',
        sentinelPassword: 's',
        sentinelTLS: tls,
      },
      {
        sentinels,
        name: 'shop',
        ...user,
        tls,
        sentinelUsername: 'watch',
        sentinelPassword: 's',
        sentinelTLS: tls,
      },
    ],
  ])('takes user and TLS from %s', (_what, source, expected) => {
    expect(optionsOf(source)).toMatchObject({ ...expected, lazyConnect: true, enableOfflineQueue: false });
  });

  it('takes user and TLS from a cluster, for every node', () => {
    const nodes = [{ host: 'one', port: 7_000 }];
    const cluster = new Cluster(nodes, { lazyConnect: true, redisOptions: { ...user, tls } });
    const client = blueprintOf(cluster, new ManualClock()).create() as unknown as Cluster;
    expect(client).not.toBe(cluster);
    expect(client.options).toMatchObject({ redisOptions: { ...user, tls }, scaleReads: 'master' });
  });

  it.each<[string, RedisSource, string]>([
    ['a URL', 'redis://kyu-app:canary-5ecret@db:6380', 'db:6380'],
    ['sentinels', { sentinels, name: 'shop', ...user }, 'sentinels one:26379, two:26379 (shop)'],
    ['a socket', { path: '/run/redis.sock', ...user }, '/run/redis.sock'],
  ])('calls its server by %s, without the password', (_what, source, address) => {
    expect(blueprintOf(source, new ManualClock()).address).toBe(address);
  });
});
