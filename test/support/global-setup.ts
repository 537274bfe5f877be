import type { TestProject } from 'vitest/node';
import { requireRedis } from './stores/require-redis.js';
import { startPostgres } from './stores/start-postgres.js';
import { startRedis } from './stores/start-redis.js';

declare module 'vitest' {
  export interface ProvidedContext {
    databaseUrl: string;
    redisUrl: string;
  }
}

/** Floors that read sources and compile them. */
const WITHOUT_STORES = ['architecture', 'types'];

/**
 * One private PostgreSQL and one private Redis for the whole run, on free ports; what ran before is not touched.
 * `DATABASE_URL` and `REDIS_URL` use servers of yours instead. Files that stop, freeze or flush a server start their
 * own.
 */
export async function setup({ provide, vitest }: TestProject): Promise<() => Promise<void>> {
  if (vitest.projects.every(({ name }) => WITHOUT_STORES.includes(name))) return async () => {};
  return startStores(provide);
}

/** Tells where they are, and answers how to end them. */
export async function startStores(
  provide: (name: 'databaseUrl' | 'redisUrl', url: string) => void,
): Promise<() => Promise<void>> {
  const say = (line: string): void => console.log(line);
  const endings: (() => Promise<void>)[] = [];
  provide('databaseUrl', process.env['DATABASE_URL'] ?? (await privatePostgres(say, endings)));
  provide('redisUrl', process.env['REDIS_URL'] ?? (await privateRedis(say, endings)));
  return async () => {
    for (const end of endings) await end();
  };
}

async function privatePostgres(
  say: (line: string) => void,
  endings: (() => Promise<void>)[],
): Promise<string> {
  // The suite proves behaviour, not durability: only files that pull a server down ask for the real thing.
  const postgres = await startPostgres({ say, settings: { fsync: 'off', synchronous_commit: 'off' } });
  endings.push(() => postgres.remove());
  say(
    `PostgreSQL ${postgres.version} (${postgres.source}) is private to this run, on port ${postgres.port}.`,
  );
  return postgres.url;
}

async function privateRedis(say: (line: string) => void, endings: (() => Promise<void>)[]): Promise<string> {
  await requireRedis(say);
  const redis = await startRedis();
  endings.push(() => redis.remove());
  say(`Redis ${redis.version} is private to this run, on port ${redis.port}.`);
  return redis.url;
}
