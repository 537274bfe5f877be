import type { BenchContext } from '../harness/bench-context.js';
import type { Benchmark } from '../harness/benchmark.js';
import { backlogBenchmark } from './backlog.js';
import { flushallBenchmark } from './flushall.js';
import { heldTransactionBenchmark } from './held-transaction.js';
import { historyBenchmark } from './history.js';
import { latencyBenchmark, localLatencyBenchmark } from './latency.js';
import { memoryBenchmark } from './memory.js';
import { microBenchmark } from './micro.js';
import { profileBenchmark } from './profile.js';
import { scalingBenchmark } from './scaling.js';
import { shareOfLimitBenchmark } from './share-of-limit.js';
import { statementsBenchmark } from './statements.js';
import { bulkBenchmark, enqueueBenchmark, processBenchmark } from './throughput.js';
import { transactionBenchmark } from './transaction.js';

type MakeBenchmark = (context: BenchContext) => Benchmark;

/** Every benchmark by name, in the order in which they run. */
const MAKERS: Readonly<Record<string, MakeBenchmark>> = {
  process: processBenchmark,
  enqueue: enqueueBenchmark,
  bulk: bulkBenchmark,
  latency: latencyBenchmark,
  'latency-local': localLatencyBenchmark,
  'share-of-limit': shareOfLimitBenchmark,
  history: historyBenchmark,
  backlog: backlogBenchmark,
  'held-transaction': heldTransactionBenchmark,
  transaction: transactionBenchmark,
  flushall: flushallBenchmark,
  memory: memoryBenchmark,
  statements: statementsBenchmark,
  scaling: scalingBenchmark,
  micro: microBenchmark,
  profile: profileBenchmark,
};

/** No ratio rests on them: in the quick form they run only when they are asked for. */
const NOT_IN_QUICK = ['transaction', 'flushall', 'memory', 'statements', 'scaling', 'micro', 'profile'];

export const BENCHMARK_NAMES: readonly string[] = Object.keys(MAKERS);

/** The benchmarks of a run: those that are asked for, else all that its form has. */
export function selectBenchmarks(context: BenchContext, only: readonly string[]): Benchmark[] {
  const isInForm = (name: string): boolean => context.scale.form !== 'quick' || !NOT_IN_QUICK.includes(name);
  return Object.entries(MAKERS)
    .filter(([name]) => (only.length === 0 ? isInForm(name) : only.includes(name)))
    .map(([, make]) => make(context));
}
