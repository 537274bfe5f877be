import { describe, expect, it } from 'vitest';
import type { DutyPlan } from '../../lib/core/ports/ledger-upkeep.js';
import {
  discarded,
  expectWithin,
  failed,
  LEASE_MS,
  QUEUE,
  RETRY_DELAY_MS,
  TYPE,
  type LedgerStage,
} from '../support/ledger/ledger-stage.js';

const PERIOD_MS = 60_000;
/** Quiet time ends long before the duty is due again, so that both can be told apart. */
const PLAN: DutyPlan = { periodMs: PERIOD_MS, longestGapMs: 300_000, quietMs: 20_000 };

/** Maintenance's door, without the rescue: duties, promotion and what the reconciler asks. */
export function describeUpkeep<Transaction>(stageOf: () => LedgerStage<Transaction>): void {
  describe('takeDuty', () => {
    /** The first tick of a new duty only makes it known; the second takes its first turn. */
    async function begin(queues: readonly string[] = [QUEUE]): Promise<void> {
      const { upkeep } = stageOf().ledger;
      expect(await upkeep.takeDuty('rescue', queues, PLAN)).toEqual([]);
      expect(await upkeep.takeDuty('rescue', queues, PLAN)).toHaveLength(queues.length);
    }

    it('gives the first turn with the quiet time of a gap, because nobody knows how long it was', async () => {
      const { upkeep } = stageOf().ledger;
      await upkeep.takeDuty('rescue', [QUEUE], PLAN);
      const [turn, ...others] = await upkeep.takeDuty('rescue', [QUEUE], PLAN);
      expect(others).toEqual([]);
      expect(turn).toMatchObject({ queue: QUEUE, sinceLastMs: null });
      expect(turn?.quietForMs).toBeGreaterThan(PLAN.quietMs - 5_000);
      expect(turn?.quietForMs).toBeLessThanOrEqual(PLAN.quietMs);
    });

    it('gives one turn in a period', async () => {
      const stage = stageOf();
      const { upkeep } = stage.ledger;
      await begin();
      expect(await upkeep.takeDuty('rescue', [QUEUE], PLAN)).toEqual([]);
      await stage.ledger.passTime(PERIOD_MS / 2);
      expect(await upkeep.takeDuty('rescue', [QUEUE], PLAN)).toEqual([]);
      await stage.ledger.passTime(PERIOD_MS / 2);
      const [turn] = await upkeep.takeDuty('rescue', [QUEUE], PLAN);
      expect(turn).toMatchObject({ queue: QUEUE, quietForMs: 0 });
      expect(turn?.sinceLastMs).toBeGreaterThanOrEqual(PERIOD_MS);
      expect(turn?.sinceLastMs).toBeLessThan(PERIOD_MS + 10_000);
      expect(await upkeep.takeDuty('rescue', [QUEUE], PLAN)).toEqual([]);
    });

    it('F68 gives a turn to one of many that ask at the same time', async () => {
      const stage = stageOf();
      const { upkeep } = stage.ledger;
      await begin();
      await stage.ledger.passTime(PERIOD_MS);
      const together = await Promise.all(
        Array.from({ length: 12 }, () => upkeep.takeDuty('rescue', [QUEUE], PLAN)),
      );
      expect(together.flat()).toHaveLength(1);
    });

    it('makes a new duty known once, whoever asks first', async () => {
      const { upkeep } = stageOf().ledger;
      const ask = (): Promise<unknown[]> => upkeep.takeDuty('promote', [QUEUE, 'reports'], PLAN);
      const together = await Promise.all(Array.from({ length: 12 }, ask));
      const turns = [...together.flat(), ...(await ask())] as { queue: string }[];
      expect(turns.map(({ queue }) => queue).sort()).toEqual(['reports', QUEUE]);
    });

    it('stays quiet after a gap, until everybody had the time to beat again', async () => {
      const stage = stageOf();
      const { upkeep } = stage.ledger;
      const plan = { ...PLAN, quietMs: 100_000 };
      await begin();
      await stage.ledger.passTime(PLAN.longestGapMs + 10_000);
      const quiet = async (): Promise<number | undefined> =>
        (await upkeep.takeDuty('rescue', [QUEUE], plan))[0]?.quietForMs;
      const first = await quiet();
      expect(first).toBeGreaterThan(90_000);
      expect(first).toBeLessThanOrEqual(100_000);
      await stage.ledger.passTime(PERIOD_MS);
      const second = await quiet();
      expect(second).toBeGreaterThan(20_000);
      expect(second).toBeLessThanOrEqual(40_000);
      await stage.ledger.passTime(PERIOD_MS);
      expect(await quiet()).toBe(0);
    });

    it('is not quiet after a gap that is no longer than usual', async () => {
      const stage = stageOf();
      await begin();
      await stage.ledger.passTime(PLAN.longestGapMs - 30_000);
      const [turn] = await stage.ledger.upkeep.takeDuty('rescue', [QUEUE], PLAN);
      expect(turn?.quietForMs).toBe(0);
    });

    it('never holds a duty back that has no quiet time', async () => {
      const stage = stageOf();
      const plan = { periodMs: PERIOD_MS, longestGapMs: Number.MAX_SAFE_INTEGER, quietMs: 0 };
      await stage.ledger.upkeep.takeDuty('promote', [QUEUE], plan);
      const [first] = await stage.ledger.upkeep.takeDuty('promote', [QUEUE], plan);
      expect(first).toEqual({ queue: QUEUE, sinceLastMs: null, quietForMs: 0 });
      await stage.ledger.passTime(86_400_000);
      const [second] = await stage.ledger.upkeep.takeDuty('promote', [QUEUE], plan);
      expect(second?.quietForMs).toBe(0);
    });

    it('keeps duties and queues apart', async () => {
      const stage = stageOf();
      const { upkeep } = stage.ledger;
      await begin();
      await stage.ledger.passTime(PERIOD_MS);
      expect(await upkeep.takeDuty('promote', [QUEUE], PLAN)).toEqual([]);
      expect(await upkeep.takeDuty('promote', [QUEUE], PLAN)).toHaveLength(1);
      expect(await upkeep.takeDuty('rescue', ['reports'], PLAN)).toEqual([]);
      const turns = await upkeep.takeDuty('rescue', ['reports', QUEUE, 'unknown'], PLAN);
      expect(turns.map(({ queue }) => queue).sort()).toEqual(['reports', QUEUE]);
      expect(await upkeep.takeDuty('rescue', [], PLAN)).toEqual([]);
    });
  });

  describe('promote', () => {
    it('makes due jobs pending, scheduled ones and failed ones', async () => {
      const stage = stageOf();
      const scheduled = await stage.enqueue({ delayMs: 20_000, priority: 3 });
      const failure = await stage.ran(failed, { type: 'process_payment' });
      await stage.ledger.passTime(RETRY_DELAY_MS + 1_000);
      const due = (await stage.job(scheduled)).scheduledAt;
      let promoted: unknown;
      const span = await stage.during(
        async () => (promoted = (await stage.ledger.upkeep.promote(QUEUE, 10)).jobs),
      );
      expect(promoted).toHaveLength(2);
      expect(promoted).toContainEqual({ id: scheduled, queue: QUEUE, type: TYPE, priority: 3 });
      expect(promoted).toContainEqual({ id: failure, queue: QUEUE, type: 'process_payment', priority: 0 });
      const job = await stage.job(scheduled);
      expect(job).toMatchObject({ status: 'pending', scheduledAt: due, run: 0 });
      expectWithin(job.updatedAt, span);
      expect(await stage.job(failure)).toMatchObject({ status: 'pending', retryCount: 1, run: 1 });
    });

    it('promotes a job once', async () => {
      const stage = stageOf();
      await stage.enqueue({ delayMs: 20_000 });
      await stage.ledger.passTime(21_000);
      expect((await stage.ledger.upkeep.promote(QUEUE, 10)).jobs).toHaveLength(1);
      expect(await stage.ledger.upkeep.promote(QUEUE, 10)).toEqual({ jobs: [], nextDueInMs: null });
    });

    it('promotes each job once when several processes do it', async () => {
      const stage = stageOf();
      const ids = await stage.enqueueMany(60, { delayMs: 20_000 });
      await stage.ledger.passTime(21_000);
      const together = await Promise.all(
        Array.from({ length: 6 }, () => stage.ledger.upkeep.promote(QUEUE, 20)),
      );
      const rest = await stage.ledger.upkeep.promote(QUEUE, 60);
      const promoted = [...together, rest].flatMap(({ jobs }) => jobs.map(({ id }) => id));
      expect(promoted.sort()).toEqual(ids);
    });

    it('leaves jobs alone that are not due, not waiting, or of another queue', async () => {
      const stage = stageOf();
      const jobs = await stage.oneOfEach();
      const foreign = await stage.enqueue({ queue: 'reports', delayMs: 1_000 });
      await stage.ledger.passTime(RETRY_DELAY_MS - 10_000);
      expect((await stage.ledger.upkeep.promote(QUEUE, 10)).jobs).toEqual([]);
      await stage.ledger.passTime(20_000);
      expect((await stage.ledger.upkeep.promote(QUEUE, 10)).jobs).toMatchObject([{ id: jobs.failed }]);
      expect((await stage.job(foreign)).status).toBe('scheduled');
    });

    it('begins with what has been due the longest', async () => {
      const stage = stageOf();
      const last = await stage.enqueue({ delayMs: 30_000 });
      const first = await stage.enqueue({ delayMs: 10_000 });
      const second = await stage.enqueue({ delayMs: 20_000 });
      await stage.ledger.passTime(31_000);
      const promoted = await stage.ledger.upkeep.promote(QUEUE, 2);
      expect(promoted.jobs.map(({ id }) => id).sort()).toEqual([first, second].sort());
      expect(promoted.nextDueInMs).toBe(0);
      expect((await stage.ledger.upkeep.promote(QUEUE, 2)).jobs).toMatchObject([{ id: last }]);
    });

    it('tells when the next job is due', async () => {
      const stage = stageOf();
      expect((await stage.ledger.upkeep.promote(QUEUE, 10)).nextDueInMs).toBeNull();
      await stage.enqueue({ delayMs: 3_600_000 });
      await stage.enqueue({ delayMs: 90_000 });
      await stage.enqueue({ delayMs: 5_000, queue: 'reports' });
      const { nextDueInMs } = await stage.ledger.upkeep.promote(QUEUE, 10);
      expect(nextDueInMs).toBeGreaterThan(60_000);
      expect(nextDueInMs).toBeLessThanOrEqual(90_000);
    });

    it('passes over a job that somebody holds', async () => {
      const stage = stageOf();
      const id = await stage.enqueue({ delayMs: 20_000 });
      await stage.ledger.passTime(21_000);
      const holder = await stage.hold(id);
      expect((await stage.ledger.upkeep.promote(QUEUE, 10)).jobs).toEqual([]);
      await holder.rollback();
      expect((await stage.ledger.upkeep.promote(QUEUE, 10)).jobs).toMatchObject([{ id }]);
    });
  });

  describe('pendingTypes', () => {
    it('names each type that has pending jobs, in order', async () => {
      const stage = stageOf();
      for (const type of ['payment', 'email', 'report', 'email']) await stage.enqueue({ type });
      await stage.enqueue({ type: 'waiting', delayMs: 60_000 });
      await stage.enqueue({ type: 'foreign', queue: 'reports' });
      await stage.ran(discarded, { type: 'over' });
      expect(await stage.ledger.upkeep.pendingTypes(QUEUE)).toEqual(['email', 'payment', 'report']);
      expect(await stage.ledger.upkeep.pendingTypes('nothing')).toEqual([]);
    });
  });

  describe('firstPending', () => {
    it('answers the head of a type’s line in claim order', async () => {
      const stage = stageOf();
      const late = await stage.enqueue({ priority: -1 });
      const usual = await stage.enqueueMany(3);
      const urgent = await stage.enqueue({ priority: 5 });
      await stage.enqueue({ type: 'process_payment', priority: 9 });
      await stage.enqueue({ queue: 'reports', priority: 9 });
      await stage.enqueue({ delayMs: 60_000, priority: 9 });
      const { upkeep } = stage.ledger;
      expect(await upkeep.firstPending(QUEUE, TYPE, 2)).toEqual([
        { id: urgent, type: TYPE, priority: 5 },
        { id: usual[0], type: TYPE, priority: 0 },
      ]);
      const all = await upkeep.firstPending(QUEUE, TYPE, 100);
      expect(all.map(({ id }) => id)).toEqual([urgent, ...usual, late]);
      expect(await upkeep.firstPending(QUEUE, 'nothing', 100)).toEqual([]);
    });
  });

  describe('countUnfinishedDue', () => {
    it('counts what is pending, what is due, and what a dead worker left behind', async () => {
      const stage = stageOf();
      const { upkeep } = stage.ledger;
      const count = (): Promise<number> => upkeep.countUnfinishedDue([QUEUE, 'reports'], [TYPE]);
      expect(await count()).toBe(0);
      await stage.oneOfEach();
      expect(await count()).toBe(1);
      await stage.enqueue({ queue: 'reports' });
      expect(await count()).toBe(2);
      await stage.ledger.passTime(RETRY_DELAY_MS + 1_000);
      expect(await count()).toBe(3);
      await stage.ledger.passTime(LEASE_MS);
      expect(await count()).toBe(4);
    });

    it('counts only the queues and types that it is asked for', async () => {
      const stage = stageOf();
      const { upkeep } = stage.ledger;
      await stage.enqueue({ type: 'process_payment' });
      await stage.enqueue({ queue: 'reports' });
      expect(await upkeep.countUnfinishedDue([QUEUE], [TYPE])).toBe(0);
      expect(await upkeep.countUnfinishedDue([QUEUE, 'reports'], [TYPE, 'process_payment'])).toBe(2);
      expect(await upkeep.countUnfinishedDue([], [])).toBe(0);
    });

    it('leaves the runs of living workers to them, draining ones included', async () => {
      const stage = stageOf();
      const { registry, upkeep } = stage.ledger;
      const worker = await stage.worker();
      await stage.claim(await stage.enqueue(), worker);
      await registry.markDraining(worker);
      expect(await upkeep.countUnfinishedDue([QUEUE], [TYPE])).toBe(0);
      await registry.sayGoodbye(worker);
      expect(await upkeep.countUnfinishedDue([QUEUE], [TYPE])).toBe(1);
    });
  });
}
