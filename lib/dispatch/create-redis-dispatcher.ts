import type { Dispatcher } from '../core/ports/dispatcher.js';
import type { DispatcherOptions } from './dispatcher-options.js';
import { FailoverDispatcher } from './failover-dispatcher.js';
import { DispatchKeys } from './keys.js';
import { PollingDispatcher } from './polling-dispatcher.js';
import { blueprintOf } from './redis-client.js';
import { RedisConnection } from './redis-connection.js';
import { RedisDispatcher } from './redis-dispatcher.js';
import type { RedisSource } from './redis-source.js';
import { RedisWakeUp } from './redis-wake-up.js';

/**
 * Redis, with PostgreSQL behind it. This file and what it imports need ioredis at run time.
 * @throws KyuConfigError when `redis` or the prefix cannot be used.
 */
export function createRedisDispatcher(options: DispatcherOptions, redis: RedisSource): Dispatcher {
  const { clock, events, onWake, queues, windowSize } = options;
  const blueprint = blueprintOf(redis, clock);
  const keys = new DispatchKeys(options.prefix);
  const connection = new RedisConnection(blueprint, clock);
  return new FailoverDispatcher({
    redis: new RedisDispatcher({ connection, keys, windowSize, queues }),
    polling: new PollingDispatcher(options),
    redisWakeUp: new RedisWakeUp({ blueprint, keys, queues, onWake, clock }),
    queues,
    onWake,
    clock,
    events,
  });
}
