import { sourceFile } from '../environment/repository.js';
import { counted } from '../harness/accounts.js';
import { settingOf, withProcess, type BenchContext } from '../harness/bench-context.js';
import type { Benchmark, Sample } from '../harness/benchmark.js';
import { contestantNamed } from '../harness/catalogue.js';

const MOST_ROUNDS = 3;

/** The hot paths inside the process, without any store. */
export function microBenchmark(context: BenchContext): Benchmark {
  return {
    name: 'micro',
    title: 'Dispatch overhead per job in the process, no interceptor (details: the other hot paths, ns)',
    unit: 'ns',
    better: 'lower',
    rounds: Math.min(MOST_ROUNDS, context.scale.rounds),
    entrants: [
      {
        name: 'kyu',
        settings: 'dispatch less the bare call of the handler',
        sample: () => sampleMicro(context),
      },
    ],
  };
}

async function sampleMicro(context: BenchContext): Promise<Sample> {
  const setting = settingOf(contestantNamed('kyu'), await context.stores.freshPlace());
  const tinybench = context.withPeers ? sourceFile('contestants/tinybench.mjs') : undefined;
  const results = await withProcess(context, (child) =>
    child.micro({ setting, tinybench, timeMs: context.scale.microMs }),
  );
  const nsOf = (name: string): number =>
    results.find((result) => result.name === name)?.medianNs ?? Number.NaN;
  const overhead = (around: string): number => nsOf(`dispatch, ${around}`) - nsOf('bare call of the handler');
  return {
    value: overhead('no interceptor'),
    details: {
      'overhead, no interceptor': overhead('no interceptor'),
      'overhead, two interceptors': overhead('two interceptors'),
      ...Object.fromEntries(results.map(({ name, medianNs }) => [name, medianNs])),
    },
    account: counted(
      'micro benchmarks without a figure',
      results.filter(({ medianNs }) => !(medianNs > 0)).length,
      0,
    ),
  };
}
