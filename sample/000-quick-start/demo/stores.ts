import { findRedis, startRedis, type PrivateRedis } from '../../../test/support/stores/start-redis.js';
import { startPostgres } from '../../../test/support/stores/start-postgres.js';
import type { ClosingList } from './closing-list.js';

/** Where this run keeps its jobs. */
export interface Stores {
  databaseUrl: string;
  /** Private to this run, so that its address may be told. */
  isOwnDatabase: boolean;
  /** `undefined`: PostgreSQL alone. */
  redisUrl: string | undefined;
  /** The Redis that this run started, and may therefore hurt. */
  ownRedis: PrivateRedis | undefined;
}

export interface StoresRequest {
  noRedis: boolean;
  say: (line: string) => void;
  closing: ClosingList;
}

/** The servers that the environment names, else private ones, on free ports of loopback. */
export async function openStores(request: StoresRequest): Promise<Stores> {
  const { databaseUrl, isOwnDatabase } = await openPostgres(request);
  const { redisUrl, ownRedis } = await openRedis(request);
  return { databaseUrl, isOwnDatabase, redisUrl, ownRedis };
}

async function openPostgres({ say, closing }: StoresRequest) {
  const given = process.env['DATABASE_URL'] ?? '';
  if (given !== '') {
    say(`PostgreSQL at ${addressOf(given)}, as DATABASE_URL says`);
    return { databaseUrl: given, isOwnDatabase: false };
  }
  const postgres = await startPostgres({ say });
  closing.add('PostgreSQL', () => postgres.remove());
  say(`PostgreSQL ${postgres.version} (${postgres.source}), private, on port ${postgres.port}`);
  return { databaseUrl: postgres.url, isOwnDatabase: true };
}

async function openRedis({ noRedis, say, closing }: StoresRequest) {
  if (noRedis) return withoutRedis(say, 'as --no-redis says');
  const given = process.env['REDIS_URL'] ?? '';
  if (given !== '') {
    say(`Redis at ${addressOf(given)}, as REDIS_URL says`);
    return { redisUrl: given, ownRedis: undefined };
  }
  if (findRedis() === undefined) return withoutRedis(say, 'neither redis-server nor valkey-server is here');
  const redis = await startRedis();
  closing.add('Redis', () => redis.remove());
  say(`Redis ${redis.version}, private, on port ${redis.port}`);
  return { redisUrl: redis.url, ownRedis: redis };
}

function withoutRedis(say: StoresRequest['say'], reason: string) {
  say(`No Redis, ${reason}: PostgreSQL hands out the jobs as well`);
  return { redisUrl: undefined, ownRedis: undefined };
}

/** Without user, password and options: this ends up on a screen. */
function addressOf(url: string): string {
  if (!URL.canParse(url)) return 'an address that is no URL';
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}
