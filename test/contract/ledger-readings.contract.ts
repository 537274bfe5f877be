import { describe, expect, it } from 'vitest';
import { LEASE_MS, QUEUE, type LedgerStage } from '../support/ledger/ledger-stage.js';

/** Metrics' and health's door. */
export function describeReadings<Transaction>(stageOf: () => LedgerStage<Transaction>): void {
  describe('ping', () => {
    it('resolves', async () => {
      await expect(stageOf().ledger.readings.ping()).resolves.toBeUndefined();
    });
  });

  describe('queues', () => {
    it('counts living and dead jobs of each queue, and its living workers', async () => {
      const stage = stageOf();
      await stage.oneOfEach();
      await stage.enqueueMany(2);
      await stage.oneOfEach({ queue: 'reports' });
      const readings = await stage.ledger.readings.queues([QUEUE, 'reports']);
      expect(readings).toHaveLength(2);
      expect(readings.find(({ queue }) => queue === QUEUE)).toMatchObject({
        pending: 3,
        scheduled: 1,
        running: 1,
        failed: 1,
        dead: 1,
        liveWorkers: 4,
      });
      expect(readings.find(({ queue }) => queue === 'reports')).toMatchObject({ pending: 1, dead: 1 });
    });

    it('says of an empty queue that it is empty', async () => {
      expect(await stageOf().ledger.readings.queues([QUEUE])).toEqual([
        {
          queue: QUEUE,
          pending: 0,
          scheduled: 0,
          running: 0,
          failed: 0,
          dead: 0,
          oldestPendingMs: null,
          liveWorkers: 0,
          paused: false,
          pausedTypes: [],
        },
      ]);
      expect(await stageOf().ledger.readings.queues([])).toEqual([]);
    });

    it('measures the age of the oldest pending job from when it became pending', async () => {
      const stage = stageOf();
      const oldest = async (): Promise<number | null | undefined> =>
        (await stage.ledger.readings.queues([QUEUE]))[0]?.oldestPendingMs;
      await stage.enqueue({ delayMs: 20_000 });
      await stage.ledger.passTime(100_000);
      expect(await oldest()).toBeNull();
      await stage.ledger.upkeep.promote(QUEUE, 10);
      await stage.ledger.passTime(40_000);
      await stage.enqueue();
      const age = await oldest();
      expect(age).toBeGreaterThanOrEqual(40_000);
      expect(age).toBeLessThan(60_000);
    });

    it('counts a worker while it takes jobs: alive, and within its lease', async () => {
      const stage = stageOf();
      const { readings, registry } = stage.ledger;
      const live = async (): Promise<number | undefined> => (await readings.queues([QUEUE]))[0]?.liveWorkers;
      const [one, other] = [await stage.worker(), await stage.worker({ queues: [QUEUE, 'reports'] })];
      await stage.worker({ queues: ['reports'] });
      await stage.deadWorker();
      expect(await live()).toBe(2);
      await registry.markDraining(one);
      expect(await live()).toBe(1);
      await stage.ledger.passTime(LEASE_MS + 1_000);
      expect(await live()).toBe(0);
      await registry.beat(other, LEASE_MS);
      expect(await live()).toBe(1);
    });
  });

  describe('workers', () => {
    it('shows those who serve any of the queues, the oldest first, with what each runs', async () => {
      const stage = stageOf();
      const first = await stage.worker({ queues: [QUEUE, 'reports'] });
      await stage.ledger.passTime(1_000);
      const second = await stage.worker();
      await stage.ledger.passTime(1_000);
      const third = await stage.worker({ queues: ['reports'] });
      await stage.claimMany(await stage.enqueueMany(2), first);
      const report = await stage.enqueue({ queue: 'reports' });
      await stage.claim(report, first);
      const seen = async (queues: string[]): Promise<[string, number][]> =>
        (await stage.ledger.readings.workers(queues)).map(({ workerId, running }) => [workerId, running]);
      expect(await seen([QUEUE])).toEqual([
        [first, 3],
        [second, 0],
      ]);
      expect(await seen(['reports'])).toEqual([
        [first, 3],
        [third, 0],
      ]);
      expect(await seen([QUEUE, 'reports'])).toHaveLength(3);
      expect(await seen(['nothing'])).toEqual([]);
    });
  });
}
