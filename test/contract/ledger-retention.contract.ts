import { describe, expect, it } from 'vitest';
import type { JobId } from '../../lib/core/job.js';
import type { RetentionStep } from '../../lib/core/ports/retention.js';
import {
  completed,
  discarded,
  failed,
  QUEUE,
  TYPE,
  type LedgerStage,
} from '../support/ledger/ledger-stage.js';

const DAY_MS = 86_400_000;
const STEP: RetentionStep = {
  queue: QUEUE,
  status: 'completed',
  onlyTypes: null,
  exceptTypes: [],
  keepForMs: DAY_MS,
  action: 'delete',
  from: null,
  limit: 100,
};

/** Retention's door. */
export function describeRetention<Transaction>(stageOf: () => LedgerStage<Transaction>): void {
  const retire = (fields: Partial<RetentionStep> = {}) =>
    stageOf().ledger.retention.retire({ ...STEP, ...fields });

  /** The ids of all jobs that are left. */
  async function left(): Promise<JobId[]> {
    const jobs = await stageOf().ledger.inspection.list({ filter: {}, limit: 1_000 });
    return jobs.map(({ id }) => id).sort();
  }

  async function archived(): Promise<JobId[]> {
    const page = { filter: {}, limit: 1_000, archived: true };
    return (await stageOf().ledger.inspection.list(page)).map(({ id }) => id).sort();
  }

  /** A job whose run has logged a line. */
  async function ranAndLogged(): Promise<JobId> {
    const stage = stageOf();
    const claim = await stage.claim(await stage.enqueue(), await stage.worker());
    await stage.ledger.openRuns.keepLogLines([{ claim, line: 1, afterMs: 0, message: 'here' }]);
    await stage.end(claim, completed);
    return claim.id;
  }

  describe('retention', () => {
    it('F69 deletes jobs that ended long enough ago, with their runs and what those have logged', async () => {
      const stage = stageOf();
      const old = await ranAndLogged();
      await stage.ledger.passTime(2 * DAY_MS);
      const young = await ranAndLogged();
      expect(await retire()).toMatchObject({ retired: 1, seen: 1 });
      expect(await left()).toEqual([young]);
      expect([await stage.runs(old), await stage.runs(young)]).toMatchObject([[], [{ run: 1 }]]);
      const { inspection } = stage.ledger;
      expect([await inspection.logs(old), await inspection.logs(young)]).toMatchObject([
        [],
        [{ message: 'here' }],
      ]);
    });

    it('F69 never touches a job that lives, whatever it is told', async () => {
      const stage = stageOf();
      const jobs = await stage.oneOfEach();
      await stage.ledger.passTime(2 * DAY_MS);
      for (const status of ['completed', 'dead', 'cancelled'] as const) await retire({ status });
      expect(await left()).toEqual([jobs.scheduled, jobs.pending, jobs.running, jobs.failed].sort());
      for (const status of ['scheduled', 'pending', 'running', 'failed']) {
        expect(await retire({ status: status as 'completed' })).toMatchObject({ retired: 0 });
      }
      expect(await left()).toHaveLength(4);
    });

    it('leaves a job alone that an operator has put back in line', async () => {
      const stage = stageOf();
      const id = await stage.ran(discarded);
      await stage.ledger.passTime(2 * DAY_MS);
      await stage.ledger.inspection.retry(id);
      expect(await retire({ status: 'dead' })).toMatchObject({ retired: 0 });
      await stage.end(await stage.claim(id, await stage.worker()), discarded);
      expect(await retire({ status: 'dead' })).toMatchObject({ retired: 0 });
      expect(await left()).toEqual([id]);
    });

    it('keeps to its queue, its status and its types', async () => {
      const stage = stageOf();
      const plain = await stage.ran(completed);
      const report = await stage.ran(completed, { type: 'generate_report' });
      const elsewhere = await stage.ran(completed, { queue: 'reports' });
      const dead = await stage.ran(discarded);
      const waiting = await stage.ran(failed);
      await stage.ledger.passTime(2 * DAY_MS);
      expect(await retire({ exceptTypes: [TYPE] })).toMatchObject({ retired: 1, seen: 4 });
      expect(await left()).toEqual([plain, elsewhere, dead, waiting].sort());
      expect(await retire({ onlyTypes: ['generate_report'] })).toMatchObject({ retired: 0 });
      expect(await retire({ onlyTypes: [TYPE, 'process_payment'] })).toMatchObject({ retired: 1 });
      expect(await left()).toEqual([elsewhere, dead, waiting].sort());
      expect(await retire({ queue: 'reports' })).toMatchObject({ retired: 1 });
      expect(report).not.toBe(plain);
    });

    it('goes batch by batch, the longest ago first, and goes on where it was', async () => {
      const stage = stageOf();
      const ids: JobId[] = [];
      for (const _ of [1, 2, 3, 4, 5]) {
        ids.push(await stage.ran(completed));
        await stage.ledger.passTime(60_000);
      }
      await stage.ledger.passTime(2 * DAY_MS);
      const first = await retire({ limit: 2 });
      expect(first).toMatchObject({ retired: 2, seen: 2 });
      expect(await left()).toEqual(ids.slice(2));
      // A walk that finds nothing moves on all the same; what it saw last it may see again.
      const other = await retire({ limit: 2, status: 'dead', from: first.reached });
      expect(other).toMatchObject({ retired: 0, seen: 2 });
      const next = await retire({ limit: 2, status: 'dead', from: other.reached });
      expect(next).toMatchObject({ retired: 0, seen: 2 });
      expect(next.reached).not.toBe(other.reached);
      const last = await retire({ limit: 2, from: next.reached });
      expect(last).toMatchObject({ retired: 1, seen: 1 });
      expect(await retire()).toMatchObject({ retired: 2, seen: 2 });
      expect(await retire()).toEqual({ retired: 0, seen: 0, reached: null });
    });

    it('skips a job that somebody holds, and finds it from the beginning', async () => {
      const stage = stageOf();
      const ids = [await stage.ran(discarded), await stage.ran(discarded)] as const;
      await stage.ledger.passTime(2 * DAY_MS);
      const holder = await stage.ledger.begin();
      await stage.ledger.inspection.retry(ids[0], holder.manager);
      expect(await retire({ status: 'dead' })).toMatchObject({ retired: 1, seen: 2 });
      await holder.rollback();
      expect(await left()).toEqual([ids[0]]);
      expect(await retire({ status: 'dead' })).toMatchObject({ retired: 1 });
    });

    it('F69 is safe for many at once: each job goes once', async () => {
      const stage = stageOf();
      const worker = await stage.worker();
      for (const claim of await stage.claimMany(await stage.enqueueMany(50), worker)) {
        await stage.end(claim, completed);
      }
      await stage.ledger.passTime(2 * DAY_MS);
      const progress = await Promise.all(Array.from({ length: 10 }, () => retire({ limit: 20 })));
      const more = await Promise.all(Array.from({ length: 10 }, () => retire()));
      const total = [...progress, ...more].reduce((sum, { retired }) => sum + retired, 0);
      expect(total + (await retire()).retired).toBe(50);
      expect(await left()).toEqual([]);
    });

    it('F70 archives instead: the job is found by its id and in the list of the archive, with its runs', async () => {
      const stage = stageOf();
      const id = await stage.ran(completed);
      const before = await stage.job(id);
      await stage.ledger.passTime(2 * DAY_MS);
      const moved = await stage.during(() => retire({ action: 'archive' }));
      expect(await left()).toEqual([]);
      expect(await archived()).toEqual([id]);
      const found = await stage.job(id);
      expect(found).toMatchObject({
        id,
        status: 'completed',
        payload: before.payload,
        result: before.result,
      });
      expect(found.archivedAt?.getTime()).toBeGreaterThanOrEqual(Math.floor(moved.fromMs));
      expect(before.archivedAt).toBeNull();
      expect(await stage.runs(id)).toHaveLength(1);
      expect(await retire({ action: 'archive' })).toMatchObject({ retired: 0 });
    });

    it('F70 leaves a job in the archive as it is when another of its id comes to be archived', async () => {
      const stage = stageOf();
      const id = await stage.ran(completed);
      await stage.ledger.passTime(2 * DAY_MS);
      await retire({ action: 'archive' });
      const before = await stage.job(id);
      // Its producer had no answer for two days, and sends it again.
      await stage.ledger.inspection.cancel(await stage.enqueue({ id, payload: '"again"' }), null);
      await stage.ledger.passTime(2 * DAY_MS);
      expect(await retire({ action: 'archive', status: 'cancelled' })).toMatchObject({ retired: 1 });
      expect(await archived()).toEqual([id]);
      expect(await stage.job(id)).toMatchObject({ status: 'completed', payload: before.payload });
    });

    it('F70 the archive takes the filters and the pages of the list', async () => {
      const stage = stageOf();
      const ids: JobId[] = [];
      for (const _ of [1, 2, 3]) ids.push(await stage.ran(completed));
      const report = await stage.ran(completed, { type: 'generate_report' });
      await stage.ledger.passTime(2 * DAY_MS);
      await retire({ action: 'archive' });
      const list = (page: object) =>
        stage.ledger.inspection.list({ filter: {}, limit: 2, archived: true, ...page });
      expect((await list({ filter: { types: ['generate_report'] } })).map(({ id }) => id)).toEqual([report]);
      expect((await list({})).map(({ id }) => id)).toEqual([report, ids[2]]);
      expect((await list({ before: ids[2] })).map(({ id }) => id)).toEqual([ids[1], ids[0]]);
      expect(await list({ filter: { statuses: ['dead'] } })).toEqual([]);
    });
  });
}
