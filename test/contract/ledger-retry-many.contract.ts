import { describe, expect, it } from 'vitest';
import { JOB_STATUSES, type JobStatus } from '../../lib/core/job-status.js';
import type { Job, JobId } from '../../lib/core/job.js';
import type { JobFilter } from '../../lib/core/ports/job-filter.js';
import { failed, QUEUE, settlementOf, TYPE, type LedgerStage } from '../support/ledger/ledger-stage.js';

const RETRYABLE: readonly JobStatus[] = ['failed', 'dead', 'cancelled'];

/** The operator's door: running many jobs again. */
export function describeRetryMany<Transaction>(stageOf: () => LedgerStage<Transaction>): void {
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
      const others = JOB_STATUSES.filter((status) => !RETRYABLE.includes(status)).map(
        (status) => jobs[status],
      );
      const stateOf = async (id: JobId) => ({ job: await stage.job(id), runs: await stage.runs(id) });
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
}
