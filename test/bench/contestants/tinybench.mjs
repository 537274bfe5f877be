import { Bench } from 'tinybench';

/**
 * Measures with tinybench. It is installed in this folder alone, so this file is plain JavaScript that TypeScript does
 * not look at.
 *
 * @param {readonly { name: string, operations: number, run: () => unknown }[]} benchmarks
 * @param {number} timeMs how long each is measured
 */
export async function measure(benchmarks, timeMs) {
  const bench = new Bench({ time: timeMs, warmupTime: timeMs / 4 });
  for (const { name, run } of benchmarks) bench.add(name, run);
  await bench.run();
  return benchmarks.map(({ name, operations }) => {
    const { state, latency, error } = bench.getTask(name).result;
    if (state !== 'completed') throw new Error(`${name}: ${state}`, { cause: error });
    const toNs = (ms) => (ms * 1_000_000) / operations;
    return {
      name,
      medianNs: toNs(latency.p50),
      meanNs: toNs(latency.mean),
      p99Ns: toNs(latency.p99),
      samples: latency.samplesCount ?? latency.samples?.length ?? 0,
    };
  });
}
