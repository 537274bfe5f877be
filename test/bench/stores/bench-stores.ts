import { Redis } from 'ioredis';
import { Client } from 'pg';
import { requireRedis } from '../../support/stores/require-redis.js';
import { startPostgres, type PrivatePostgres } from '../../support/stores/start-postgres.js';
import { startRedis, type PrivateRedis } from '../../support/stores/start-redis.js';

/** What `redis.conf` says as it is shipped: snapshots now and then, no log of writes. */
const AS_SHIPPED = ['--save', '3600 1 300 100 60 10000'];
/** What it takes for Redis to lose nothing that it has acknowledged. */
const DURABLE = [...AS_SHIPPED, '--appendonly', 'yes', '--appendfsync', 'always'];

/** The database that is made anew for each sample. */
const FRESH = 'bench';

/** Where a contestant keeps its jobs. */
export interface Place {
  readonly postgresUrl: string;
  readonly redisUrl: string;
}

/** Which of the servers a contestant uses. */
export interface PlaceOptions {
  /** Redis that writes every change to the disk before it answers. */
  readonly durableRedis?: boolean;
  /** PostgreSQL with `pg_stat_statements`, which costs a little. */
  readonly counting?: boolean;
}

/**
 * The private servers of a run, with the durability they ship with: PostgreSQL flushes at every commit. All contestants
 * share them, one after the other; each server starts when it is needed first.
 */
export class BenchStores {
  private readonly servers = new Map<string, Promise<PrivatePostgres | PrivateRedis>>();
  private lastRedisDatabase = 0;

  /** @param durability `careless` where nothing is measured: PostgreSQL does not wait for the disk. */
  constructor(
    private readonly say: (line: string) => void,
    private readonly durability: 'as shipped' | 'careless',
  ) {}

  /** A database that nobody has used, and an empty Redis. */
  async freshPlace(options: PlaceOptions = {}): Promise<Place> {
    const postgres = await this.postgres(options.counting === true);
    const redis = await this.redis(options.durableRedis === true);
    const place = { postgresUrl: urlOf(postgres, FRESH), redisUrl: redis.url };
    await renew(postgres, FRESH);
    await onRedis(place.redisUrl, (client) => client.flushdb());
    await this.calmDown(place);
    return place;
  }

  /** A database, and a database of Redis, that stay as they are until the end of the run. */
  async lastingPlace(name: string): Promise<Place> {
    const postgres = await this.postgres(false);
    await renew(postgres, name);
    const redis = await this.redis(false);
    this.lastRedisDatabase += 1;
    return { postgresUrl: urlOf(postgres, name), redisUrl: `${redis.url}/${this.lastRedisDatabase}` };
  }

  /** Nothing that others wrote before is left for the disk to do. */
  async calmDown({ postgresUrl }: Place): Promise<void> {
    await onPostgres(postgresUrl, (client) => client.query('checkpoint'));
  }

  async versions(): Promise<Record<string, string>> {
    const [postgres, redis] = [await this.postgres(false), await this.redis(false)];
    return { PostgreSQL: `${postgres.version} (${postgres.source})`, Redis: redis.version };
  }

  /** Settings of PostgreSQL that decide how durable and how fast it is. */
  async postgresSettings(): Promise<Record<string, string>> {
    const names = ['fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers', 'max_wal_size'];
    const { url } = await this.postgres(false);
    return onPostgres(url, async (client) => {
      const { rows } = await client.query<{ name: string; value: string }>(
        'select name, current_setting(name) as value from pg_settings where name = any($1)',
        [names],
      );
      return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
    });
  }

  async close(): Promise<void> {
    for (const server of this.servers.values()) await (await server).remove();
  }

  private postgres(counting: boolean): Promise<PrivatePostgres> {
    return this.server(counting ? 'counting PostgreSQL' : 'PostgreSQL', () =>
      startPostgres({
        say: this.say,
        settings: {
          ...(counting ? { shared_preload_libraries: 'pg_stat_statements' } : {}),
          ...(this.durability === 'careless' ? { fsync: 'off', synchronous_commit: 'off' } : {}),
        },
      }),
    );
  }

  private redis(durable: boolean): Promise<PrivateRedis> {
    return this.server(durable ? 'durable Redis' : 'Redis', async () => {
      await requireRedis(this.say);
      return startRedis({ arguments: durable ? DURABLE : AS_SHIPPED });
    });
  }

  private server<Server extends PrivatePostgres | PrivateRedis>(
    name: string,
    start: () => Promise<Server>,
  ): Promise<Server> {
    const running = this.servers.get(name) as Promise<Server> | undefined;
    if (running !== undefined) return running;
    const starting = start();
    this.servers.set(name, starting);
    return starting;
  }
}

/** Runs something on a connection of its own. */
export async function onPostgres<Result>(
  url: string,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client({ connectionString: url, application_name: 'kyu-bench' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The same on Redis. */
export async function onRedis<Result>(url: string, work: (redis: Redis) => Promise<Result>): Promise<Result> {
  const redis = new Redis(url);
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

async function renew(postgres: PrivatePostgres, database: string): Promise<void> {
  await onPostgres(postgres.url, async (client) => {
    await client.query(`drop database if exists "${database}" with (force)`);
  });
  await postgres.createDatabase(database);
}

function urlOf(postgres: PrivatePostgres, database: string): string {
  const url = new URL(postgres.url);
  url.pathname = `/${database}`;
  return url.href;
}
