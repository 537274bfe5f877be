import { describe, expect, it } from 'vitest';
import type { Entrant } from '../../bench/harness/benchmark.js';
import { fairSample, type JudgedSample } from '../../bench/harness/fair-sample.js';

const CALM = 0;
const DISTURBED = 0.5;

describe('a sample', () => {
  it('counts when the host gave the machine its processors', async () => {
    const { sample, dropped } = await taken([CALM, CALM]);
    expect(sample).toMatchObject({ value: 1, stolen: CALM });
    expect(dropped).toEqual([]);
  });

  it('is measured again when the host took them, and what was measured then is told and dropped', async () => {
    const { sample, dropped } = await taken([DISTURBED, CALM]);
    expect(sample).toMatchObject({ value: 2, stolen: CALM });
    expect(dropped).toMatchObject([{ value: 1, stolen: DISTURBED }]);
  });

  it('is the least disturbed one in the end', async () => {
    const { sample, dropped } = await taken([0.5, 0.3, 0.4, CALM]);
    expect(sample).toMatchObject({ value: 2, stolen: 0.3 });
    expect(dropped.map(({ value }) => value)).toEqual([1, 3]);
  });

  it('counts with a job that is not accounted for, in whichever trial', async () => {
    expect((await taken([DISTURBED, DISTURBED, CALM], 1)).sample).toMatchObject({ value: 1 });
    expect((await taken([DISTURBED, DISTURBED, CALM], 2)).sample).toMatchObject({ value: 2 });
  });
});

/** One sample with up to three trials; the host takes these shares, one after the other. */
async function taken(
  shares: readonly number[],
  lossIn = 0,
): Promise<{ sample: JudgedSample; dropped: JudgedSample[] }> {
  let trial = 0;
  let ticks = { wanted: 0, stolen: 0 };
  const entrant: Entrant = {
    name: 'a',
    settings: '',
    sample: async () => {
      const share = shares[trial] ?? 0;
      trial += 1;
      ticks = { wanted: ticks.wanted + 100, stolen: ticks.stolen + 100 * share };
      return {
        value: trial,
        details: {},
        account: { jobs: 1, complaints: trial === lossIn ? ['a job is missing'] : [] },
      };
    },
  };
  const dropped: JudgedSample[] = [];
  const onDropped = (sample: JudgedSample): void => void dropped.push(sample);
  const sample = await fairSample(entrant, { moreTrials: 2, restMs: 0, onDropped, readTime: () => ticks });
  return { sample, dropped };
}
