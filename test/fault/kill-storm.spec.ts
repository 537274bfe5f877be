import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { paced } from '../support/fair-trial.js';
import { recordSeconds } from '../support/fault/figures.js';
import { Laboratory } from '../support/fault/laboratory.js';
import { describeSpread, spreadOf } from '../support/fault/recovery.js';
import { atPace, FAST_LEASE, runStorm, SHORT_LEASE } from '../support/fault/storm.js';

const KILLS = 50;
const JOBS = 5_000;
/** A storm is as long as the starts of its workers take, and a busy machine takes its time. */
const LONGEST_STORM_MS = 900_000;
const LONGEST_RECOVERY_MS = 12_000;
const VICTIMS = 3;
/** 6 s on a machine with time: 5 s of lease, 0.5 s of grace, 0.5 s between two ticks of the reaper. */
const LONGEST_FAST_RECOVERY_MS = 7_000;

describe('workers that are killed', () => {
  let laboratory: Laboratory;

  beforeAll(async () => {
    laboratory = await Laboratory.open();
  });

  afterAll(() => laboratory.close());

  it(
    `F63 F116 lose nothing in a storm of ${KILLS} kills over ${JOBS} jobs, freezes, restarts, flushes and wrong clocks`,
    { timeout: LONGEST_STORM_MS },
    async () => {
      const { redisView, seed } = laboratory;
      console.log(`Kill storm: KYU_SEED=${seed} replays it.`);
      await using round = await laboratory.round({ ...SHORT_LEASE, graceMs: 5_000 });
      const { deeds, recoveries, report, tookMs } = await runStorm(round, redisView, {
        seed,
        kills: KILLS,
        jobs: JOBS,
      });
      const { afterThaw, counts, deaths, findings, waits } = report;
      console.log(
        `Kill storm of ${Math.round(tookMs / 1_000)} s: ${JSON.stringify(counts)}, deaths ${JSON.stringify(deaths)}, ` +
          `deeds ${JSON.stringify(deeds)}; ready → run starts: ${describeSpread(waits)}.`,
      );
      for (const { detail, job } of afterThaw)
        console.log(`Kill storm, just after a thaw: ${job}: ${detail}.`);
      for (const [leaseMs, recovery] of recoveries)
        console.log(
          `Kill storm, SIGKILL → its jobs start elsewhere (lease ${leaseMs} ms): ${describeSpread(spreadOf(recovery))}.`,
        );
      const fast = spreadOf(recoveries.get(atPace(FAST_LEASE).leaseMs) ?? []);
      recordSeconds('fast_kill_recovery_p99_s', fast.p99);
      expect(findings).toEqual([]);
      expect(counts.kills).toBeGreaterThanOrEqual(KILLS);
      expect(counts.crashedRuns).toBeGreaterThanOrEqual(counts.kills);
      expect(counts.enqueued).toBeGreaterThanOrEqual(JOBS);
      expect(counts.completed + counts.dead).toBe(counts.jobs);
      expect(fast.count).toBeGreaterThan(0);
      expect(fast.p99).toBeLessThanOrEqual(paced(LONGEST_FAST_RECOVERY_MS));
      // A storm that did not do everything would not have tried everything.
      expect(Object.values(deeds).every((count) => count > 0)).toBe(true);
    },
  );

  it('are replaced within 12 s with the lease that everybody has', async () => {
    await using round = await laboratory.round();
    const { events, fleet } = round;
    const producer = await fleet.startProducer();
    const jobs: string[] = [];
    for (let victim = 0; victim < VICTIMS; victim += 1) {
      await fleet.startWorkers(1);
      const held = Array.from({ length: 5 }, () => ({ type: 'hold' as const, ms: 300_000 }));
      jobs.push(...(await producer.enqueue(held)));
      await events.first('the start of every job', (log) => log.of('start').at(jobs.length - 1));
    }
    const victims = [...fleet.workers];
    await fleet.startWorkers(2);
    // A process dies at any moment between two beats: the kills are spread evenly over the period.
    await Promise.all(
      victims.map((victim, index) => round.killAfterBeat(victim, (index + 0.5) / victims.length)),
    );
    await round.drained();

    const { findings, recovery } = await round.judge();
    console.log(`SIGKILL → its jobs start elsewhere (lease 10 s): ${describeSpread(recovery)}.`);
    recordSeconds('kill_recovery_p50_s', recovery.p50);
    recordSeconds('kill_recovery_p99_s', recovery.p99);
    expect(findings).toEqual([]);
    expect(recovery.count).toBe(jobs.length);
    expect(recovery.max).toBeLessThanOrEqual(paced(LONGEST_RECOVERY_MS));
  });
});
