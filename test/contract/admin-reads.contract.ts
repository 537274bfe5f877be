import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { JobNotFoundError } from '../../lib/core/errors.js';
import type { JobQuery } from '../../lib/admin/job-query.js';
import { JOB_STATUSES, type JobStatus } from '../../lib/core/job-status.js';
import type { JobId } from '../../lib/core/job.js';
import type { RunOutcome } from '../../lib/core/outcome.js';
import { refusal, type AdminStage } from '../support/admin/admin-stage.js';
import { completed, discarded, failed, identityOf, QUEUE, TYPE } from '../support/ledger/ledger-stage.js';

/** The operator's service: looking at jobs, queues and workers. */
export function describeAdminReads<Transaction>(operator: AdminStage<Transaction>): void {
  /** Ids of all jobs as a list goes through them, page by page. */
  async function walk(query: JobQuery = {}): Promise<JobId[][]> {
    const pages: JobId[][] = [];
    let cursor: string | null = null;
    do {
      const page = await operator.admin.list({ ...query, cursor });
      pages.push(page.jobs.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    return pages;
  }

  describe('get and runs', () => {
    it('F77 show a job and its runs', async () => {
      const id = await operator.stage.ran(failed);
      expect(await operator.admin.get(id)).toEqual(await operator.stage.job(id));
      expect(await operator.admin.runs(id)).toMatchObject([{ run: 1, attempt: 1, outcome: 'failed' }]);
    });

    it('show a job that never ran without runs', async () => {
      expect(await operator.admin.runs(await operator.stage.enqueue())).toEqual([]);
    });

    it('say that a job is not there', async () => {
      const id = randomUUID();
      for (const verb of ['get', 'runs'] as const) {
        const error = await refusal(operator.admin[verb](id));
        expect(error).toBeInstanceOf(JobNotFoundError);
        expect(error).toMatchObject({ code: 'KYU_JOB_NOT_FOUND', jobId: id });
      }
    });

    it("see what the caller's transaction has done", async () => {
      const { manager, rollback } = await operator.stage.ledger.begin();
      const id = await operator.stage.enqueue({}, manager);
      expect(await operator.admin.get(id, { manager })).toMatchObject({ id });
      expect(await operator.admin.runs(id, { manager })).toEqual([]);
      expect(await refusal(operator.admin.get(id))).toBeInstanceOf(JobNotFoundError);
      await rollback();
    });
  });

  describe('list', () => {
    it('F78 goes through all jobs page by page, newest first', async () => {
      const ids = (await operator.stage.enqueueMany(7)).reverse();
      expect(await walk({ limit: 3 })).toEqual([ids.slice(0, 3), ids.slice(3, 6), ids.slice(6)]);
    });

    it('ends with the last full page', async () => {
      const ids = (await operator.stage.enqueueMany(6)).reverse();
      expect(await walk({ limit: 3 })).toEqual([ids.slice(0, 3), ids.slice(3)]);
      expect(await walk({ limit: 6 })).toEqual([ids]);
    });

    it('is one empty page where there is nothing', async () => {
      expect(await operator.admin.list()).toEqual({ jobs: [], nextCursor: null });
    });

    it('shows 100 jobs unless it is told otherwise, and up to 1,000', async () => {
      await operator.stage.enqueueMany(101);
      expect((await operator.admin.list()).jobs).toHaveLength(100);
      expect(await operator.admin.list({ limit: 1_000 })).toMatchObject({ nextCursor: null });
      expect((await operator.admin.list({ limit: 1 })).jobs).toHaveLength(1);
    });

    it('narrows by one or several of status, type and queue', async () => {
      const jobs = await operator.stage.oneOfEach();
      const payment = await operator.stage.enqueue({ type: 'process_payment' });
      const report = await operator.stage.enqueue({ queue: 'reports' });
      expect(await walk({ status: 'failed' })).toEqual([[jobs.failed]]);
      const endings = [jobs.completed, jobs.dead].sort().reverse();
      expect(await walk({ status: ['completed', 'dead'] })).toEqual([endings]);
      expect(await walk({ type: 'process_payment' })).toEqual([[payment]]);
      expect(await walk({ queue: ['reports', 'nothing'] })).toEqual([[report]]);
      expect(await walk({ status: ['pending'], type: [TYPE], queue: QUEUE })).toEqual([[jobs.pending]]);
    });

    it('gives a cursor that is good for a URL, and tells nobody what is in it', async () => {
      const [older, newer] = await operator.stage.enqueueMany(2);
      const { nextCursor } = await operator.admin.list({ limit: 1 });
      expect(nextCursor).toMatch(/^[A-Za-z0-9_-]+$/);
      expect(nextCursor).not.toContain(newer);
      expect((await operator.admin.list({ cursor: nextCursor })).jobs).toMatchObject([{ id: older }]);
    });
  });

  describe('deadJobs', () => {
    it('F84 lists the dead, page by page', async () => {
      const jobs = await operator.stage.oneOfEach();
      const later = await operator.stage.ran(discarded, { type: 'process_payment' });
      const first = await operator.admin.deadJobs({ limit: 1 });
      expect(first.jobs).toMatchObject([{ id: later, status: 'dead', errorMessage: 'no such address' }]);
      const second = await operator.admin.deadJobs({ limit: 1, cursor: first.nextCursor });
      expect(second).toMatchObject({ jobs: [{ id: jobs.dead }], nextCursor: null });
      expect((await operator.admin.deadJobs({ type: TYPE })).jobs).toMatchObject([{ id: jobs.dead }]);
      expect((await operator.admin.deadJobs()).jobs).toHaveLength(2);
    });
  });

  describe('count and stats', () => {
    it('count what matches', async () => {
      await operator.stage.oneOfEach();
      await operator.stage.enqueueMany(3, { queue: 'reports' });
      expect(await operator.admin.count()).toBe(10);
      expect(await operator.admin.count({ status: 'pending' })).toBe(4);
      expect(await operator.admin.count({ status: ['pending', 'dead'], queue: QUEUE, type: TYPE })).toBe(2);
      expect(await operator.admin.count({ type: 'nothing' })).toBe(0);
    });

    it('F85 sum up the whole ledger, by status, type and queue', async () => {
      const nothing = Object.fromEntries(JOB_STATUSES.map((status) => [status, 0]));
      expect(await operator.admin.stats()).toEqual({
        total: 0,
        estimated: [],
        byStatus: nothing,
        byType: {},
        byQueue: {},
        groups: [],
      });
      await operator.stage.oneOfEach();
      await operator.stage.enqueueMany(2, { queue: 'reports' });
      const stats = await operator.admin.stats();
      const one = Object.fromEntries(JOB_STATUSES.map((status) => [status, 1]));
      expect(stats).toMatchObject({
        total: 9,
        byStatus: { ...one, pending: 3 },
        byType: { [TYPE]: { ...one, pending: 3 } },
        byQueue: { [QUEUE]: one, reports: { ...nothing, pending: 2 } },
      });
      expect(stats.groups).toHaveLength(8);
      expect(stats.groups).toContainEqual({ queue: 'reports', type: TYPE, status: 'pending', count: 2 });
    });
  });

  describe('queues and workers', () => {
    it('F85 F86 are those of this instance, with queues that joined later', async () => {
      const { registry } = operator.stage.ledger;
      await operator.stage.enqueueMany(2);
      await operator.stage.enqueue({ queue: 'reports' });
      const [one, other] = [identityOf(), identityOf({ queues: ['reports'] })];
      await registry.register(one, 60_000);
      await registry.register(other, 60_000);
      expect(await operator.admin.queues()).toMatchObject([{ queue: QUEUE, pending: 2, liveWorkers: 1 }]);
      expect(await operator.admin.workers()).toMatchObject([{ ...one, state: 'alive', running: 0 }]);
      operator.queues.push('reports');
      expect((await operator.admin.queues()).map(({ queue }) => queue)).toEqual([QUEUE, 'reports']);
      expect(await operator.admin.workers()).toHaveLength(2);
    });

    it('can be asked for by name', async () => {
      await operator.stage.enqueue({ queue: 'reports' });
      await operator.stage.worker({ queues: ['reports'] });
      expect(await operator.admin.queues('reports')).toMatchObject([{ queue: 'reports', pending: 1 }]);
      expect(await operator.admin.queues(['reports', QUEUE])).toHaveLength(2);
      expect(await operator.admin.workers(['reports'])).toHaveLength(1);
      expect(await operator.admin.workers(QUEUE)).toEqual([]);
    });
  });

  describe('queueNames()', () => {
    it('F77 are those of jobs, whatever they do, of living workers and of pauses, and no others', async () => {
      const { stage, admin } = operator;
      const worker = await stage.worker({ queues: ['served'] });
      const ranIn = async (queue: string, outcome: RunOutcome): Promise<void> =>
        stage.end(await stage.claim(await stage.enqueue({ queue }), worker), outcome);
      const made: Record<JobStatus, (queue: string) => Promise<unknown>> = {
        scheduled: (queue) => stage.enqueue({ queue, delayMs: 3_600_000 }),
        pending: (queue) => stage.enqueue({ queue }),
        running: async (queue) => stage.claim(await stage.enqueue({ queue }), worker),
        failed: (queue) => ranIn(queue, failed),
        completed: (queue) => ranIn(queue, completed),
        dead: (queue) => ranIn(queue, discarded),
        cancelled: async (queue) => admin.cancel(await stage.enqueue({ queue })),
      };
      const held = JOB_STATUSES.flatMap((status) => [`${status}-1`, `${status}-2`]);
      for (const queue of held) await made[queue.split('-')[0] as JobStatus](queue);
      await made.pending(held[0] ?? '');
      await stage.deadWorker({ queues: ['reports'] });
      await admin.pause('resting');

      const { names, isComplete } = await admin.queueNames();
      expect(names).toEqual([...held, 'resting', 'served'].sort());
      expect(isComplete).toBe(true);
    });
  });
}
