import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { monotonicMs } from '../support/fault/events.js';
import { paced } from '../support/fair-trial.js';
import { Laboratory } from '../support/fault/laboratory.js';
import { stormMs } from '../support/fault/long-form.js';
import { describeSpread, spreadOf } from '../support/fault/recovery.js';
import { RedisAdversary } from '../support/fault/redis-adversary.js';
import { SeededRandom } from '../support/fault/seeded-random.js';
import { startsSince, waitsOf } from '../support/fault/waits.js';

const STORM_MS = stormMs(12_000);
const LONGEST_WAIT_MS = 10_000;
const FEWEST_ATTACKS = 8;
const LONGEST_RETURN_MS = 5_000;

describe('Redis that is against everybody', () => {
  let laboratory: Laboratory;

  beforeAll(async () => {
    laboratory = await Laboratory.open();
  });

  afterAll(() => laboratory.close());

  it('costs no job, starts none twice, and shows no producer an error', async () => {
    await using round = await laboratory.round();
    const { events, fleet, ledger } = round;
    const [producer, workers] = await Promise.all([fleet.startProducer(), fleet.startWorkers(2)]);
    const ended = async () =>
      (await ledger.jobs()).filter(({ status }) => status === 'completed').map(({ id }) => id);
    const random = new SeededRandom(laboratory.seed);
    const adversary = new RedisAdversary(laboratory.redis.url, random, ended);
    try {
      producer.startLoad({ seed: laboratory.seed, perSecond: 50, longestNapMs: 40, failing: 0.1 });
      await startsSince(events, monotonicMs(), 50);
      const struckAt = monotonicMs();
      await adversary.storm(STORM_MS);
      const healedAt = monotonicMs();
      await startsSince(events, monotonicMs(), 50);
      await producer.stopLoad();
      await round.drained();

      const { counts, findings } = await round.judge();
      const waits = spreadOf(waitsOf(events, { from: struckAt, to: healedAt }));
      const attacks = [...adversary.strikes.values()].reduce((sum, count) => sum + count, 0);
      console.log(
        `Hostile Redis for ${STORM_MS / 1_000} s (seed ${laboratory.seed}): ${attacks} attacks of ${adversary.strikes.size} kinds, ` +
          `waits ${describeSpread(waits)}; ${JSON.stringify(counts)}.`,
      );
      expect(findings).toEqual([]);
      expect(fleet.desertions).toEqual([]);
      expect(events.of('refused')).toEqual([]);
      expect(counts.completed + counts.dead).toBe(counts.enqueued);
      expect(counts.crashedRuns).toBe(0);
      expect(waits.max).toBeLessThanOrEqual(paced(LONGEST_WAIT_MS));
      expect(attacks).toBeGreaterThanOrEqual(FEWEST_ATTACKS);
      // It is nothing personal: a Redis that behaves is used again.
      for (const { pid } of [producer, ...workers]) {
        const isBack = () =>
          events.of('log', { pid }).findLast(({ details }) => 'to' in details)?.details['to'];
        const back = await events.first(
          'the return to Redis',
          () => isBack() !== 'postgres' || undefined,
          paced(LONGEST_RETURN_MS),
        );
        expect(back).toBe(true);
      }
    } finally {
      adversary.close();
    }
  });
});
