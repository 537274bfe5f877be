import { allProcessed, counted } from '../harness/accounts.js';
import { settingOf, withContestant, withProcess, type BenchContext } from '../harness/bench-context.js';
import type { Benchmark, Entrant, Sample } from '../harness/benchmark.js';
import { contestantNamed } from '../harness/catalogue.js';
import { jobsFor } from '../harness/scale.js';
import { warmUpOf } from './throughput.js';

/** Shapes of the bare client: the best of them is the limit. */
const SHAPES = [
  { batch: 500, connections: 2 },
  { batch: 500, connections: 4 },
  { batch: 1_000, connections: 2 },
] as const;
const BULK = 500;

/** Kyu's whole way of a job, beside the same three statements in ideal batches with nothing between them. */
export function shareOfLimitBenchmark(context: BenchContext): Benchmark {
  return {
    name: 'share-of-limit',
    title: 'Insert, claim and settle: Kyu, and a bare client with the same statements',
    unit: 'jobs/s',
    better: 'higher',
    entrants: [
      { name: 'kyu', settings: 'enqueueMany of 500, then one worker', sample: () => sampleKyu(context) },
      ...SHAPES.map((shape) => bareEntrant(context, shape)),
    ],
  };
}

function bareEntrant(context: BenchContext, { batch, connections }: (typeof SHAPES)[number]): Entrant {
  return {
    name: `limit-${batch}x${connections}`,
    settings: `bare pg clients: ${batch} jobs per statement, ${connections} connections`,
    sample: () => sampleLimit(context, batch, connections),
  };
}

async function sampleKyu(context: BenchContext): Promise<Sample> {
  const kyu = contestantNamed('kyu');
  const place = await context.stores.freshPlace();
  const jobs = jobsFor(context.scale, kyu.pace.process);
  return withContestant(context, settingOf(kyu, place), async (child) => {
    await child.process({ jobs: warmUpOf(context, kyu.pace.process), queue: 'empty' });
    const inserted = await child.bulk({ jobs, batch: BULK });
    const processed = await child.process({ jobs, queue: 'filled' });
    return {
      value: (jobs / (inserted.ms + processed.settledMs)) * 1_000,
      details: { jobs, 'insert ms': inserted.ms, 'claim and settle ms': processed.settledMs },
      account: allProcessed(await child.account()),
    };
  });
}

async function sampleLimit(context: BenchContext, batch: number, connections: number): Promise<Sample> {
  const { pace } = contestantNamed('kyu');
  const { postgresUrl } = await context.stores.freshPlace();
  const jobs = jobsFor(context.scale, pace.process);
  const warmUpJobs = warmUpOf(context, pace.process);
  return withProcess(context, async (child) => {
    const answer = await child.limit({ postgresUrl, jobs, warmUpJobs, batch, connections });
    return {
      value: (jobs / (answer.insertMs + answer.processMs)) * 1_000,
      details: { jobs, 'insert ms': answer.insertMs, 'claim and settle ms': answer.processMs },
      account: counted('completed jobs with a run', answer.completed, jobs),
    };
  });
}
