import { Redis } from 'ioredis';

/** The hints in a Redis, seen from outside of Kyu. */
export class RedisHints {
  private constructor(private readonly redis: Redis) {}

  static async connect(url: string): Promise<RedisHints> {
    const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
    // The server is stopped on purpose later on.
    redis.on('error', () => {});
    await redis.connect();
    return new RedisHints(redis);
  }

  /** How many jobs Redis knows of. KEYS is for private servers like this one: it reads every key. */
  async count(): Promise<number> {
    const keys = await this.redis.keys('kyu:{shop}:ready:*');
    const sizes = await Promise.all(keys.map((key) => this.redis.zcard(key)));
    return sizes.reduce((total, size) => total + size, 0);
  }

  async flushEverything(): Promise<void> {
    await this.redis.flushall();
  }

  close(): void {
    this.redis.disconnect();
  }
}
