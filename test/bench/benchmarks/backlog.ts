import { counted, together } from '../harness/accounts.js';
import { settingOf, withContestant, type BenchContext } from '../harness/bench-context.js';
import type { Benchmark, Sample } from '../harness/benchmark.js';
import { contestantNamed } from '../harness/catalogue.js';
import { jobsFor } from '../harness/scale.js';
import { countBacklog, makeBacklog, type Backlog } from '../stores/backlog.js';
import { warmUpOf } from './throughput.js';

const MEGABYTE = 1_048_576;

/** The same work from a queue that holds nothing else, and from the front of a long one. */
export function backlogBenchmark(context: BenchContext): Benchmark {
  const { scale } = context;
  const kyu = contestantNamed('kyu');
  const jobs = jobsFor(scale, kyu.pace.process);
  const warmUp = warmUpOf(context, kyu.pace.process);
  const rounds = scale.rounds + scale.warmUpRounds;
  let backlog: Backlog | undefined;
  return {
    name: 'backlog',
    title: 'Process no-op jobs from a queue without and with a backlog',
    unit: 'jobs/s',
    better: 'higher',
    sizes: { 'backlog-1m': scale.backlog },
    prepare: async () => {
      // What the rounds take away is added first: the last of them still finds the whole backlog.
      backlog = await makeBacklog(context, 'backlog', scale.backlog + rounds * 2 * (jobs + warmUp));
    },
    entrants: [
      {
        name: 'empty',
        settings: 'kyu; the jobs that are run, no others',
        sample: () => sampleEmpty(context, jobs, warmUp),
      },
      {
        name: 'backlog-1m',
        settings: `kyu; ${scale.backlog.toLocaleString('en')} more jobs wait`,
        sample: () => {
          if (backlog === undefined) throw new Error('the backlog was not prepared');
          return sampleBacklog(context, backlog, jobs, warmUp);
        },
      },
    ],
  };
}

async function sampleEmpty(context: BenchContext, jobs: number, warmUp: number): Promise<Sample> {
  const place = await context.stores.freshPlace();
  return withContestant(context, settingOf(contestantNamed('kyu'), place), async (child) => {
    await child.process({ jobs: warmUp, queue: 'empty' });
    // As long as the handler has been called as often as with a backlog: what comes after is not compared.
    const { handledMs, firstStartMs } = await child.process({ jobs, queue: 'empty' });
    const { completed } = await countBacklog(place);
    return {
      value: (jobs / handledMs) * 1_000,
      details: { jobs, 'first start ms': firstStartMs },
      account: counted('completed jobs', completed, jobs + warmUp),
    };
  });
}

async function sampleBacklog(
  context: BenchContext,
  { place, redisBytes }: Backlog,
  jobs: number,
  warmUp: number,
): Promise<Sample> {
  await context.stores.calmDown(place);
  const before = await countBacklog(place);
  return withContestant(context, settingOf(contestantNamed('kyu'), place), async (child) => {
    await child.process({ jobs: warmUp, queue: 'backlog' });
    const { handledMs, firstStartMs } = await child.process({ jobs, queue: 'backlog' });
    const { tally } = await child.account();
    const after = await countBacklog(place);
    return {
      value: (jobs / handledMs) * 1_000,
      details: { jobs, 'first start ms': firstStartMs, 'redis MB': redisBytes / MEGABYTE },
      account: together(
        counted('completed jobs', after.completed - before.completed, tally.handled),
        counted('jobs that ran again', tally.repeats, 0),
        counted('jobs in the ledger', after.pending + after.completed, before.pending + before.completed),
      ),
    };
  });
}
