import { describe, expect, it } from 'vitest';
import {
  completed,
  expectWithin,
  failed,
  LEASE_MS,
  QUEUE,
  RESCUE_LIMITS,
  TYPE,
  type LedgerStage,
} from '../support/ledger/ledger-stage.js';

/** Maintenance's door: what becomes of jobs whose worker will not end them. */
export function describeRescue<Transaction>(stageOf: () => LedgerStage<Transaction>): void {
  const rescue = (limits = RESCUE_LIMITS) => stageOf().ledger.upkeep.rescue(QUEUE, limits);

  describe('rescue', () => {
    it('F65 makes a dead worker’s job pending again: an attempt used, a crash counted, the reason kept', async () => {
      const stage = stageOf();
      const worker = await stage.worker({ host: 'lost-host', pid: 8_080 });
      const id = await stage.enqueue({ priority: 2 });
      await stage.claim(id, worker);
      await stage.bury(worker);
      const { lockedAt } = await stage.job(id);
      let rescued: unknown;
      const span = await stage.during(async () => (rescued = await rescue()));
      expect(rescued).toEqual([
        {
          ...{ id, queue: QUEUE, type: TYPE, priority: 2, run: 1, attempt: 1 },
          ...{ status: 'pending', workerId: worker, cancelReason: null },
        },
      ]);
      const reason = 'the worker process died (lost-host, pid 8080)';
      const job = await stage.job(id);
      expect(job).toMatchObject({
        status: 'pending',
        run: 1,
        retryCount: 1,
        crashCount: 1,
        lockedAt: null,
        lockedBy: null,
        completedAt: null,
        errorMessage: reason,
      });
      expectWithin(job.updatedAt, span);
      const runs = await stage.runs(id);
      expect(runs).toEqual([
        {
          run: 1,
          attempt: 1,
          workerId: worker,
          startedAt: lockedAt,
          finishedAt: expect.any(Date),
          outcome: 'crashed',
          errorMessage: reason,
          errorStack: null,
        },
      ]);
      expectWithin(runs[0]!.finishedAt, span); // there is one
      expect(await rescue()).toEqual([]);
    });

    it('makes a job dead whose attempts are used up', async () => {
      const stage = stageOf();
      const id = await stage.enqueue({ maxRetries: 1 });
      await stage.end(await stage.claim(id, await stage.worker()), failed);
      await stage.ledger.inspection.retry(id);
      let rescued: unknown;
      const span = await stage.during(async () => (rescued = await stage.crash(id)));
      expect(rescued).toMatchObject([{ id, status: 'dead', run: 2 }]);
      const job = await stage.job(id);
      expect(job).toMatchObject({ status: 'dead', retryCount: 1, crashCount: 1 });
      expectWithin(job.completedAt, span);
      expect(await stage.runs(id)).toMatchObject([
        { run: 1, attempt: 1, outcome: 'failed' },
        { run: 2, attempt: 2, outcome: 'crashed' },
      ]);
    });

    it('makes a job dead that took its third process with it, whatever attempts it has left', async () => {
      const stage = stageOf();
      const id = await stage.enqueue({ maxRetries: 100 });
      expect(await stage.crash(id)).toMatchObject([{ status: 'pending' }]);
      expect(await stage.crash(id)).toMatchObject([{ status: 'pending' }]);
      expect(await stage.crash(id)).toMatchObject([{ status: 'dead' }]);
      expect(await stage.job(id)).toMatchObject({ status: 'dead', retryCount: 3, crashCount: 3, run: 3 });
      expect((await stage.runs(id)).map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    });

    it('charges nothing for a worker that stopped in order', async () => {
      const stage = stageOf();
      const id = await stage.enqueue({ maxRetries: 0 });
      const worker = await stage.worker();
      await stage.claim(id, worker);
      await stage.ledger.registry.sayGoodbye(worker);
      expect(await rescue()).toMatchObject([{ id, status: 'pending', run: 1, workerId: worker }]);
      expect(await stage.job(id)).toMatchObject({
        status: 'pending',
        retryCount: 0,
        crashCount: 0,
        errorMessage: null,
        completedAt: null,
      });
      expect(await stage.runs(id)).toMatchObject([
        {
          run: 1,
          attempt: 1,
          outcome: 'released',
          errorMessage: 'the worker stopped before it could hand the job back',
        },
      ]);
    });

    it('takes a job back whose worker’s row is gone', async () => {
      const stage = stageOf();
      // It may take longer than the row is kept: the limit of the run says nothing here.
      const id = await stage.enqueue({ timeoutMs: 48 * 3_600_000 });
      const worker = await stage.worker();
      await stage.claim(id, worker);
      await stage.bury(worker);
      await stage.ledger.passTime(25 * 3_600_000);
      await stage.ledger.upkeep.bury([QUEUE]);
      expect(await stage.ledger.readings.workers([QUEUE])).toEqual([]);
      expect(await rescue()).toMatchObject([{ id, status: 'pending', workerId: worker }]);
      expect(await stage.job(id)).toMatchObject({
        crashCount: 1,
        retryCount: 1,
        errorMessage: 'the worker process died',
      });
    });

    it('F65 takes a run back that exceeded its time limit and the outer bound, though its worker lives', async () => {
      const stage = stageOf();
      const worker = await stage.worker();
      const limits = { ...RESCUE_LIMITS, staleAfterMs: 100_000 };
      const [short, long] = [
        await stage.enqueue({ timeoutMs: 0 }),
        await stage.enqueue({ timeoutMs: 60_000 }),
      ];
      await stage.claim(short, worker);
      await stage.claim(long, worker);
      await stage.ledger.passTime(90_000);
      await stage.ledger.registry.beat(worker, LEASE_MS);
      expect(await rescue(limits)).toEqual([]);
      await stage.ledger.passTime(20_000);
      expect(await rescue(limits)).toMatchObject([{ id: short, status: 'pending' }]);
      await stage.ledger.passTime(60_000);
      await stage.ledger.registry.beat(worker, LEASE_MS);
      expect(await rescue(limits)).toMatchObject([{ id: long, status: 'pending' }]);
      expect(await stage.job(long)).toMatchObject({
        crashCount: 1,
        retryCount: 1,
        errorMessage: 'the run exceeded every limit and its worker did not end it',
      });
    });

    it('leaves the jobs of workers alone that live, drain, or have not been buried yet', async () => {
      const stage = stageOf();
      const { registry } = stage.ledger;
      const [alive, draining] = [await stage.worker(), await stage.worker()];
      const late = await stage.worker({ leaseMs: 0 });
      const ids = await stage.enqueueMany(3);
      for (const [index, worker] of [alive, draining, late].entries()) await stage.claim(ids[index]!, worker); // three of each
      await registry.markDraining(draining);
      await stage.ledger.passTime(10_000);
      expect(await rescue()).toEqual([]);
      for (const id of ids) expect(await stage.job(id)).toMatchObject({ status: 'running', crashCount: 0 });
    });

    it('leaves other queues to their own ticks', async () => {
      const stage = stageOf();
      const id = await stage.enqueue({ queue: 'reports' });
      const worker = await stage.worker({ queues: ['reports'] });
      await stage.claim(id, worker);
      await stage.bury(worker);
      expect(await rescue()).toEqual([]);
      expect(await stage.ledger.upkeep.rescue('reports', RESCUE_LIMITS)).toMatchObject([{ id }]);
    });

    it('works in batches', async () => {
      const stage = stageOf();
      const worker = await stage.worker();
      const ids = await stage.enqueueMany(5);
      await stage.claimMany(ids, worker);
      await stage.bury(worker);
      const limits = { ...RESCUE_LIMITS, batchSize: 3 };
      const batches = [await rescue(limits), await rescue(limits), await rescue(limits)];
      expect(batches.map((batch) => batch.length)).toEqual([3, 2, 0]);
      expect(
        batches
          .flat()
          .map(({ id }) => id)
          .sort(),
      ).toEqual(ids);
    });

    it('takes each job back once when several processes do it', async () => {
      const stage = stageOf();
      const worker = await stage.worker();
      const ids = await stage.enqueueMany(60);
      await stage.claimMany(ids, worker);
      await stage.bury(worker);
      const together = await Promise.all(Array.from({ length: 6 }, () => rescue()));
      const rescued = [...together.flat(), ...(await rescue())];
      expect(rescued.map(({ id }) => id).sort()).toEqual(ids);
      for (const id of ids.slice(0, 5)) expect((await stage.job(id)).crashCount).toBe(1);
    });

    it('passes over a job that somebody is changing, and finds it at the next tick', async () => {
      const stage = stageOf();
      const worker = await stage.worker();
      const id = await stage.enqueue();
      await stage.claim(id, worker);
      await stage.bury(worker);
      const holder = await stage.hold(id);
      expect(await rescue()).toEqual([]);
      await holder.rollback();
      expect(await rescue()).toMatchObject([{ id }]);
    });

    it('has nothing to do with jobs that do not run', async () => {
      const stage = stageOf();
      const id = await stage.enqueue();
      const worker = await stage.worker();
      await stage.end(await stage.claim(id, worker), completed);
      await stage.bury(worker);
      expect(await rescue()).toEqual([]);
      expect((await stage.job(id)).status).toBe('completed');
    });
  });
}
