import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { JOB_STATUSES, type JobStatus } from '../../lib/core/job-status.js';
import type { Job, JobId } from '../../lib/core/job.js';
import type { JobFilter } from '../../lib/core/ports/job-filter.js';
import {
  expectWithin,
  failed,
  QUEUE,
  settlementOf,
  completed,
  TYPE,
  type LedgerStage,
} from '../support/ledger/ledger-stage.js';

const CANCELLABLE: readonly JobStatus[] = ['scheduled', 'pending', 'failed'];
const ENDED = ['completed', 'dead', 'cancelled'] as const;
const RETRYABLE: readonly JobStatus[] = ['failed', 'dead', 'cancelled'];

/** The operator's door: looking at jobs, and changing them one by one. */
export function describeInspection<Transaction>(stageOf: () => LedgerStage<Transaction>): void {
  const not = (allowed: readonly JobStatus[]): JobStatus[] =>
    JOB_STATUSES.filter((status) => !allowed.includes(status));

  /** What is left of a job and its runs, to compare before and after. */
  async function stateOf(id: JobId): Promise<unknown> {
    return { job: await stageOf().job(id), runs: await stageOf().runs(id) };
  }

  describe('find and runs', () => {
    it('know nothing of a job that is not there', async () => {
      const { inspection } = stageOf().ledger;
      expect(await inspection.find(randomUUID())).toBeUndefined();
      expect(await inspection.runs(randomUUID())).toEqual([]);
      expect(await inspection.texts(randomUUID())).toBeUndefined();
    });

    it('F95 show what a job carries as text', async () => {
      const stage = stageOf();
      const id = await stage.ran(completed);
      const { payload, result } = (await stage.ledger.inspection.texts(id)) ?? {};
      const job = await stage.ledger.inspection.find(id);
      expect(JSON.parse(payload ?? '')).toEqual(job?.payload);
      expect(JSON.parse(result ?? 'null')).toEqual(job?.result);
    });

    it('find a job by its id in capitals', async () => {
      const stage = stageOf();
      const id = await stage.ran(completed);
      expect(await stage.ledger.inspection.find(id.toUpperCase())).toMatchObject({ id });
      expect(await stage.ledger.inspection.runs(id.toUpperCase())).toHaveLength(1);
    });
  });

  describe('list', () => {
    const idsOf = async (filter: JobFilter, limit = 100, before?: JobId): Promise<JobId[]> => {
      const jobs = await stageOf().ledger.inspection.list({ filter, limit, before });
      return jobs.map(({ id }) => id);
    };

    it('goes through all jobs, newest first, page by page', async () => {
      const stage = stageOf();
      const ids = (await stage.enqueueMany(7)).reverse();
      expect(await idsOf({}, 3)).toEqual(ids.slice(0, 3));
      expect(await idsOf({}, 3, ids[2])).toEqual(ids.slice(3, 6));
      expect(await idsOf({}, 3, ids[5])).toEqual(ids.slice(6));
      expect(await idsOf({}, 3, ids[6])).toEqual([]);
    });

    it('is not disturbed by jobs that come and go between two pages', async () => {
      const stage = stageOf();
      const ids = (await stage.enqueueMany(6)).reverse();
      await stage.enqueueMany(2);
      await stage.ledger.inspection.delete(ids[2]!); // six were made
      expect(await idsOf({}, 3, ids[2])).toEqual(ids.slice(3));
    });

    it('shows whole jobs', async () => {
      const stage = stageOf();
      const id = await stage.ran(failed);
      expect(await stage.ledger.inspection.list({ filter: {}, limit: 1 })).toEqual([await stage.job(id)]);
    });

    it('narrows by status, type and queue, alone and together', async () => {
      const stage = stageOf();
      const jobs = await stage.oneOfEach();
      const payment = await stage.enqueue({ type: 'process_payment' });
      const report = await stage.enqueue({ queue: 'reports', type: 'generate_report' });
      for (const status of JOB_STATUSES.filter((name) => name !== 'pending')) {
        expect(await idsOf({ statuses: [status] })).toEqual([jobs[status]]);
      }
      expect(await idsOf({ statuses: ['pending'] })).toEqual([report, payment, jobs.pending]);
      const endings = [jobs.dead, jobs.completed].sort().reverse();
      expect(await idsOf({ statuses: ['dead', 'completed'] })).toEqual(endings);
      expect(await idsOf({ types: ['process_payment', 'generate_report'] })).toEqual([report, payment]);
      expect(await idsOf({ queues: ['reports'] })).toEqual([report]);
      expect(await idsOf({ statuses: ['pending'], types: [TYPE], queues: [QUEUE] })).toEqual([jobs.pending]);
      expect(await idsOf({ types: ['process_payment'], queues: ['reports'] })).toEqual([]);
      expect(await idsOf({ types: ['nothing'] })).toEqual([]);
    });
  });

  describe('count', () => {
    it('counts by queue, type and status', async () => {
      const stage = stageOf();
      expect(await stage.ledger.inspection.count({})).toEqual([]);
      await stage.oneOfEach();
      await stage.enqueueMany(2);
      await stage.enqueueMany(3, { queue: 'reports', type: 'generate_report' });
      const counts = await stage.ledger.inspection.count({});
      expect(counts).toEqual([
        { queue: 'reports', type: 'generate_report', status: 'pending', count: 3 },
        ...[...JOB_STATUSES].sort().map((status) => ({
          queue: QUEUE,
          type: TYPE,
          status,
          count: status === 'pending' ? 3 : 1,
        })),
      ]);
    });

    it('narrows by status, type and queue', async () => {
      const stage = stageOf();
      await stage.oneOfEach();
      await stage.enqueue({ type: 'process_payment' });
      await stage.enqueue({ queue: 'reports' });
      const { inspection } = stage.ledger;
      const pending = { queue: QUEUE, type: TYPE, status: 'pending', count: 1 };
      expect(await inspection.count({ statuses: ['pending'], queues: [QUEUE], types: [TYPE] })).toEqual([
        pending,
      ]);
      expect(await inspection.count({ types: ['process_payment'] })).toEqual([
        { ...pending, type: 'process_payment' },
      ]);
      expect(await inspection.count({ queues: ['reports'] })).toEqual([{ ...pending, queue: 'reports' }]);
    });
  });

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

    it.each(not(RETRYABLE))('refuses a %s job and changes nothing', async (status) => {
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

    it('leaves the earlier runs of a running job alone', async () => {
      const stage = stageOf();
      const id = await stage.ran(failed);
      await stage.ledger.inspection.retry(id);
      await stage.claim(id, await stage.worker());
      const before = await stateOf(id);
      expect(await stage.ledger.inspection.delete(id)).toMatchObject({ kind: 'refused' });
      expect(await stateOf(id)).toEqual(before);
      expect(await stage.runs(id)).toHaveLength(1);
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

  describe('retryMany', () => {
    const retryMany = async (filter: JobFilter, limit = 100, after?: JobId): Promise<JobId[]> => {
      const { operations } = stageOf().ledger.operator;
      const batch = { filter, limit, ...(after === undefined ? {} : { after }) };
      const { changed } = await operations.retryMany(batch);
      return changed.map(({ id }) => id).sort();
    };

    async function deadJobs(count: number, fields: Partial<Job> = {}): Promise<JobId[]> {
      const ids: JobId[] = [];
      for (let made = 0; made < count; made += 1) {
        ids.push(await stageOf().ran(failed, { maxRetries: 0, ...(fields as object) }));
      }
      return ids;
    }

    it('makes what matches pending, and answers its hints', async () => {
      const stage = stageOf();
      const jobs = await stage.oneOfEach({ priority: 6 });
      const { operations } = stage.ledger.operator;
      expect(await operations.retryMany({ filter: { statuses: ['dead'] }, limit: 10 })).toEqual({
        matched: 1,
        lastId: jobs.dead,
        changed: [{ id: jobs.dead, queue: QUEUE, type: TYPE, priority: 6, status: 'pending' }],
      });
      expect(await stage.job(jobs.dead)).toMatchObject({
        status: 'pending',
        retryCount: 0,
        crashCount: 0,
        completedAt: null,
        scheduledAt: null,
      });
      expect((await stage.job(jobs.failed)).status).toBe('failed');
      expect(await retryMany({ statuses: ['dead'] })).toEqual([]);
    });

    it('never takes what cannot be run again, whatever the filter says', async () => {
      const stage = stageOf();
      const jobs = await stage.oneOfEach();
      const others = not(RETRYABLE).map((status) => jobs[status]);
      const before = await Promise.all(others.map(stateOf));
      expect(await retryMany({ statuses: [...JOB_STATUSES] })).toEqual(
        RETRYABLE.map((status) => jobs[status]).sort(),
      );
      expect(await Promise.all(others.map(stateOf))).toEqual(before);
    });

    it('takes all that can be run again without a filter', async () => {
      const jobs = await stageOf().oneOfEach();
      expect(await retryMany({})).toEqual(RETRYABLE.map((status) => jobs[status]).sort());
      expect((await stageOf().job(jobs.failed)).retryCount).toBe(1);
    });

    it('narrows by type and queue', async () => {
      const [email] = await deadJobs(1);
      const [payment] = await deadJobs(1, { type: 'process_payment' });
      const [report] = await deadJobs(1, { queue: 'reports' });
      expect(await retryMany({ types: ['process_payment'] })).toEqual([payment]);
      expect(await retryMany({ queues: ['reports'] })).toEqual([report]);
      expect(await retryMany({ queues: [QUEUE], types: [TYPE] })).toEqual([email]);
    });

    it('goes on behind an id, oldest first, so that a job that died again is not taken twice', async () => {
      const stage = stageOf();
      const ids = await deadJobs(5);
      expect(await retryMany({}, 2)).toEqual(ids.slice(0, 2));
      const again = await stage.claim(ids[0]!, await stage.worker()); // five were made
      await stage.ledger.runs.settle([settlementOf(again, failed)]);
      expect(await retryMany({}, 2, ids[1])).toEqual(ids.slice(2, 4));
      expect(await retryMany({}, 2, ids[3])).toEqual(ids.slice(4));
      expect((await stage.job(ids[0]!)).status).toBe('dead');
    });

    it('passes over jobs that somebody holds', async () => {
      const stage = stageOf();
      const ids = await deadJobs(3);
      const holder = await stage.hold(ids[1]!); // three were made
      expect(await retryMany({}, 3)).toEqual([ids[0], ids[2]]);
      await holder.rollback();
      expect(await retryMany({}, 2)).toEqual([ids[1]]);
    });

    it.each([
      ['commit', 'pending'],
      ['rollback', 'dead'],
    ] as const)('stands or falls with the caller’s transaction: %s', async (end, status) => {
      const stage = stageOf();
      const [id] = (await deadJobs(1)) as [JobId];
      const transaction = await stage.ledger.begin();
      const batch = { filter: {}, limit: 10 };
      const { operations } = stage.ledger.operator;
      expect(await operations.retryMany(batch, transaction.manager)).toMatchObject({ changed: [{ id }] });
      expect((await stage.job(id)).status).toBe('dead');
      await transaction[end]();
      expect((await stage.job(id)).status).toBe(status);
    });
  });

  describe('reading inside a transaction', () => {
    it('lists and counts what the transaction has done', async () => {
      const stage = stageOf();
      const [kept, removed] = (await stage.enqueueMany(2)) as [JobId, JobId];
      const { manager, rollback } = await stage.ledger.begin();
      await stage.ledger.inspection.delete(removed, manager);
      const added = await stage.enqueue({}, manager);
      const page = { filter: {}, limit: 10 };
      const inside = await stage.ledger.inspection.list(page, manager);
      expect(inside.map(({ id }) => id)).toEqual([added, kept]);
      expect(await stage.ledger.inspection.count({}, manager)).toMatchObject([{ count: 2 }]);
      const outside = await stage.ledger.inspection.list(page);
      expect(outside.map(({ id }) => id)).toEqual([removed, kept]);
      await rollback();
    });
  });
}
