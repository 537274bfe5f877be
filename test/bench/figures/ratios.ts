import type { EntrantResult } from '../harness/rounds.js';
import { median } from './statistics.js';

/** What of a benchmark's result a ratio needs. */
export interface Comparable {
  readonly name: string;
  readonly better: 'higher' | 'lower';
  readonly entrants: readonly EntrantResult[];
}

/** One ratio: Kyu over the other, so that more is better. */
export interface RatioRule {
  readonly name: string;
  readonly benchmark: string;
  readonly of: string;
  /** Against the best of these. */
  readonly over: readonly string[];
  /** What was set out for. */
  readonly goal: number;
}

const BULLMQ_PROCESS = ['bullmq', 'bullmq-removing'];
const LIMITS = ['limit-500x2', 'limit-500x4', 'limit-1000x2'];

export const RATIO_RULES: readonly RatioRule[] = [
  { name: 'process_vs_bullmq', benchmark: 'process', of: 'kyu', over: BULLMQ_PROCESS, goal: 3 },
  {
    name: 'process_interceptors_vs_bullmq',
    benchmark: 'process',
    of: 'kyu-interceptors',
    over: BULLMQ_PROCESS,
    goal: 2.2,
  },
  {
    name: 'process_vs_graphile_tuned',
    benchmark: 'process',
    of: 'kyu',
    over: ['graphile-worker-tuned'],
    goal: 1.1,
  },
  {
    name: 'process_pg_vs_graphile_tuned',
    benchmark: 'process',
    of: 'kyu-postgres',
    over: ['graphile-worker-tuned'],
    goal: 1.1,
  },
  {
    name: 'process_vs_pgboss',
    benchmark: 'process',
    of: 'kyu',
    over: ['pg-boss', 'pg-boss-burst'],
    goal: 10,
  },
  { name: 'enqueue_vs_bullmq', benchmark: 'enqueue', of: 'kyu', over: ['bullmq'], goal: 1.3 },
  { name: 'enqueue_vs_graphile', benchmark: 'enqueue', of: 'kyu', over: ['graphile-worker'], goal: 10 },
  { name: 'bulk_vs_bullmq', benchmark: 'bulk', of: 'kyu', over: ['bullmq'], goal: 1.5 },
  { name: 'latency_vs_bullmq', benchmark: 'latency', of: 'kyu', over: ['bullmq'], goal: 1 / 1.5 },
  { name: 'latency_vs_bullmq_durable', benchmark: 'latency', of: 'kyu', over: ['bullmq-durable'], goal: 1 },
  { name: 'latency_local_vs_bullmq', benchmark: 'latency-local', of: 'kyu', over: ['bullmq'], goal: 1 },
  { name: 'history_10m_vs_empty', benchmark: 'history', of: 'history-10m', over: ['empty'], goal: 0.9 },
  { name: 'backlog_1m_vs_empty', benchmark: 'backlog', of: 'backlog-1m', over: ['empty'], goal: 0.9 },
  {
    name: 'held_transaction_vs_free',
    benchmark: 'held-transaction',
    of: 'kyu-held',
    over: ['kyu-free'],
    goal: 0.85,
  },
  { name: 'share_of_limit', benchmark: 'share-of-limit', of: 'kyu', over: LIMITS, goal: 0.7 },
];

/** The ratios that these results give, from medians. A ratio with a side that was not measured is left out. */
export function ratiosOf(benchmarks: readonly Comparable[]): Record<string, number> {
  const ratios: Record<string, number> = {};
  for (const rule of RATIO_RULES) {
    const benchmark = benchmarks.find(({ name }) => name === rule.benchmark);
    const ratio = benchmark === undefined ? undefined : ratioOf(benchmark, rule);
    if (ratio !== undefined) ratios[rule.name] = Math.round(ratio * 1_000) / 1_000;
  }
  return ratios;
}

function ratioOf({ entrants, better }: Comparable, { of, over }: RatioRule): number | undefined {
  const medians = new Map(
    entrants
      .filter(({ samples }) => samples.length > 0)
      .map(({ name, samples }) => [name, median(samples.map(({ value }) => value))]),
  );
  const own = medians.get(of);
  const others = over.flatMap((name) => medians.get(name) ?? []);
  if (own === undefined || others.length === 0) return undefined;
  return better === 'higher' ? own / Math.max(...others) : Math.min(...others) / own;
}
