import type { RedisSource } from './dispatch/redis-source.js';
import { tellDataSource, toldDataSource } from './ledger/told-data-source.js';
import type { KyuModuleOptions } from './kyu.options.js';
import type { KyuRuntime } from './kyu.runtime.js';

/** Where the stores of an instance are, as plain data for the process that supervises it. */
export interface ToldOptions {
  readonly name: string;
  readonly schema: string;
  readonly queueName: string;
  readonly queues: readonly string[];
  readonly dsn?: string;
  readonly dataSource?: object;
  readonly redis: RedisSource | false;
}

/** `undefined` where the ledger cannot be told of: then only the process itself can reach it. */
export function tellOptions({ options, queues }: KyuRuntime): ToldOptions | undefined {
  const { name, schema, queueName, target, redis } = options;
  const about = { name, schema, queueName, queues: [...queues], redis: tellRedis(redis) };
  if ('dsn' in target) return { ...about, dsn: target.dsn };
  const dataSource = tellDataSource(target.dataSource);
  return dataSource === undefined ? undefined : { ...about, dataSource };
}

/** The options with which another process reaches the same stores. */
export function optionsFrom({ dsn, dataSource, queues, ...told }: ToldOptions): KyuModuleOptions {
  return {
    ...told,
    queues: Object.fromEntries(queues.map((queue) => [queue, 1])),
    ...(dsn === undefined ? {} : { dsn }),
    ...(dataSource === undefined ? {} : { dataSource: toldDataSource(dataSource) }),
  };
}

/** An instance of ioredis cannot travel; without Redis workers hear of it through PostgreSQL. */
function tellRedis(redis: RedisSource | false): RedisSource | false {
  if (redis === false || typeof redis === 'string') return redis;
  if (Object.getPrototypeOf(redis) !== Object.prototype) return false;
  try {
    return structuredClone(redis);
  } catch {
    return false;
  }
}
