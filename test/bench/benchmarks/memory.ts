import type { MemoryAnswer } from '../child/answers.js';
import type { ContestantSetting } from '../child/contestant.js';
import { allProcessed, counted } from '../harness/accounts.js';
import { settingOf, withContestant, withProcess, type BenchContext } from '../harness/bench-context.js';
import type { Account, Benchmark, Sample } from '../harness/benchmark.js';
import type { ContestantProcess } from '../harness/contestant-process.js';
import { contestantNamed } from '../harness/catalogue.js';

const MEGABYTE = 1_048_576;
const MOST_ROUNDS = 3;
const PARTS = 10;

/** Memory of a worker process after a garbage collection, beside the same application without Kyu. */
export function memoryBenchmark(context: BenchContext): Benchmark {
  const { scale } = context;
  const many = scale.memoryJobs.toLocaleString('en');
  return {
    name: 'memory',
    title: 'Memory of a worker process (resident, after a garbage collection)',
    unit: 'MB',
    better: 'lower',
    rounds: Math.min(MOST_ROUNDS, scale.rounds),
    sizes: { 'in flight': scale.inFlight, jobs: scale.memoryJobs },
    entrants: [
      {
        name: 'app-without-kyu',
        settings: 'Nest, TypeORM with a connection, ioredis with a connection',
        sample: () => sampleWithoutKyu(context),
      },
      { name: 'kyu-idle', settings: 'kyu, worker running, no jobs', sample: () => sampleIdle(context) },
      {
        name: 'kyu-in-flight',
        settings: `kyu, ${scale.inFlight.toLocaleString('en')} jobs in flight`,
        sample: () => sampleInFlight(context, scale.inFlight),
      },
      {
        name: 'kyu-many-jobs',
        settings: `kyu, after ${many} jobs; growth since the first tenth`,
        sample: () => sampleManyJobs(context),
      },
    ],
  };
}

async function sampleWithoutKyu(context: BenchContext): Promise<Sample> {
  const setting = await kyuSetting(context);
  // A process of its own in every form of the run: so one is started even where nothing is measured.
  const work = (child: ContestantProcess) =>
    child.appWithoutKyu({ setting, pauseMs: context.scale.collectPauseMs });
  const memory = await withProcess(context, work, { node: context.node ?? process.execPath });
  return sampleOf(memory, counted('jobs', 0, 0));
}

async function sampleIdle(context: BenchContext): Promise<Sample> {
  const work = async (child: ContestantProcess): Promise<Sample> => {
    await child.shareWork();
    const memory = await child.memory({ pauseMs: context.scale.collectPauseMs });
    await child.stopSharing();
    return sampleOf(memory, allProcessed(await child.account()));
  };
  return withContestant(context, await kyuSetting(context), work);
}

async function sampleInFlight(context: BenchContext, jobs: number): Promise<Sample> {
  const setting = await kyuSetting(context, { concurrency: jobs });
  const work = async (child: ContestantProcess): Promise<Sample> => {
    // By another process: what an enqueue leaves behind is not what is measured.
    const enqueued = await withContestant(context, { ...setting, role: 'producer' }, async (producer) => {
      await producer.seed(jobs);
      return producer.account();
    });
    await child.hold(jobs);
    const memory = await child.memory({ pauseMs: context.scale.collectPauseMs });
    await child.letGo();
    return sampleOf(memory, allProcessed(await child.account(), enqueued));
  };
  return withContestant(context, setting, work);
}

async function sampleManyJobs(context: BenchContext): Promise<Sample> {
  const part = Math.ceil(context.scale.memoryJobs / PARTS);
  const work = async (child: ContestantProcess): Promise<Sample> => {
    const readings: MemoryAnswer[] = [];
    for (let count = 0; count < PARTS; count += 1) {
      await child.process({ jobs: part, queue: 'empty' });
      readings.push(await child.memory({ pauseMs: context.scale.collectPauseMs }));
    }
    const [first, last] = [readings[0], readings.at(-1)] as [MemoryAnswer, MemoryAnswer]; // PARTS > 0
    const sample = sampleOf(last, allProcessed(await child.account()));
    const growth = {
      'growth MB': (last.rss - first.rss) / MEGABYTE,
      'heap growth MB': (last.heapUsed - first.heapUsed) / MEGABYTE,
    };
    return {
      ...sample,
      details: { ...sample.details, ...growth },
      series: readings.map(({ rss }) => rss / MEGABYTE),
    };
  };
  return withContestant(context, await kyuSetting(context), work);
}

async function kyuSetting(
  context: BenchContext,
  more: Partial<ContestantSetting> = {},
): Promise<ContestantSetting> {
  return settingOf(contestantNamed('kyu'), await context.stores.freshPlace(), more);
}

function sampleOf({ rss, heapUsed, external }: MemoryAnswer, account: Account): Sample {
  const details = { 'heap MB': heapUsed / MEGABYTE, 'external MB': external / MEGABYTE };
  return { value: rss / MEGABYTE, details, account };
}
