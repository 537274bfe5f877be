import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventLog } from '../support/fault/event-log.js';
import { recordSeconds } from '../support/fault/figures.js';
import { Laboratory } from '../support/fault/laboratory.js';
import { Nemesis } from '../support/fault/nemesis.js';
import { describeSpread } from '../support/fault/recovery.js';
import { SeededRandom } from '../support/fault/seeded-random.js';

const KILLS = 20;
const JOBS = 2_000;
/** A storm is as long as the starts of its workers take, and a busy machine takes its time. */
const LONGEST_STORM_MS = 400_000;
const LONGEST_RECOVERY_MS = 12_000;

function countEnqueued(log: EventLog): number {
  return log.of('enqueued').reduce((count, { jobs }) => count + jobs.length, 0);
}

describe('workers that are killed', () => {
  let laboratory: Laboratory;

  beforeAll(async () => {
    laboratory = await Laboratory.open();
  });

  afterAll(() => laboratory.close());

  it(
    `F63 F116 lose nothing in a storm of ${KILLS} kills over ${JOBS} jobs and more`,
    { timeout: LONGEST_STORM_MS },
    async () => {
      const { seed } = laboratory;
      console.log(`Kill storm: KYU_FAULT_SEED=${seed} replays it.`);
      await using round = await laboratory.round({ leaseMs: 3_000, beatMs: 600 });
      const { fleet } = round;
      const [producer] = await Promise.all([fleet.startProducer(), fleet.startWorkers(4)]);
      producer.startLoad({ seed, perSecond: 50, longestNapMs: 300, failing: 0.1 });
      await new Nemesis(fleet, new SeededRandom(seed)).storm({
        kills: KILLS,
        pauseMs: [500, 1_500],
        survivors: 2,
      });
      await round.events.first(
        `the enqueue of ${JOBS} jobs`,
        (log) => countEnqueued(log) >= JOBS || undefined,
        60_000,
      );
      await producer.stopLoad();
      await round.drained(60_000);

      const { counts, deaths, findings, recovery } = await round.judge();
      console.log(`Kill storm: ${JSON.stringify(counts)}, deaths ${JSON.stringify(deaths)}.`);
      console.log(`Kill storm, SIGKILL → its jobs start elsewhere (lease 3 s): ${describeSpread(recovery)}.`);
      recordSeconds('fast_kill_recovery_p99_s', recovery.p99);
      expect(findings).toEqual([]);
      expect(fleet.desertions).toEqual([]);
      expect(counts.kills).toBeGreaterThanOrEqual(20);
      expect(counts.crashedRuns).toBeGreaterThanOrEqual(counts.kills);
      expect(counts.enqueued).toBeGreaterThanOrEqual(JOBS);
      expect(counts.completed + counts.dead).toBe(counts.enqueued);
      expect(recovery.p99).toBeLessThanOrEqual(LONGEST_RECOVERY_MS);
    },
  );

  it('are replaced within 12 s with the lease that everybody has', async () => {
    await using round = await laboratory.round();
    const { events, fleet } = round;
    const [producer, [victim]] = await Promise.all([fleet.startProducer(), fleet.startWorkers(1)]);
    const jobs = await producer.enqueue(
      Array.from({ length: 5 }, () => ({ type: 'hold' as const, ms: 300_000 })),
    );
    await events.first('the start of every job', (log) => log.of('start').at(jobs.length - 1), 5_000);
    await fleet.startWorkers(2);
    victim?.kill();
    await round.drained(20_000);

    const { findings, recovery } = await round.judge();
    console.log(`SIGKILL → its jobs start elsewhere (lease 10 s): ${describeSpread(recovery)}.`);
    recordSeconds('kill_recovery_p50_s', recovery.p50);
    recordSeconds('kill_recovery_p99_s', recovery.p99);
    expect(findings).toEqual([]);
    expect(recovery.count).toBe(jobs.length);
    expect(recovery.max).toBeLessThanOrEqual(LONGEST_RECOVERY_MS);
  });
});
