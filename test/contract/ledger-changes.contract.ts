import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { JOB_STATUSES, type JobStatus } from '../../lib/core/job-status.js';
import type { JobId } from '../../lib/core/job.js';
import type { BatchOutcome, JobBatch } from '../../lib/core/ports/job-operations.js';
import {
  completed,
  expectWithin,
  failed,
  QUEUE,
  TYPE,
  type LedgerStage,
} from '../support/ledger/ledger-stage.js';

const CANCELLABLE: readonly JobStatus[] = ['scheduled', 'pending', 'failed'];
const ENDED = ['completed', 'dead', 'cancelled'] as const;
const RETRYABLE: readonly JobStatus[] = ['failed', 'dead', 'cancelled'];

/** The operator's door: changing jobs one by one. */
export function describeChanges<Transaction>(stageOf: () => LedgerStage<Transaction>): void {
  const beyondRetry = JOB_STATUSES.filter((status) => !RETRYABLE.includes(status));

  /** What is left of a job and its runs, to compare before and after. */
  async function stateOf(id: JobId): Promise<unknown> {
    return { job: await stageOf().job(id), runs: await stageOf().runs(id) };
  }

  describe('cancel', () => {
    it.each(CANCELLABLE)('ends a %s job, and keeps the reason', async (status) => {
      const stage = stageOf();
      const id = (await stage.oneOfEach({ priority: 6 }))[status];
      const before = await stage.job(id);
      const span = await stage.during(async () => {
        expect(await stage.ledger.inspection.cancel(id, 'no longer needed')).toEqual({
          kind: 'changed',
          hint: { id, queue: QUEUE, type: TYPE, priority: 6 },
        });
      });
      const job = await stage.job(id);
      const { updatedAt, completedAt, ...unchanged } = job;
      expectWithin(completedAt, span);
      expectWithin(updatedAt, span);
      expect({ ...before, ...unchanged }).toEqual({
        ...before,
        status: 'cancelled',
        errorMessage: 'no longer needed',
      });
    });

    it('keeps an earlier error when it is given no reason', async () => {
      const stage = stageOf();
      const id = await stage.ran(failed);
      await stage.ledger.inspection.cancel(id, null);
      expect(await stage.job(id)).toMatchObject({ status: 'cancelled', errorMessage: 'mailbox full' });
    });

    it.each(ENDED)('refuses a %s job and changes nothing', async (status) => {
      const stage = stageOf();
      const id = (await stage.oneOfEach())[status];
      const before = await stateOf(id);
      expect(await stage.ledger.inspection.cancel(id, 'too late')).toEqual({ kind: 'refused', status });
      expect(await stateOf(id)).toEqual(before);
    });
  });

  describe('retry', () => {
    it.each(RETRYABLE)('makes a %s job pending', async (status) => {
      const stage = stageOf();
      const id = (await stage.oneOfEach({ priority: 6 }))[status];
      const before = await stage.job(id);
      const span = await stage.during(async () => {
        expect(await stage.ledger.inspection.retry(id)).toEqual({
          kind: 'changed',
          hint: { id, queue: QUEUE, type: TYPE, priority: 6 },
        });
      });
      const job = await stage.job(id);
      expectWithin(job.updatedAt, span);
      expect({ ...job, updatedAt: before.updatedAt }).toEqual({
        ...before,
        status: 'pending',
        scheduledAt: null,
        completedAt: null,
      });
      expect(await stage.claim(id, await stage.worker())).toMatchObject({ run: before.run + 1 });
    });

    it('gives a dead job all its attempts again, and a failed one no more than it had', async () => {
      const stage = stageOf();
      const { inspection } = stage.ledger;
      const dead = await stage.enqueue({ maxRetries: 1 });
      await stage.crash(dead);
      expect(await stage.crash(dead)).toMatchObject([{ status: 'dead' }]);
      expect(await stage.job(dead)).toMatchObject({ retryCount: 1, crashCount: 2 });
      await inspection.retry(dead);
      expect(await stage.job(dead)).toMatchObject({ retryCount: 0, crashCount: 0, run: 2 });
      const failure = await stage.ran(failed);
      await inspection.retry(failure);
      expect(await stage.job(failure)).toMatchObject({ status: 'pending', retryCount: 1 });
      await inspection.cancel(failure, null);
      await inspection.retry(failure);
      expect(await stage.job(failure)).toMatchObject({ status: 'pending', retryCount: 0 });
    });

    it.each(beyondRetry)('refuses a %s job and changes nothing', async (status) => {
      const stage = stageOf();
      const id = (await stage.oneOfEach())[status];
      const before = await stateOf(id);
      expect(await stage.ledger.inspection.retry(id)).toEqual({ kind: 'refused', status });
      expect(await stateOf(id)).toEqual(before);
    });
  });

  describe('delete', () => {
    it.each(JOB_STATUSES.filter((name) => name !== 'running'))(
      'removes a %s job and its runs, and nothing else',
      async (status) => {
        const stage = stageOf();
        const jobs = await stage.oneOfEach();
        const id = jobs[status];
        const others = Object.values(jobs).filter((other) => other !== id);
        const before = await Promise.all(others.map(stateOf));
        expect(await stage.ledger.inspection.delete(id)).toMatchObject({ kind: 'changed', hint: { id } });
        expect(await stage.ledger.inspection.find(id)).toBeUndefined();
        expect(await stage.runs(id)).toEqual([]);
        expect(await Promise.all(others.map(stateOf))).toEqual(before);
        expect(await stage.ledger.inspection.delete(id)).toEqual({ kind: 'missing' });
      },
    );

    it('refuses a running job, whose run can then be settled', async () => {
      const stage = stageOf();
      const id = await stage.enqueue();
      const claim = await stage.claim(id, await stage.worker());
      expect(await stage.ledger.inspection.delete(id)).toEqual({ kind: 'refused', status: 'running' });
      await stage.end(claim, completed);
      expect((await stage.job(id)).status).toBe('completed');
    });

    it('leaves the earlier runs of a running job alone, and what it logged', async () => {
      const stage = stageOf();
      const id = await stage.ran(failed);
      await stage.ledger.inspection.retry(id);
      const claim = await stage.claim(id, await stage.worker());
      await stage.ledger.openRuns.keepLogLines([{ claim, line: 1, afterMs: 1, message: 'under way' }]);
      const before = await stateOf(id);
      expect(await stage.ledger.inspection.delete(id)).toMatchObject({ kind: 'refused' });
      expect(await stateOf(id)).toEqual(before);
      expect(await stage.runs(id)).toHaveLength(1);
      expect(await stage.ledger.inspection.logs(id)).toMatchObject([{ message: 'under way' }]);
    });
  });

  type Operations = LedgerStage<Transaction>['ledger']['operator']['operations'];
  type Many = (operations: Operations, batch: JobBatch) => Promise<BatchOutcome>;
  const MANY: [verb: string, takes: readonly JobStatus[], call: Many][] = [
    ['cancelMany', [...CANCELLABLE, 'running'], (operations, batch) => operations.cancelMany(batch, null)],
    ['deleteMany', [...CANCELLABLE, ...ENDED], (operations, batch) => operations.deleteMany(batch)],
    ['runManyNow', ['scheduled', 'failed'], (operations, batch) => operations.runManyNow(batch)],
    [
      'rescheduleMany',
      CANCELLABLE,
      (operations, batch) => operations.rescheduleMany(batch, { delayMs: 1_000 }),
    ],
  ];

  describe.each(MANY)('%s', (_, takes, call) => {
    it('never takes what its verb cannot change, whatever the filter says', async () => {
      const stage = stageOf();
      const jobs = await stage.oneOfEach();
      const left = JOB_STATUSES.filter((status) => !takes.includes(status)).map((status) => jobs[status]);
      const before = await Promise.all(left.map(stateOf));
      const batch = { filter: { statuses: [...JOB_STATUSES] }, limit: 100 };
      const { changed } = await call(stage.ledger.operator.operations, batch);
      expect(changed.map(({ id }) => id).sort()).toEqual(takes.map((status) => jobs[status]).sort());
      expect(await Promise.all(left.map(stateOf))).toEqual(before);
    });
  });

  describe.each(['cancel', 'retry', 'delete'] as const)('%s', (verb) => {
    const change = (id: JobId, transaction?: Transaction): Promise<{ kind: string }> => {
      const { inspection } = stageOf().ledger;
      if (verb === 'cancel') return inspection.cancel(id, null, transaction);
      return verb === 'retry' ? inspection.retry(id, transaction) : inspection.delete(id, transaction);
    };

    it('says that a job is missing', async () => {
      expect(await change(randomUUID())).toEqual({ kind: 'missing' });
    });

    it('waits for no job that another transaction is only about to write', async () => {
      const stage = stageOf();
      const { manager, rollback } = await stage.ledger.begin();
      const id = await stage.enqueue({}, manager);
      expect(await change(id)).toEqual({ kind: 'missing' });
      await rollback();
    });

    it('shows its change to the caller’s transaction alone, and to all at the commit', async () => {
      const stage = stageOf();
      const id = await stage.ran(failed);
      const before = await stateOf(id);
      const { manager, commit } = await stage.ledger.begin();
      expect(await change(id, manager)).toMatchObject({ kind: 'changed' });
      const inside = await stage.ledger.inspection.find(id, manager);
      expect(inside?.status).toBe({ cancel: 'cancelled', retry: 'pending', delete: undefined }[verb]);
      expect(await stage.ledger.inspection.runs(id, manager)).toHaveLength(verb === 'delete' ? 0 : 1);
      expect(await stateOf(id)).toEqual(before);
      await commit();
      expect(await stage.ledger.inspection.find(id)).toEqual(inside);
    });

    it('changes nothing when the caller’s transaction rolls back', async () => {
      const stage = stageOf();
      const id = await stage.ran(failed);
      const before = await stateOf(id);
      const { manager, rollback } = await stage.ledger.begin();
      await change(id, manager);
      await rollback();
      expect(await stateOf(id)).toEqual(before);
    });

    it('waits for another transaction, and then judges by what that has left', async () => {
      const stage = stageOf();
      const id = await stage.ran(failed);
      const transaction = await stage.ledger.begin();
      await stage.ledger.inspection.delete(id, transaction.manager);
      const changed = change(id);
      await stage.expectWaiting(changed);
      await transaction.commit();
      expect(await changed).toEqual({ kind: 'missing' });
    });
  });
}
