import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { JOB_STATUSES } from '../../lib/core/job-status.js';
import type { JobId } from '../../lib/core/job.js';
import type { JobFilter } from '../../lib/core/ports/job-filter.js';
import { completed, failed, QUEUE, TYPE, type LedgerStage } from '../support/ledger/ledger-stage.js';

/** The operator's door: looking at jobs. */
export function describeInspection<Transaction>(stageOf: () => LedgerStage<Transaction>): void {
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
