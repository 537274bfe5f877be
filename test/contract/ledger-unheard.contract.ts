import { describe, expect, it } from 'vitest';
import {
  completed,
  expectWithin,
  failed,
  QUEUE,
  settlementOf,
  TYPE,
  type LedgerStage,
} from '../support/ledger/ledger-stage.js';

/** The worker's door for claims whose reply was lost. */
export function describeUnheard<Transaction>(stageOf: () => LedgerStage<Transaction>): void {
  describe('handBackUnheard', () => {
    it('makes a job pending that its worker does not know of, uncharged, and tells its hint', async () => {
      const stage = stageOf();
      const worker = await stage.worker();
      const id = await stage.enqueue({ priority: 5, maxRetries: 0 });
      const claim = await stage.claim(id, worker);
      const { lockedAt } = await stage.job(id);
      let handedBack: unknown;
      const span = await stage.during(
        async () => (handedBack = await stage.ledger.runs.handBackUnheard(worker, [QUEUE], [])),
      );
      expect(handedBack).toEqual([{ id, queue: QUEUE, type: TYPE, priority: 5 }]);
      const job = await stage.job(id);
      expect(job).toMatchObject({
        status: 'pending',
        run: 1,
        retryCount: 0,
        crashCount: 0,
        errorMessage: null,
        lockedAt: null,
        lockedBy: null,
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
          outcome: 'released',
          errorMessage: 'the reply to the claim was lost',
          errorStack: null,
        },
      ]);
      expectWithin(runs[0]!.finishedAt, span); // there is one
      expect(await stage.ledger.runs.settle([settlementOf(claim, completed)])).toEqual([]);
      expect(await stage.ledger.runs.handBackUnheard(worker, [QUEUE], [])).toEqual([]);
      expect(await stage.claim(id, worker)).toMatchObject({ run: 2, retryCount: 0 });
    });

    it('counts the attempt that the run would have been', async () => {
      const stage = stageOf();
      const worker = await stage.worker();
      const id = await stage.ran(failed);
      await stage.ledger.inspection.retry(id);
      await stage.claim(id, worker);
      await stage.ledger.runs.handBackUnheard(worker, [QUEUE], []);
      expect(await stage.runs(id)).toMatchObject([
        { run: 1, attempt: 1, outcome: 'failed' },
        { run: 2, attempt: 2, outcome: 'released' },
      ]);
      expect(await stage.job(id)).toMatchObject({ status: 'pending', retryCount: 1 });
    });

    it('leaves what the worker knows of, what others run, and other queues alone', async () => {
      const stage = stageOf();
      const worker = await stage.worker({ queues: [QUEUE, 'reports'] });
      const [known, unheard, others] = await stage.enqueueMany(3);
      const report = await stage.enqueue({ queue: 'reports' });
      await stage.claimMany([known!, unheard!], worker); // three were made
      await stage.claim(others!, await stage.worker());
      await stage.claim(report, worker);
      const { runs } = stage.ledger;
      expect(await runs.handBackUnheard(worker, [QUEUE], [known!])).toMatchObject([{ id: unheard }]);
      expect(await runs.handBackUnheard(worker, [QUEUE], [known!])).toEqual([]);
      for (const id of [known!, others!, report]) expect((await stage.job(id)).status).toBe('running');
      expect(await runs.handBackUnheard(worker, [QUEUE, 'reports'], [known!])).toMatchObject([
        { id: report },
      ]);
      expect(await runs.handBackUnheard(worker, [], [])).toEqual([]);
    });

    it('passes over a job that somebody holds', async () => {
      const stage = stageOf();
      const worker = await stage.worker();
      const id = await stage.enqueue();
      await stage.claim(id, worker);
      const holder = await stage.hold(id);
      expect(await stage.ledger.runs.handBackUnheard(worker, [QUEUE], [])).toEqual([]);
      await holder.rollback();
      expect(await stage.ledger.runs.handBackUnheard(worker, [QUEUE], [])).toMatchObject([{ id }]);
    });
  });
}
