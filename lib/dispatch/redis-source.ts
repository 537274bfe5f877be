import type { Cluster, Redis, RedisOptions } from 'ioredis';

/**
 * Where Redis is: a URL (`redis://user:password@host:6379/0`, `rediss://` for TLS), the options of ioredis (for
 * Sentinel as well), or an instance of ioredis, whose settings are copied. Timeouts, retries and the offline queue are
 * Kyu's own in each case: a command must fail soon, so that PostgreSQL can take over.
 */
export type RedisSource = string | RedisOptions | Redis | Cluster;
