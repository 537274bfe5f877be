import { describe, expect, it } from 'vitest';
import { RATIO_RULES, ratiosOf, type Comparable } from '../../bench/figures/ratios.js';

/** As the issue lists them: whoever reads the JSON relies on these names. */
const NAMES = [
  'process_vs_bullmq',
  'process_interceptors_vs_bullmq',
  'process_vs_graphile_tuned',
  'process_pg_vs_graphile_tuned',
  'process_vs_pgboss',
  'enqueue_vs_bullmq',
  'enqueue_vs_graphile',
  'bulk_vs_bullmq',
  'latency_vs_bullmq',
  'latency_vs_bullmq_durable',
  'latency_local_vs_bullmq',
  'history_10m_vs_empty',
  'backlog_1m_vs_empty',
  'held_transaction_vs_free',
  'share_of_limit',
];

describe('ratios', () => {
  it('are those that were agreed on', () => {
    expect(RATIO_RULES.map(({ name }) => name)).toEqual(NAMES);
  });

  it('are quotients of medians', () => {
    const process = benchmark('process', 'higher', {
      kyu: [30, 60, 40],
      'graphile-worker-tuned': [20, 25, 5],
    });
    expect(ratiosOf([process])).toEqual({ process_vs_graphile_tuned: 2 });
  });

  it('are against the best setting of the other', () => {
    const process = benchmark('process', 'higher', { kyu: [30], bullmq: [10], 'bullmq-removing': [15] });
    expect(ratiosOf([process])).toEqual({ process_vs_bullmq: 2 });
  });

  it('are greater than 1 where less is better and Kyu takes less', () => {
    const latency = benchmark('latency', 'lower', { kyu: [2], bullmq: [1], 'bullmq-durable': [3] });
    expect(ratiosOf([latency])).toEqual({ latency_vs_bullmq: 0.5, latency_vs_bullmq_durable: 1.5 });
  });

  it('are left out when a side has no sample', () => {
    const bulk = benchmark('bulk', 'higher', { kyu: [30], bullmq: [] });
    expect(ratiosOf([bulk])).toEqual({});
  });
});

function benchmark(
  name: string,
  better: Comparable['better'],
  values: Readonly<Record<string, readonly number[]>>,
): Comparable {
  const account = { jobs: 1, complaints: [] };
  const entrants = Object.entries(values).map(([entrant, samples]) => ({
    name: entrant,
    settings: '',
    samples: samples.map((value) => ({ value, details: {}, account, stolen: 0 })),
  }));
  return { name, better, entrants };
}
