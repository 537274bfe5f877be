import type { ProfileEntry } from '../child/answers.js';
import { allProcessed } from '../harness/accounts.js';
import { settingOf, withContestant, type BenchContext } from '../harness/bench-context.js';
import type { Benchmark, Sample } from '../harness/benchmark.js';
import { contestantNamed } from '../harness/catalogue.js';
import { warmUpOf } from './throughput.js';

const SHOWN = 8;

/** What one job allocates, and where the time of the process goes. */
export function profileBenchmark(context: BenchContext): Benchmark {
  return {
    name: 'profile',
    title: 'Bytes allocated per job in the worker process (profiles in the folder named below)',
    unit: 'bytes/job',
    better: 'lower',
    rounds: 1,
    entrants: [
      {
        name: 'kyu',
        settings: 'sampling heap profiler, then the CPU profiler',
        sample: () => sampleProfile(context),
      },
    ],
  };
}

async function sampleProfile(context: BenchContext): Promise<Sample> {
  const kyu = contestantNamed('kyu');
  const { profileJobs: jobs } = context.scale;
  const place = await context.stores.freshPlace();
  return withContestant(context, settingOf(kyu, place), async (child) => {
    await child.process({ jobs: warmUpOf(context, kyu.pace.process), queue: 'empty' });
    const answer = await child.profile({ jobs, folder: context.profileFolder });
    context.say(`  ${answer.heapFile}`);
    context.say(`  ${answer.cpuFile}`);
    return {
      value: answer.allocatedBytes / jobs,
      details: { jobs, ...shares('allocated', answer.heapTop), ...shares('CPU time', answer.cpuTop) },
      account: allProcessed(await child.account()),
    };
  });
}

function shares(what: string, top: readonly ProfileEntry[]): Record<string, number> {
  return Object.fromEntries(top.slice(0, SHOWN).map(({ place, share }) => [`${what}: ${place}`, share]));
}
