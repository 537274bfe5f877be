import { contestantNamed } from '../harness/catalogue.js';
import { settingOf, withContestant, type BenchContext } from '../harness/bench-context.js';
import { onPostgres, onRedis, type Place } from './bench-stores.js';

/** A ledger in which many jobs wait. */
export interface Backlog {
  readonly place: Place;
  /** What Redis took for them. */
  readonly redisBytes: number;
}

/** What the ledger of a backlog holds. */
export interface BacklogCount {
  readonly pending: number;
  readonly completed: number;
}

/** Enqueues so many jobs that nobody runs, by Kyu itself, so that Redis knows what it would know. */
export async function makeBacklog(context: BenchContext, name: string, jobs: number): Promise<Backlog> {
  context.say(`  enqueuing ${jobs.toLocaleString('en')} jobs`);
  const place = await context.stores.lastingPlace(name);
  const setting = settingOf(contestantNamed('kyu'), place, { role: 'producer' });
  const before = await usedMemory(place);
  await withContestant(context, setting, (child) => child.seed(jobs));
  await onPostgres(place.postgresUrl, (client) => client.query('vacuum (analyze) kyu.kyu_jobs'));
  return { place, redisBytes: (await usedMemory(place)) - before };
}

export async function countBacklog({ postgresUrl }: Place): Promise<BacklogCount> {
  return onPostgres(postgresUrl, async (client) => {
    const { rows } = await client.query<BacklogCount>(
      `select count(*) filter (where status = 'pending')::integer as pending,
         count(*) filter (where status = 'completed')::integer as completed
       from kyu.kyu_jobs`,
    );
    return rows[0] ?? { pending: 0, completed: 0 };
  });
}

async function usedMemory({ redisUrl }: Place): Promise<number> {
  const info = await onRedis(redisUrl, (redis) => redis.info('memory'));
  return Number(/^used_memory:(\d+)/m.exec(info)?.[1]);
}
