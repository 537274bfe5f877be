import { allProcessed, allWaiting } from '../harness/accounts.js';
import { settingOf, withContestant, type BenchContext } from '../harness/bench-context.js';
import type { Benchmark, Entrant, Sample } from '../harness/benchmark.js';
import { CONCURRENCY, contestantNamed, type ContestantEntry } from '../harness/catalogue.js';
import { jobsFor } from '../harness/scale.js';

const BULK = 500;
/** Warm-up that takes a slow contestant longer than this tells nothing more. */
const WARM_UP_SECONDS = 1;

/** No-op jobs through one worker process. */
export function processBenchmark(context: BenchContext): Benchmark {
  const names = [
    'kyu',
    'kyu-interceptors',
    'kyu-postgres',
    'bullmq',
    'bullmq-removing',
    'graphile-worker-tuned',
    'pg-boss-burst',
    'pg-boss',
    ...inFull(context, ['bullmq-durable', 'bullmq-postgres', 'graphile-worker']),
  ];
  return {
    name: 'process',
    title: `Process no-op jobs, ${CONCURRENCY} at once, one process`,
    unit: 'jobs/s',
    better: 'higher',
    entrants: entrantsOf(context, names, (entry) => sampleProcess(context, entry)),
  };
}

/** One job per call. */
export function enqueueBenchmark(context: BenchContext): Benchmark {
  const names = [
    'kyu',
    'bullmq',
    'graphile-worker',
    'pg-boss',
    ...inFull(context, ['kyu-postgres', 'bullmq-durable', 'bullmq-postgres']),
  ];
  return {
    name: 'enqueue',
    title: `Enqueue one by one, ${CONCURRENCY} callers`,
    unit: 'jobs/s',
    better: 'higher',
    entrants: entrantsOf(context, names, (entry) => sampleEnqueue(context, entry)),
  };
}

/** Many jobs per call. */
export function bulkBenchmark(context: BenchContext): Benchmark {
  const names = [
    'kyu',
    'bullmq',
    ...inFull(context, ['kyu-postgres', 'bullmq-durable', 'bullmq-postgres', 'graphile-worker', 'pg-boss']),
  ];
  return {
    name: 'bulk',
    title: `Enqueue in bulk of ${BULK}, one caller`,
    unit: 'jobs/s',
    better: 'higher',
    entrants: entrantsOf(context, names, (entry) => sampleBulk(context, entry)),
  };
}

/** Those that no ratio needs: left out where time is short. */
function inFull({ scale }: BenchContext, names: string[]): string[] {
  return scale.form === 'quick' ? [] : names;
}

/** The entrants of these names, without the peers where there are none. */
export function entrantsOf(
  context: BenchContext,
  names: readonly string[],
  sample: (entry: ContestantEntry) => Promise<Sample>,
): Entrant[] {
  return names
    .map(contestantNamed)
    .filter((entry) => context.withPeers || !entry.isPeer)
    .map((entry) => ({ name: entry.name, settings: entry.settings, sample: () => sample(entry) }));
}

async function sampleProcess(context: BenchContext, entry: ContestantEntry): Promise<Sample> {
  const place = await context.stores.freshPlace(entry.place);
  const jobs = jobsFor(context.scale, entry.pace.process);
  return withContestant(context, settingOf(entry, place), async (child) => {
    await child.process({ jobs: warmUpOf(context, entry.pace.process), queue: 'empty' });
    const answer = await child.process({ jobs, queue: 'empty' });
    return {
      value: (jobs / answer.settledMs) * 1_000,
      details: {
        jobs,
        'first start ms': answer.firstStartMs,
        'settle after last ms': answer.settledMs - answer.handledMs,
        'cpu µs/job': (answer.cpuMs * 1_000) / jobs,
      },
      account: allProcessed(await child.account()),
    };
  });
}

async function sampleEnqueue(context: BenchContext, entry: ContestantEntry): Promise<Sample> {
  const place = await context.stores.freshPlace(entry.place);
  const jobs = jobsFor(context.scale, entry.pace.enqueue);
  return withContestant(context, settingOf(entry, place, { role: 'producer' }), async (child) => {
    await child.enqueue({ jobs: warmUpOf(context, entry.pace.enqueue), callers: CONCURRENCY });
    const answer = await child.enqueue({ jobs, callers: CONCURRENCY });
    return {
      value: (jobs / answer.ms) * 1_000,
      details: { jobs, 'cpu µs/job': (answer.cpuMs * 1_000) / jobs },
      account: allWaiting(await child.account()),
    };
  });
}

async function sampleBulk(context: BenchContext, entry: ContestantEntry): Promise<Sample> {
  const place = await context.stores.freshPlace(entry.place);
  const jobs = jobsFor(context.scale, entry.pace.bulk);
  return withContestant(context, settingOf(entry, place, { role: 'producer' }), async (child) => {
    await child.bulk({ jobs: warmUpOf(context, entry.pace.bulk), batch: BULK });
    const answer = await child.bulk({ jobs, batch: BULK });
    return {
      value: (jobs / answer.ms) * 1_000,
      details: { jobs, 'cpu µs/job': (answer.cpuMs * 1_000) / jobs },
      account: allWaiting(await child.account()),
    };
  });
}

/** Until the code is compiled and the connections are open. */
export function warmUpOf({ scale }: BenchContext, perSecond: number): number {
  return Math.min(scale.warmUpJobs, perSecond * WARM_UP_SECONDS);
}
