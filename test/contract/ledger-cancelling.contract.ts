import { describe, expect, it } from 'vitest';
import type { Claim } from '../../lib/core/claim.js';
import type { RunOutcome } from '../../lib/core/outcome.js';
import {
  completed,
  discarded,
  expectWithin,
  failed,
  QUEUE,
  released,
  RESCUE_LIMITS,
  settlementOf,
  type LedgerStage,
} from '../support/ledger/ledger-stage.js';

const REASON = 'duplicate order';
const cancelled: RunOutcome = { kind: 'cancelled', reason: REASON };
const snoozed: RunOutcome = { kind: 'snoozed', delayMs: 45_000 };
const again: RunOutcome = { kind: 'snoozed', delayMs: 0 };

/** The operator's and the worker's doors: ending a job that runs. */
export function describeCancelling<Transaction>(stageOf: () => LedgerStage<Transaction>): void {
  /** A job that runs, and that somebody wants to end. */
  async function wanted(reason: string | null = REASON): Promise<Claim> {
    const stage = stageOf();
    const id = await stage.enqueue();
    const claim = await stage.claim(id, await stage.worker());
    const answer = await stage.ledger.inspection.cancel(id, reason);
    expect(answer).toMatchObject({ kind: 'requested', hint: { id, queue: QUEUE } });
    return claim;
  }

  describe('cancelling a running job', () => {
    it('F79 is a request that its worker finds, and no other', async () => {
      const stage = stageOf();
      const claim = await wanted();
      const { openRuns } = stage.ledger;
      const request = { id: claim.id, run: 1, reason: REASON };
      expect(await openRuns.cancelRequests([claim.workerId])).toEqual([request]);
      expect(await openRuns.cancelRequests([await stage.worker(), claim.workerId])).toEqual([request]);
      expect(await openRuns.cancelRequests([await stage.worker()])).toEqual([]);
      expect(await openRuns.cancelRequests([])).toEqual([]);
      await stage.end(claim, cancelled);
      expect(await openRuns.cancelRequests([claim.workerId])).toEqual([]);
    });

    it('keeps the first instant and the last reason when it is asked for again', async () => {
      const stage = stageOf();
      const { id, workerId } = await wanted(null);
      const { cancelRequestedAt } = await stage.job(id);
      await stage.ledger.passTime(5_000);
      await stage.ledger.inspection.cancel(id, 'found out why');
      await stage.ledger.inspection.cancel(id, null);
      const [request] = await stage.ledger.openRuns.cancelRequests([workerId]);
      expect(request?.reason).toBe('found out why');
      const job = await stage.job(id);
      expect(job).toMatchObject({ status: 'running', lockedBy: workerId });
      expect(job.cancelRequestedAt?.getTime()).toBeLessThanOrEqual(cancelRequestedAt?.getTime() ?? 0);
    });

    it('stands or falls with the transaction of the operator', async () => {
      const stage = stageOf();
      const id = await stage.enqueue();
      const { workerId } = await stage.claim(id, await stage.worker());
      const { manager, rollback } = await stage.ledger.begin();
      await stage.ledger.inspection.cancel(id, REASON, manager);
      expect(await stage.ledger.openRuns.cancelRequests([workerId])).toEqual([]);
      await rollback();
      expect(await stage.ledger.openRuns.cancelRequests([workerId])).toEqual([]);
    });

    it('F79 ends in a cancelled job with the reason, and a run that says so', async () => {
      const stage = stageOf();
      const claim = await wanted();
      const span = await stage.during(() => stage.end(claim, cancelled));
      const job = await stage.job(claim.id);
      expect(job).toMatchObject({ status: 'cancelled', errorMessage: REASON, retryCount: 0, lockedBy: null });
      expectWithin(job.completedAt, span);
      expect(await stage.runs(claim.id)).toMatchObject([
        { run: 1, attempt: 1, outcome: 'cancelled', errorMessage: REASON },
      ]);
    });

    it.each([
      ['failed', failed],
      ['snoozed', snoozed],
      ['snoozed for nothing', again],
      ['released', released],
    ])('is not lost when the run %s before its worker heard of it', async (_, outcome) => {
      const stage = stageOf();
      const claim = await wanted();
      const [answer] = await stage.ledger.runs.settle([settlementOf(claim, outcome)]);
      expect(answer).toMatchObject({ status: 'cancelled', outcome: 'cancelled', error: { message: REASON } });
      const job = await stage.job(claim.id);
      expect(job).toMatchObject({ status: 'cancelled', errorMessage: REASON });
      expect(job.completedAt).toBeInstanceOf(Date);
      // What the run itself came to stays on record.
      expect(await stage.runs(claim.id)).toMatchObject([{ outcome: outcome.kind }]);
    });

    it.each([
      ['completed', completed],
      ['dead', discarded],
    ])('comes too late for a run that ends %s', async (status, outcome) => {
      const stage = stageOf();
      const claim = await wanted();
      const settlement = settlementOf(claim, outcome);
      expect(await stage.ledger.runs.settle([settlement])).toEqual([settlement]);
      expect((await stage.job(claim.id)).status).toBe(status);
    });

    it('changes nothing for the other runs of a batch', async () => {
      const stage = stageOf();
      const claim = await wanted();
      const other = await stage.claim(await stage.enqueue(), await stage.worker());
      const answers = await stage.ledger.runs.settle([
        settlementOf(claim, failed),
        settlementOf(other, failed),
      ]);
      expect(answers.map(({ status }) => status)).toEqual(['cancelled', 'failed']);
    });

    it('is not lost when the worker dies: no further run, whatever is left of the attempts', async () => {
      const stage = stageOf();
      const claim = await wanted();
      await stage.bury(claim.workerId);
      expect(await stage.ledger.upkeep.rescue(QUEUE, RESCUE_LIMITS)).toMatchObject([
        { id: claim.id, status: 'cancelled', attempt: 1, cancelReason: REASON },
      ]);
      expect(await stage.job(claim.id)).toMatchObject({ status: 'cancelled', errorMessage: REASON });
      expect(await stage.runs(claim.id)).toMatchObject([{ outcome: 'crashed' }]);
    });

    it('is not lost when the reply to the claim was', async () => {
      const stage = stageOf();
      const claim = await wanted();
      expect(await stage.ledger.runs.handBackUnheard(claim.workerId, [QUEUE], [])).toEqual([]);
      expect(await stage.job(claim.id)).toMatchObject({ status: 'cancelled', errorMessage: REASON });
    });

    it('is forgotten by a redrive', async () => {
      const stage = stageOf();
      const one = await wanted();
      const many = await wanted();
      await stage.end(one, cancelled);
      await stage.end(many, cancelled);
      await stage.ledger.inspection.retry(one.id);
      await stage.ledger.operator.operations.retryMany({ filter: { statuses: ['cancelled'] }, limit: 10 });
      for (const { id } of [one, many]) {
        expect(await stage.job(id)).toMatchObject({ cancelRequestedAt: null, cancelReason: null });
        await stage.end(await stage.claim(id, await stage.worker()), failed);
        expect((await stage.job(id)).status).toBe('failed');
      }
    });
  });
}
