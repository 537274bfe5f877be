import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  JobNotCancellableError,
  JobNotFoundError,
  JobNotRetryableError,
  JobRunningError,
} from '../../lib/core/errors.js';
import type { JobId } from '../../lib/core/job.js';
import { refusal, statusesBut, type AdminStage } from '../support/admin/admin-stage.js';
import { discarded, failed, QUEUE, settlementOf, TYPE } from '../support/ledger/ledger-stage.js';

/** The operator's service: changing jobs, and telling the dispatcher of what became pending. */
export function describeAdminChanges<Transaction>(operator: AdminStage<Transaction>): void {
  describe('cancel', () => {
    it.each(['scheduled', 'pending', 'failed'] as const)('cancels a %s job', async (status) => {
      const id = (await operator.stage.oneOfEach())[status];
      await operator.admin.cancel(id, { reason: 'duplicate order' });
      expect(await operator.admin.get(id)).toMatchObject({
        status: 'cancelled',
        errorMessage: 'duplicate order',
      });
      expect(operator.dispatcher.announcements).toEqual([]);
    });

    it('needs no reason', async () => {
      const id = await operator.stage.enqueue();
      await operator.admin.cancel(id);
      expect(await operator.admin.get(id)).toMatchObject({ status: 'cancelled', errorMessage: null });
    });

    it('keeps a reason that PostgreSQL could not store as it is', async () => {
      const id = await operator.stage.enqueue();
      await operator.admin.cancel(id, { reason: 'nul\u0000 and half a \ud83d' });
      expect((await operator.admin.get(id)).errorMessage).toBe('nul\ufffd and half a \ufffd');
    });

    it('F79 asks for the end of a running job, and says so', async () => {
      const id = (await operator.stage.oneOfEach()).running;
      const told: unknown[] = [];
      operator.events.on('cancel.requested', (event) => told.push(event));
      expect(await operator.admin.cancel(id, { reason: 'duplicate' })).toEqual({ status: 'running' });
      expect(await operator.admin.get(id)).toMatchObject({
        status: 'running',
        cancelRequestedAt: expect.any(Date),
        cancelReason: 'duplicate',
      });
      expect(told).toMatchObject([{ job: { id, queue: QUEUE, type: TYPE }, reason: 'duplicate' }]);
    });

    it('tells of a cancelled job once its transaction has committed, and never after a rollback', async () => {
      const told: unknown[] = [];
      operator.events.on('job.cancelled', ({ job }) => told.push(job.id));
      const id = await operator.stage.enqueue();
      const refused = await operator.stage.ledger.begin();
      await operator.admin.cancel(id, { manager: refused.manager });
      await refused.rollback();
      const accepted = await operator.stage.ledger.begin();
      await operator.admin.cancel(id, { manager: accepted.manager });
      expect(told).toEqual([]);
      await accepted.commit();
      expect(told).toEqual([id]);
    });

    it.each(statusesBut('scheduled', 'pending', 'running', 'failed'))('refuses a %s job', async (status) => {
      const id = (await operator.stage.oneOfEach())[status];
      const before = await operator.admin.get(id);
      const error = await refusal(operator.admin.cancel(id));
      expect(error).toBeInstanceOf(JobNotCancellableError);
      expect(error).toMatchObject({ code: 'KYU_JOB_NOT_CANCELLABLE', jobId: id, status });
      expect(await operator.admin.get(id)).toEqual(before);
    });
  });

  describe('retry', () => {
    it.each(['failed', 'dead', 'cancelled'] as const)(
      'puts a %s job back in line, and tells the dispatcher',
      async (status) => {
        const id = (await operator.stage.oneOfEach({ priority: 3 }))[status];
        await operator.admin.retry(id);
        expect(await operator.admin.get(id)).toMatchObject({ status: 'pending' });
        expect(operator.dispatcher.announcements).toMatchObject([
          { queue: QUEUE, hints: [{ id, type: TYPE, priority: 3 }] },
        ]);
      },
    );

    it.each(statusesBut('failed', 'dead', 'cancelled'))('refuses a %s job', async (status) => {
      const id = (await operator.stage.oneOfEach())[status];
      const before = await operator.admin.get(id);
      const error = await refusal(operator.admin.retry(id));
      expect(error).toBeInstanceOf(JobNotRetryableError);
      expect(error).toMatchObject({ code: 'KYU_JOB_NOT_RETRYABLE', jobId: id, status });
      expect(await operator.admin.get(id)).toEqual(before);
      expect(operator.dispatcher.announcements).toEqual([]);
    });
  });

  describe('retryMany', () => {
    /** Jobs that died, made in two statements. */
    async function deadJobs(count: number, fields: { queue?: string } = {}): Promise<JobId[]> {
      const queue = fields.queue ?? QUEUE;
      const ids = await operator.stage.enqueueMany(count, { maxRetries: 0, ...fields });
      const worker = await operator.stage.worker({ queues: [queue] });
      const claims = await operator.stage.ledger.runs.claimById(worker, queue, [TYPE], ids);
      await operator.stage.ledger.runs.settle(claims.map((claim) => settlementOf(claim, failed)));
      return ids;
    }

    it('puts all that match back in line, and tells the dispatcher of each', async () => {
      const dead = [...(await deadJobs(3)), ...(await deadJobs(2, { queue: 'reports' }))];
      const failure = await operator.stage.ran(failed);
      expect(await operator.admin.retryMany({ status: 'dead' })).toEqual({ matched: 5, affected: 5 });
      for (const id of dead) expect((await operator.admin.get(id)).status).toBe('pending');
      expect((await operator.admin.get(failure)).status).toBe('failed');
      expect(operator.announcedIds().sort()).toEqual(dead);
      expect(operator.dispatcher.announcements.map(({ queue }) => queue).sort()).toEqual(['reports', QUEUE]);
      expect(await operator.admin.retryMany({ status: 'dead' })).toEqual({ matched: 0, affected: 0 });
    });

    it('narrows by several statuses, by type and by queue', async () => {
      const jobs = await operator.stage.oneOfEach();
      await deadJobs(1, { queue: 'reports' });
      const status = ['failed', 'cancelled'] as const;
      expect(await operator.admin.retryMany({ status, type: 'nothing' })).toEqual({
        matched: 0,
        affected: 0,
      });
      expect(await operator.admin.retryMany({ status, type: TYPE, queue: QUEUE })).toEqual({
        matched: 2,
        affected: 2,
      });
      expect(operator.announcedIds().sort()).toEqual([jobs.failed, jobs.cancelled].sort());
      expect(await operator.admin.count({ status: 'dead' })).toBe(2);
    });

    it('stops at the limit, the oldest first', async () => {
      const ids = await deadJobs(5);
      expect(await operator.admin.retryMany({ status: 'dead' }, { limit: 2 })).toEqual({
        matched: 2,
        affected: 2,
      });
      expect(operator.announcedIds().sort()).toEqual(ids.slice(0, 2));
      expect(await operator.admin.retryMany({ status: 'dead' }, { limit: 100 })).toEqual({
        matched: 3,
        affected: 3,
      });
    });

    it('works in batches of 500', async () => {
      const ids = await deadJobs(1_050);
      expect(await operator.admin.retryMany({ status: 'dead' })).toEqual({ matched: 1_050, affected: 1_050 });
      expect(operator.announcedIds().sort()).toEqual(ids);
      expect(operator.dispatcher.announcements.map(({ hints }) => hints.length)).toEqual([500, 500, 50]);
      expect(await operator.admin.count({ status: 'pending' })).toBe(1_050);
    });

    it('ends, though every job dies again before the next batch', async () => {
      const ids = await deadJobs(1_010);
      const worker = await operator.stage.worker();
      const { runs } = operator.stage.ledger;
      let died = 0;
      operator.dispatcher.announce = async (queue, hints) => {
        const claims = await runs.claimById(
          worker,
          queue,
          [TYPE],
          hints.map(({ id }) => id),
        );
        died += (await runs.settle(claims.map((claim) => settlementOf(claim, failed)))).length;
      };
      expect(await operator.admin.retryMany({ status: 'dead' })).toEqual({ matched: 1_010, affected: 1_010 });
      expect(died).toBe(1_010);
      expect((await operator.admin.get(ids[0]!)).run).toBe(2); // there are more
      expect((await operator.admin.get(ids.at(-1)!)).run).toBe(2);
    });
  });

  describe('delete', () => {
    it.each(statusesBut('running'))('removes a %s job and its runs', async (status) => {
      const id = (await operator.stage.oneOfEach())[status];
      await operator.admin.delete(id);
      expect(await refusal(operator.admin.get(id))).toBeInstanceOf(JobNotFoundError);
      expect(await operator.stage.runs(id)).toEqual([]);
      expect(operator.dispatcher.announcements).toEqual([]);
    });

    it('refuses a running job', async () => {
      const id = (await operator.stage.oneOfEach()).running;
      const error = await refusal(operator.admin.delete(id));
      expect(error).toBeInstanceOf(JobRunningError);
      expect(error).toMatchObject({ code: 'KYU_JOB_RUNNING', jobId: id });
      expect((await operator.admin.get(id)).status).toBe('running');
    });
  });

  describe.each(['cancel', 'retry', 'delete'] as const)('%s', (verb) => {
    it('says that a job is not there', async () => {
      const id = randomUUID();
      const error = await refusal(operator.admin[verb](id));
      expect(error).toBeInstanceOf(JobNotFoundError);
      expect(error).toMatchObject({ code: 'KYU_JOB_NOT_FOUND', jobId: id });
    });

    it("stands or falls with the caller's transaction", async () => {
      const id = await operator.stage.ran(failed);
      const before = await operator.admin.get(id);
      const refused = await operator.stage.ledger.begin();
      await operator.admin[verb](id, { manager: refused.manager });
      expect(await operator.admin.get(id)).toEqual(before);
      await refused.rollback();
      expect(await operator.admin.get(id)).toEqual(before);
      const accepted = await operator.stage.ledger.begin();
      await operator.admin[verb](id, { manager: accepted.manager });
      await accepted.commit();
      const after = await operator.stage.ledger.inspection.find(id);
      expect(after?.status).toBe({ cancel: 'cancelled', retry: 'pending', delete: undefined }[verb]);
    });
  });

  describe.each(['retry', 'retryMany'] as const)('the announcement of %s', (verb) => {
    const act = async (id: JobId, manager: Transaction): Promise<void> => {
      if (verb === 'retry') await operator.admin.retry(id, { manager });
      else
        expect(await operator.admin.retryMany({ status: 'dead' }, { manager })).toEqual({
          matched: 1,
          affected: 1,
        });
    };

    it("waits for the commit of the caller's transaction", async () => {
      const id = await operator.stage.ran(discarded);
      const { manager, commit } = await operator.stage.ledger.begin();
      await act(id, manager);
      expect(operator.dispatcher.announcements).toEqual([]);
      await commit();
      expect(operator.announcedIds()).toEqual([id]);
    });

    it('does not happen after a rollback', async () => {
      const id = await operator.stage.ran(discarded);
      const { manager, rollback } = await operator.stage.ledger.begin();
      await act(id, manager);
      await rollback();
      expect(operator.dispatcher.announcements).toEqual([]);
      expect((await operator.admin.get(id)).status).toBe('dead');
    });
  });
}
