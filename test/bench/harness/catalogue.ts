import type { ContestantOptions } from '../child/contestant.js';
import { compiledFile, sourceFile } from '../environment/repository.js';
import type { PlaceOptions } from '../stores/bench-stores.js';

/** Jobs at once, for everybody. */
export const CONCURRENCY = 50;

/** A queue system in one of its settings. */
export interface ContestantEntry {
  readonly name: string;
  readonly isPeer: boolean;
  readonly module: string;
  readonly options: ContestantOptions;
  readonly place: PlaceOptions;
  /** About how many no-op jobs it runs, and takes, in a second: decides how large a sample is, nothing else. */
  readonly pace: { readonly process: number; readonly enqueue: number; readonly bulk: number };
  /** What a reader must know of it. */
  readonly settings: string;
}

const KYU = compiledFile('contestants/kyu.js');
const BULLMQ = sourceFile('contestants/bullmq.mjs');
const GRAPHILE = sourceFile('contestants/graphile-worker.mjs');
const PG_BOSS = sourceFile('contestants/pg-boss.mjs');
const KYU_PACE = { process: 45_000, enqueue: 25_000, bulk: 45_000 };
const BULLMQ_PACE = { process: 12_000, enqueue: 13_000, bulk: 22_000 };

const ENTRIES: readonly ContestantEntry[] = [
  {
    name: 'kyu',
    isPeer: false,
    module: KYU,
    options: {},
    place: {},
    pace: KYU_PACE,
    settings: `workers ${CONCURRENCY}, all else default; PostgreSQL and Redis; keeps jobs and runs`,
  },
  {
    name: 'kyu-interceptors',
    isPeer: false,
    module: KYU,
    options: { interceptors: 2 },
    place: {},
    pace: KYU_PACE,
    settings: 'kyu, with two interceptors in the module options',
  },
  {
    name: 'kyu-postgres',
    isPeer: false,
    module: KYU,
    options: { withoutRedis: true },
    place: {},
    pace: KYU_PACE,
    settings: 'kyu, with redis: false',
  },
  {
    name: 'bullmq',
    isPeer: true,
    module: BULLMQ,
    options: {},
    place: {},
    pace: BULLMQ_PACE,
    settings: `Redis as shipped; concurrency ${CONCURRENCY}; keeps finished jobs, as by default`,
  },
  {
    name: 'bullmq-removing',
    isPeer: true,
    module: BULLMQ,
    options: { removeOnComplete: true },
    place: {},
    pace: BULLMQ_PACE,
    settings: 'bullmq, with removeOnComplete: true',
  },
  {
    name: 'bullmq-durable',
    isPeer: true,
    module: BULLMQ,
    options: {},
    place: { durableRedis: true },
    pace: { process: 6_000, enqueue: 6_000, bulk: 15_000 },
    settings: 'bullmq, on a Redis with appendonly yes and appendfsync always',
  },
  {
    name: 'bullmq-postgres',
    isPeer: true,
    module: BULLMQ,
    options: { backend: 'postgres' },
    place: {},
    pace: { process: 2_500, enqueue: 2_000, bulk: 10_000 },
    settings: `createPostgresBackend, pool ${CONCURRENCY + 1}; concurrency ${CONCURRENCY}; keeps finished jobs`,
  },
  {
    name: 'graphile-worker',
    isPeer: true,
    module: GRAPHILE,
    options: {},
    place: {},
    pace: { process: 1_800, enqueue: 600, bulk: 20_000 },
    settings: `concurrentJobs ${CONCURRENCY}, maxPoolSize ${CONCURRENCY + 2}; deletes finished jobs`,
  },
  {
    name: 'graphile-worker-tuned',
    isPeer: true,
    module: GRAPHILE,
    options: { tuned: true },
    place: {},
    pace: { process: 35_000, enqueue: 600, bulk: 20_000 },
    settings: 'graphile-worker, with localQueue.size 500, completeJobBatchDelay 0, failJobBatchDelay 0',
  },
  {
    name: 'pg-boss',
    isPeer: true,
    module: PG_BOSS,
    options: {},
    place: {},
    pace: { process: 1_000, enqueue: 1_400, bulk: 25_000 },
    settings: `batchSize 500, pollingIntervalSeconds 0.5, pool ${CONCURRENCY}; keeps finished jobs`,
  },
  {
    name: 'pg-boss-burst',
    isPeer: true,
    module: PG_BOSS,
    options: { burst: true },
    place: {},
    pace: { process: 8_000, enqueue: 1_400, bulk: 25_000 },
    settings: 'pg-boss, with burstWhenBatchFull: true',
  },
  {
    name: 'pg-boss-notify',
    isPeer: true,
    module: PG_BOSS,
    options: { notify: true },
    place: {},
    pace: { process: 1_000, enqueue: 1_400, bulk: 25_000 },
    settings: 'pg-boss, with useListenNotify and a queue with notify: true',
  },
];

/** @throws when there is none of that name */
export function contestantNamed(name: string): ContestantEntry {
  const entry = ENTRIES.find((candidate) => candidate.name === name);
  if (entry === undefined) throw new Error(`There is no contestant "${name}".`);
  return entry;
}
