import { describe, expect, it } from 'vitest';
import { completed, QUEUE, type LedgerStage } from '../support/ledger/ledger-stage.js';
import { APP, definitionOf, HOUR, scheduleSteps } from '../support/ledger/schedule-steps.js';

/** The door for schedules: their ticks. */
export function describeTicks<Transaction>(stageOf: () => LedgerStage<Transaction>): void {
  const { door, dueNow, fire, step, theDue, wholeNow, write } = scheduleSteps(stageOf);

  describe('due', () => {
    it('answers what has come, longest due first, and the ledger’s clock', async () => {
      const second = await write({ name: 'second' }, 2_000);
      const first = await write({ name: 'first' }, 1_000);
      await write({ name: 'ahead' });
      expect(await dueNow()).toEqual([]);
      await stageOf().ledger.passTime(10_000);
      const before = await stageOf().ledger.nowMs();
      const { nowMs, due } = await door().due(APP, [], 100);
      expect(nowMs).toBeGreaterThanOrEqual(before);
      expect(due.map(({ name }) => name)).toEqual(['first', 'second']);
      expect(due[0]).toMatchObject({
        ...definitionOf({ name: 'first' }),
        payload: expect.any(String) as string,
      });
      expect(JSON.parse(due[0]?.payload ?? '')).toEqual({ tenant: 42 });
      expect(due[0]?.lastJob).toBeNull();
      expect((due[1]?.plannedMs ?? 0) - (due[0]?.plannedMs ?? 0)).toBe(second - first);
      expect((await door().due(APP, [], 1)).due).toHaveLength(1);
      expect((await door().due('another app', [], 100)).due).toEqual([]);
    });

    it('leaves what code declares to those whose code declares it', async () => {
      await write({ name: 'by-decorator', source: 'decorator' }, 1_000);
      await write({ name: 'by-options', source: 'options' }, 1_000);
      await write({ name: 'by-provider', source: 'provider' }, 1_000);
      await stageOf().ledger.passTime(2_000);
      expect((await dueNow()).map(({ name }) => name)).toEqual(['by-provider']);
      const declared = await dueNow(['by-options', 'unknown']);
      expect(declared.map(({ name }) => name).sort()).toEqual(['by-options', 'by-provider']);
    });

    it('tells how long it is until the next tick', async () => {
      expect(await door().nextDueInMs(APP, [])).toBeNull();
      await write({ name: 'later' }, 2 * HOUR);
      await write({ name: 'declared', source: 'decorator' }, 1_000);
      await write({ name: 'sooner' }, HOUR);
      // One that has come is nothing to wait for.
      await write({ name: 'due' }, -1_000);
      const wait = await door().nextDueInMs(APP, []);
      expect(wait).toBeGreaterThan(HOUR - 10_000);
      expect(wait).toBeLessThanOrEqual(HOUR);
      expect(await door().nextDueInMs(APP, ['declared'])).toBeLessThanOrEqual(1_000);
      await door().pause(APP, 'sooner');
      expect(await door().nextDueInMs(APP, [])).toBeGreaterThan(HOUR);
      expect(await door().nextDueInMs('another app', [])).toBeNull();
    });
  });

  describe('take', () => {
    it('F50 moves a schedule on and writes its job', async () => {
      await write({}, 1_000);
      await stageOf().ledger.passTime(2_000);
      const due = await theDue();
      const tick = new Date(due.plannedMs);
      const unique = {
        key: 'schedule/of/this/tick',
        keeps: true,
        expiresAfterMs: null,
        onConflict: 'skip',
      } as const;
      const draft = {
        payload: 'null',
        priority: 3,
        scheduledAt: tick.toISOString(),
        tags: ['schedule:digest'],
        unique,
      };
      const taken = step(due, { draft });
      const id = taken.job?.draft.id;
      expect(await door().take(APP, [taken])).toEqual({
        moved: ['digest'],
        fired: [
          { schedule: 'digest', id, queue: QUEUE, type: 'send_digest', priority: 3, status: 'pending' },
        ],
        replaced: [],
      });
      expect(await stageOf().job(id ?? '')).toMatchObject({
        type: 'send_digest',
        status: 'pending',
        payload: null,
        priority: 3,
        maxRetries: 3,
        timeoutMs: 30_000,
        scheduledAt: tick,
        tags: ['schedule:digest'],
        uniqueKey: 'schedule/of/this/tick',
      });
      expect(await door().find(APP, 'digest')).toMatchObject({
        lastRunAt: tick,
        lastJobId: id,
        nextRunAt: new Date(due.plannedMs + HOUR),
      });
      expect(await dueNow()).toEqual([]);
    });

    it('F50 fires each tick once, however many fire it at the same time', async () => {
      for (const name of ['a', 'b', 'c']) await write({ name }, 1_000);
      await stageOf().ledger.passTime(2_000);
      // All of them have read before anybody fires.
      const readings = await Promise.all(Array.from({ length: 12 }, () => dueNow()));
      expect(readings.map((due) => due.length)).toEqual(readings.map(() => 3));
      const together = await Promise.all(
        readings.map((due) =>
          door().take(
            APP,
            due.map((schedule) => step(schedule)),
          ),
        ),
      );
      // Whoever found all of them held by others has moved none of them.
      const rest = await door().take(
        APP,
        (await dueNow()).map((schedule) => step(schedule)),
      );
      const fired = [...together, rest].flatMap((taken) => taken.fired.map(({ schedule }) => schedule));
      expect(fired.sort()).toEqual(['a', 'b', 'c']);
      expect(await stageOf().ledger.inspection.count({})).toMatchObject([{ type: 'send_digest', count: 3 }]);
    });

    it('does nothing from where a schedule does not stand any more', async () => {
      await write({}, 1_000);
      await stageOf().ledger.passTime(2_000);
      const due = await theDue();
      const nothing = { moved: [], fired: [], replaced: [] };
      await door().pause(APP, 'digest');
      expect(await door().take(APP, [step(due)])).toEqual(nothing);
      await door().resume(APP, 'digest', due.plannedMs);
      await stageOf().ledger.passTime(1);
      await write({ payload: '"changed"' });
      expect(await door().take(APP, [step(due)])).toEqual(nothing);
      await fire();
      expect(await door().take(APP, [step(due)])).toEqual(nothing);
      await door().remove(APP, ['digest']);
      expect(await door().take(APP, [step(due)])).toEqual(nothing);
    });

    it('does nothing for a schedule that says something else by now', async () => {
      await write({}, 1_000);
      await stageOf().ledger.passTime(2_000);
      const due = await theDue();
      await write({ payload: '"changed"' });
      expect(await door().take(APP, [step(due)])).toEqual({ moved: [], fired: [], replaced: [] });
    });

    it('moves on without a job, or to no further tick', async () => {
      await write({}, 1_000);
      await stageOf().ledger.passTime(2_000);
      expect(await door().take(APP, [step(await theDue(), { job: null, nextMs: null })])).toEqual({
        moved: ['digest'],
        fired: [],
        replaced: [],
      });
      expect(await door().find(APP, 'digest')).toMatchObject({
        nextRunAt: null,
        lastRunAt: null,
        lastJobId: null,
      });
      expect(await door().nextDueInMs(APP, [])).toBeNull();
    });

    it('keeps the last job, and when it was, where a tick passes by without one', async () => {
      await write({}, 1_000);
      await stageOf().ledger.passTime(2 * HOUR);
      const tick = new Date((await theDue()).plannedMs);
      const lastJobId = await fire();
      await door().take(APP, [step(await theDue(), { job: null })]);
      expect(await door().find(APP, 'digest')).toMatchObject({ lastRunAt: tick, lastJobId });
    });

    it('F52 has a job with jitter wait for its time', async () => {
      await write({}, 1_000);
      await stageOf().ledger.passTime(2_000);
      const later = new Date((await wholeNow()) + 60_000);
      const id = await fire({ draft: { scheduledAt: later.toISOString() } });
      expect(await stageOf().job(id)).toMatchObject({ status: 'scheduled', scheduledAt: later });
    });

    it('writes no second job for the key of a tick, whatever the schedule says', async () => {
      const unique = {
        key: 'schedule/a/tick',
        keeps: true,
        expiresAfterMs: null,
        onConflict: 'skip',
      } as const;
      await write({}, 1_000);
      await stageOf().ledger.passTime(2 * HOUR);
      const id = await fire({ draft: { unique } });
      // Not even when the job of the tick has ended.
      await stageOf().end(await stageOf().claim(id, await stageOf().worker()), completed);
      const due = await theDue();
      expect(await door().take(APP, [step(due, { draft: { unique } })])).toMatchObject({
        moved: ['digest'],
        fired: [],
      });
      expect((await door().find(APP, 'digest'))?.lastJobId).toBe(id);
    });

    it('cancels the job that it replaces, and asks a running one to stop', async () => {
      const stage = stageOf();
      await write({ overlap: 'replace' }, 1_000);
      await stage.ledger.passTime(3 * HOUR);
      const first = await fire();
      const due = await theDue();
      expect(due.lastJob).toEqual({ id: first, status: 'pending', endedAtMs: null });
      const second = step(due, { replaces: first });
      const taken = await door().take(APP, [second]);
      expect(taken.replaced).toMatchObject([{ schedule: 'digest', id: first, status: 'cancelled' }]);
      const reason = 'replaced by the next tick of the schedule "digest"';
      expect(await stage.job(first)).toMatchObject({ status: 'cancelled', errorMessage: reason });
      const running = second.job?.draft.id ?? '';
      await stage.claim(running, await stage.worker());
      const third = await door().take(APP, [step(await theDue(), { replaces: running })]);
      expect(third.replaced).toMatchObject([{ id: running, status: 'running' }]);
      expect(await stage.job(running)).toMatchObject({
        status: 'running',
        cancelRequestedAt: expect.any(Date) as Date,
        cancelReason: reason,
        completedAt: null,
      });
      expect(third.fired).toHaveLength(1);
    });

    it('leaves a running job what it was told first when it is to be replaced', async () => {
      const stage = stageOf();
      await write({ overlap: 'replace' }, 1_000);
      await stage.ledger.passTime(3 * HOUR);
      const running = await fire();
      await stage.claim(running, await stage.worker());
      await stage.ledger.inspection.cancel(running, 'by an operator');
      const { cancelRequestedAt } = await stage.job(running);
      await door().take(APP, [step(await theDue(), { replaces: running })]);
      expect(await stage.job(running)).toMatchObject({ cancelRequestedAt, cancelReason: 'by an operator' });
    });

    it('leaves a job as it ended that has ended since somebody wanted to replace it', async () => {
      const stage = stageOf();
      await write({ overlap: 'replace' }, 1_000);
      await stage.ledger.passTime(3 * HOUR);
      const first = await fire();
      const due = await theDue();
      await stage.end(await stage.claim(first, await stage.worker()), completed);
      const before = await stage.job(first);
      const taken = await door().take(APP, [step(due, { replaces: first })]);
      expect(taken).toMatchObject({ fired: [{ schedule: 'digest' }], replaced: [] });
      expect(await stage.job(first)).toEqual(before);
    });

    it('holds a tick back that waits in line for the last job', async () => {
      const stage = stageOf();
      await write({ overlap: 'queue' }, 1_000);
      await stage.ledger.passTime(2 * HOUR);
      const first = await fire();
      expect(await dueNow()).toEqual([]);
      await stage.ledger.inspection.cancel(first, null);
      const due = await theDue();
      expect(due.lastJob).toMatchObject({
        id: first,
        status: 'cancelled',
        endedAtMs: expect.any(Number) as number,
      });
      await stage.ledger.inspection.delete(first);
      expect((await theDue()).lastJob).toBeNull();
    });
  });
}
