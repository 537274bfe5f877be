import { startPostgres, type PrivatePostgres } from '../stores/start-postgres.js';
import { startRedis, type PrivateRedis } from '../stores/start-redis.js';
import { installAuditTrail } from './audit-trail.js';
import { paced } from '../fair-trial.js';
import { Fleet } from './fleet.js';
import { RedisView } from './redis-view.js';
import { Round } from './round.js';
import { chooseSeed } from './seeded-random.js';

const QUEUE = 'fault';

/** What an experiment says about its fleet; the rest is that of every user. */
export interface RoundSettings {
  readonly workers?: number;
  readonly leaseMs?: number;
  readonly beatMs?: number;
  readonly graceMs?: number;
}

/** Stores, durable as they ship, that may be struck: nobody else uses them. */
export class Grounds {
  readonly redisView: RedisView;
  private rounds = 0;

  protected constructor(
    readonly postgres: PrivatePostgres,
    readonly redis: PrivateRedis,
    readonly seed: number,
  ) {
    this.redisView = new RedisView(redis.url);
  }

  static async prepare(seed = chooseSeed()): Promise<Grounds> {
    const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
    return new Grounds(postgres, redis, seed);
  }

  async close(): Promise<void> {
    await Promise.all([this.postgres.remove(), this.redis.remove()]);
  }

  /** A ledger and a fleet of their own for one experiment. */
  async round({ beatMs = 2_000, graceMs = 30_000, leaseMs = 10_000, workers = 5 }: RoundSettings = {}) {
    this.rounds += 1;
    const schema = `round_${this.rounds}`;
    const stores = { dsn: this.postgres.url, redis: this.redis.url };
    await installAuditTrail(stores.dsn, schema);
    const lease = { leaseMs: paced(leaseMs), beatMs: paced(beatMs) };
    const settings = { ...stores, schema, queue: QUEUE, workers, ...lease, graceMs };
    return new Round(await Fleet.create(settings), settings);
  }
}
