import { describe, expect, it } from 'vitest';
import type { WorkerReading } from '../../lib/core/ports/ledger-readings.js';
import type { BuriedWorker } from '../../lib/core/ports/ledger-upkeep.js';
import {
  expectWithin,
  identityOf,
  LEASE_MS,
  QUEUE,
  type LedgerStage,
  type Span,
} from '../support/ledger/ledger-stage.js';

/** The worker's door for its own life, and what others see of it. */
export function describeWorkers<Transaction>(stageOf: () => LedgerStage<Transaction>): void {
  async function readingOf(workerId: string): Promise<WorkerReading> {
    const readings = await stageOf().ledger.readings.workers([QUEUE]);
    const reading = readings.find((worker) => worker.workerId === workerId);
    if (reading === undefined) throw new Error(`there is no worker ${workerId}`);
    return reading;
  }

  function expectLease(reading: WorkerReading, span: Span, leaseMs: number): void {
    expectWithin(reading.heartbeatAt, span);
    expectWithin(reading.leaseExpiresAt, span, leaseMs);
  }

  describe('a worker', () => {
    it('is alive from its registration on, for one lease', async () => {
      const stage = stageOf();
      const identity = identityOf({
        host: 'a-host',
        pid: 99,
        queues: [QUEUE, 'reports'],
        concurrency: 7,
        types: ['task:*'],
      });
      const span = await stage.during(() => stage.ledger.registry.register(identity, LEASE_MS));
      const reading = await readingOf(identity.workerId);
      expect(reading).toMatchObject({ ...identity, state: 'alive', running: 0 });
      expectWithin(reading.startedAt, span);
      expectLease(reading, span, LEASE_MS);
    });

    it('F66 renews its lease with each beat', async () => {
      const stage = stageOf();
      const worker = await stage.worker();
      await stage.ledger.passTime(30_000);
      const span = await stage.during(async () => {
        expect(await stage.ledger.registry.beat(worker, 90_000)).toBe(true);
      });
      expectLease(await readingOf(worker), span, 90_000);
    });

    it('may register twice, as after a lost reply: it renews its lease and changes nothing else', async () => {
      const stage = stageOf();
      const identity = identityOf();
      await stage.ledger.registry.register(identity, LEASE_MS);
      await stage.ledger.passTime(30_000);
      const { startedAt } = await readingOf(identity.workerId);
      const span = await stage.during(() =>
        stage.ledger.registry.register({ ...identity, host: 'another' }, LEASE_MS),
      );
      const reading = await readingOf(identity.workerId);
      expect(reading).toMatchObject({ ...identity, state: 'alive', startedAt });
      expectLease(reading, span, LEASE_MS);
    });

    it('beats on while it drains, and no more once it has stopped', async () => {
      const stage = stageOf();
      const { registry } = stage.ledger;
      const worker = await stage.worker();
      await registry.markDraining(worker);
      expect((await readingOf(worker)).state).toBe('draining');
      const span = await stage.during(async () => expect(await registry.beat(worker, LEASE_MS)).toBe(true));
      expectLease(await readingOf(worker), span, LEASE_MS);
      await registry.sayGoodbye(worker);
      expect((await readingOf(worker)).state).toBe('stopped');
      expect(await registry.beat(worker, LEASE_MS)).toBe(false);
    });

    it('may stop without draining first', async () => {
      const stage = stageOf();
      const worker = await stage.worker();
      await stage.ledger.registry.sayGoodbye(worker);
      expect((await readingOf(worker)).state).toBe('stopped');
    });

    it('is told that it is over when its row is gone', async () => {
      const { registry } = stageOf().ledger;
      const { workerId } = identityOf();
      expect(await registry.beat(workerId, LEASE_MS)).toBe(false);
      await registry.markDraining(workerId);
      await registry.sayGoodbye(workerId);
      expect(await stageOf().ledger.readings.workers([QUEUE])).toEqual([]);
    });

    it('never rises again under the id under which it was buried', async () => {
      const stage = stageOf();
      const { registry } = stage.ledger;
      const identity = identityOf();
      await registry.register(identity, LEASE_MS);
      await stage.bury(identity.workerId);
      const before = await readingOf(identity.workerId);
      expect(before.state).toBe('dead');
      expect(await registry.beat(identity.workerId, LEASE_MS)).toBe(false);
      await registry.register(identity, LEASE_MS);
      await registry.markDraining(identity.workerId);
      await registry.sayGoodbye(identity.workerId);
      expect(await readingOf(identity.workerId)).toEqual(sameBut(before));
    });

    it('does not come back from draining or from its end by registering again', async () => {
      const stage = stageOf();
      const { registry } = stage.ledger;
      const identity = identityOf();
      await registry.register(identity, LEASE_MS);
      await registry.markDraining(identity.workerId);
      const draining = await readingOf(identity.workerId);
      expect(draining.state).toBe('draining');
      await registry.register(identity, 2 * LEASE_MS);
      expect(await readingOf(identity.workerId)).toEqual(sameBut(draining));
      await registry.sayGoodbye(identity.workerId);
      const stopped = await readingOf(identity.workerId);
      expect(stopped.state).toBe('stopped');
      await registry.register(identity, 2 * LEASE_MS);
      await registry.markDraining(identity.workerId);
      expect(await readingOf(identity.workerId)).toEqual(sameBut(stopped));
    });
  });

  describe('bury', () => {
    it('finds workers whose lease is over, once, and tells who they were', async () => {
      const stage = stageOf();
      const { registry, upkeep } = stage.ledger;
      const [gone, drained] = [await stage.worker({ host: 'gone', pid: 7 }), await stage.worker()];
      await registry.markDraining(drained);
      await stage.ledger.passTime(LEASE_MS + 10_000);
      const alive = await stage.worker();
      const buried = await upkeep.bury([QUEUE]);
      expect(buried).toHaveLength(2);
      expect(buried).toContainEqual({ workerId: gone, host: 'gone', pid: 7 });
      expect(buried).toContainEqual({ workerId: drained, host: 'worker-host', pid: 4_711 });
      expect(await upkeep.bury([QUEUE])).toEqual([]);
      expect((await readingOf(gone)).state).toBe('dead');
      expect((await readingOf(drained)).state).toBe('dead');
      expect((await readingOf(alive)).state).toBe('alive');
    });

    it('leaves the worker’s own watchdog the first move', async () => {
      const stage = stageOf();
      let early: BuriedWorker[] = [];
      let worker = '';
      const { fromMs, toMs } = await stage.during(async () => {
        worker = await stage.worker({ leaseMs: 0 });
        await stage.ledger.passTime(50);
        early = await stage.ledger.upkeep.bury([QUEUE]);
      });
      await stage.ledger.passTime(600);
      const late = await stage.ledger.upkeep.bury([QUEUE]);
      // A machine that stalls for longer than the grace, between two statements, sees the burial early.
      if (toMs - fromMs < 400) expect(early).toEqual([]);
      expect([...early, ...late]).toMatchObject([{ workerId: worker }]);
    });

    it('buries nobody of other queues, and nobody who has stopped', async () => {
      const stage = stageOf();
      const { registry, upkeep } = stage.ledger;
      await stage.worker({ queues: ['reports'] });
      await registry.sayGoodbye(await stage.worker());
      await stage.ledger.passTime(LEASE_MS + 10_000);
      expect(await upkeep.bury([QUEUE])).toEqual([]);
      expect(await upkeep.bury(['nothing'])).toEqual([]);
      expect(await upkeep.bury(['nothing', 'reports'])).toHaveLength(1);
    });

    it('forgets those who ended a day ago', async () => {
      const stage = stageOf();
      const { readings, registry, upkeep } = stage.ledger;
      const stopped = await stage.worker();
      await registry.sayGoodbye(stopped);
      const dead = await stage.deadWorker();
      await stage.ledger.passTime(23 * 3_600_000);
      await upkeep.bury([QUEUE]);
      expect((await readings.workers([QUEUE])).map((worker) => worker.workerId).sort()).toEqual(
        [stopped, dead].sort(),
      );
      await stage.ledger.passTime(2 * 3_600_000);
      await upkeep.bury(['reports']);
      expect(await readings.workers([QUEUE])).toHaveLength(2);
      await upkeep.bury([QUEUE]);
      expect(await readings.workers([QUEUE])).toEqual([]);
    });
  });
}

/** Time passes, and the heartbeat gets older by it. */
function sameBut(reading: WorkerReading): unknown {
  return { ...reading, heartbeatAgeMs: expect.any(Number) };
}
