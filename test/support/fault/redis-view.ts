import { Redis } from 'ioredis';
import { DispatchKeys } from '../../../lib/dispatch/keys.js';

/** A look into Redis from outside, over a connection that is made anew for each question. */
export class RedisView {
  constructor(private readonly url: string) {}

  flush(): Promise<unknown> {
    return this.ask((redis) => redis.flushall());
  }

  /** How many job ids the ready sets hold, over all of them. */
  countHints(): Promise<number> {
    return this.ask(async (redis) => {
      const keys = await redis.keys('*:ready:*');
      const counts = await Promise.all(keys.map((key) => redis.zcard(key)));
      return counts.reduce((sum, count) => sum + count, 0);
    });
  }

  /** Puts a job id where the workers look for work, as anybody could who can write to this Redis. */
  forgeHint(schema: string, queue: string, type: string, job: string): Promise<unknown> {
    const key = new DispatchKeys(`kyu:${schema}`).ready(queue, type);
    return this.ask((redis) => redis.zadd(key, 0, job));
  }

  /** How often a command was called since the start of the server, or since the last reset of the counters. */
  countCalls(command: string): Promise<number> {
    return this.ask(async (redis) => {
      const statistics = await redis.info('commandstats');
      const found = new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(statistics);
      return Number(found?.[1] ?? 0);
    });
  }

  resetCounters(): Promise<unknown> {
    return this.ask((redis) => redis.config('RESETSTAT'));
  }

  private async ask<Answer>(question: (redis: Redis) => Promise<Answer>): Promise<Answer> {
    const redis = new Redis(this.url, { lazyConnect: true, retryStrategy: () => null });
    redis.on('error', () => {}); // the rejected command says it already
    try {
      await redis.connect();
      return await question(redis);
    } finally {
      redis.disconnect();
    }
  }
}
