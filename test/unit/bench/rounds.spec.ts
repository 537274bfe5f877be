import { describe, expect, it } from 'vitest';
import type { Benchmark, Entrant } from '../../bench/harness/benchmark.js';
import { runRounds } from '../../bench/harness/rounds.js';

const SILENT = { say: () => {}, moreTrials: 0, restMs: 0 };

describe('rounds', () => {
  it('measure the entrants in turns, each round beginning with another', async () => {
    const order: string[] = [];
    const entrants = ['a', 'b', 'c'].map((name) => entrant(name, () => order.push(name)));
    await runRounds(benchmark(entrants), { rounds: 3, warmUpRounds: 0, ...SILENT });
    expect(order.join('')).toBe('abcbcacab');
  });

  it('forget the warm-up', async () => {
    let calls = 0;
    const results = await runRounds(benchmark([entrant('a', () => (calls += 1))]), {
      rounds: 2,
      warmUpRounds: 1,
      ...SILENT,
    });
    expect(results.map(({ samples }) => samples.map(({ value }) => value))).toEqual([[2, 3]]);
  });

  it('go on without one that failed, and say why', async () => {
    const broken = entrant('broken', () => {
      throw new Error('no connection');
    });
    const results = await runRounds(benchmark([broken, entrant('whole', () => 1)]), {
      rounds: 2,
      warmUpRounds: 0,
      ...SILENT,
    });
    expect(results).toMatchObject([
      { name: 'broken', failure: 'no connection', samples: [] },
      { name: 'whole', samples: [{ value: 1 }, { value: 1 }] },
    ]);
  });

  it('say at once what was not accounted for', async () => {
    const lines: string[] = [];
    const sample = {
      value: 1,
      details: {},
      account: { jobs: 2, complaints: ['jobs that ran: 1 instead of 2'] },
    };
    const entrants = [{ name: 'a', settings: '', sample: () => Promise.resolve(sample) }];
    await runRounds(benchmark(entrants), {
      ...SILENT,
      rounds: 1,
      warmUpRounds: 0,
      say: (line) => lines.push(line),
    });
    expect(lines.join('\n')).toContain('NOT ACCOUNTED FOR: jobs that ran: 1 instead of 2');
  });
});

function entrant(name: string, value: () => number): Entrant {
  const account = { jobs: 1, complaints: [] };
  return { name, settings: '', sample: async () => ({ value: value(), details: {}, account }) };
}

function benchmark(entrants: readonly Entrant[]): Benchmark {
  return { name: 'x', title: 'X', unit: 'ms', better: 'lower', entrants };
}
