import { dispatchBenchmarks, bareCall } from '../../micro/dispatch-benchmarks.js';
import type { MicroBenchmark } from '../../micro/micro-benchmark.js';
import { pureBenchmarks } from '../../micro/pure-benchmarks.js';
import { openKyuApp } from '../../contestants/kyu-app.js';
import { BenchHandlers } from '../../contestants/kyu-handlers.js';
import type { MicroResult } from '../answers.js';
import type { ContestantSetting } from '../contestant.js';
import { nowMs } from '../payload.js';

/** What the micro benchmarks need. */
export interface MicroInput {
  readonly setting: ContestantSetting;
  readonly timeMs: number;
  /** URL of the file that measures with tinybench; without it each runs once, which proves that it runs. */
  readonly tinybench: string | undefined;
}

interface Tinybench {
  readonly measure: (benchmarks: readonly MicroBenchmark[], timeMs: number) => Promise<MicroResult[]>;
}

export async function runMicroBenchmarks({ setting, timeMs, tinybench }: MicroInput): Promise<MicroResult[]> {
  const without = await openKyuApp(setting);
  const withTwo = await openKyuApp({ ...setting, options: { ...setting.options, interceptors: 2 } });
  const benchmarks = [
    bareCall(without.get(BenchHandlers)),
    ...dispatchBenchmarks(without, 'no interceptor'),
    ...dispatchBenchmarks(withTwo, 'two interceptors'),
    ...pureBenchmarks(),
  ];
  const results =
    tinybench === undefined ? await once(benchmarks) : await measure(tinybench, benchmarks, timeMs);
  await withTwo.close();
  await without.close();
  return results;
}

async function measure(url: string, benchmarks: readonly MicroBenchmark[], timeMs: number) {
  const { measure: withTinybench } = (await import(url)) as Tinybench;
  return withTinybench(benchmarks, timeMs);
}

async function once(benchmarks: readonly MicroBenchmark[]): Promise<MicroResult[]> {
  const results: MicroResult[] = [];
  for (const { name, operations, run } of benchmarks) {
    const startedAt = nowMs();
    await run();
    const ns = ((nowMs() - startedAt) * 1_000_000) / operations;
    results.push({ name, medianNs: ns, meanNs: ns, p99Ns: ns, samples: 1 });
  }
  return results;
}
