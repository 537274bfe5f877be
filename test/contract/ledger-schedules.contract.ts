import { describe, expect, it } from 'vitest';
import type { ScheduleDefinition } from '../../lib/core/schedule.js';
import type { LedgerStage } from '../support/ledger/ledger-stage.js';
import { ALL, APP, definitionOf, HOUR, scheduleSteps } from '../support/ledger/schedule-steps.js';

/** The door for schedules: what they are. */
export function describeSchedules<Transaction>(stageOf: () => LedgerStage<Transaction>): void {
  const { door, dueNow, step, theDue, wholeNow, write } = scheduleSteps(stageOf);

  describe('schedules', () => {
    it('F51 are written, found, listed and removed', async () => {
      const first = await write();
      await write({ name: 'cleanup', source: 'provider' });
      await door().upsert('another app', [{ definition: definitionOf(), firstTickMs: null }], ALL);
      const found = await door().find(APP, 'digest');
      expect(found).toMatchObject({
        ...definitionOf(),
        payload: { tenant: 42 },
        pausedAt: null,
        nextRunAt: new Date(first),
        lastRunAt: null,
        lastJobId: null,
      });
      expect(found?.createdAt).toBeInstanceOf(Date);
      expect((await door().list(APP)).map(({ name }) => name)).toEqual(['cleanup', 'digest']);
      expect(await door().remove(APP, ['digest', 'nothing'])).toEqual(['digest']);
      expect(await door().remove(APP, ['digest'])).toEqual([]);
      expect(await door().find(APP, 'digest')).toBeUndefined();
      expect(await door().find('another app', 'digest')).toMatchObject({ nextRunAt: null });
    });

    it('keep their place in time unless expression or zone change', async () => {
      const first = await write();
      await write({ payload: '[1]', overlap: 'skip' }, 2 * HOUR);
      expect(await door().find(APP, 'digest')).toMatchObject({
        payload: [1],
        overlap: 'skip',
        nextRunAt: new Date(first),
      });
      const second = await write({ cron: '30 * * * *' }, 3 * HOUR);
      expect((await door().find(APP, 'digest'))?.nextRunAt).toEqual(new Date(second));
      const third = await write({ cron: '30 * * * *', timezone: 'UTC' }, 4 * HOUR);
      expect((await door().find(APP, 'digest'))?.nextRunAt).toEqual(new Date(third));
    });

    it.each<Partial<ScheduleDefinition>>([
      { cron: '30 * * * *' },
      { timezone: 'UTC' },
      { type: 'send_report' },
      { queue: 'reports' },
      { payload: 'null' },
      { options: { priority: 4 } },
      { missed: 'skip' },
      { missedWindowMs: 2 * HOUR },
      { overlap: 'queue' },
      { jitterMs: 500 },
      { source: 'provider' },
    ])('are written anew when nothing has changed but %j', async (change) => {
      await write();
      await write(change);
      const changed = definitionOf(change);
      expect(await door().find(APP, 'digest')).toMatchObject({
        ...changed,
        payload: JSON.parse(changed.payload) as unknown,
      });
    });

    it('that had no further tick get one when they are written anew', async () => {
      await write({}, 1_000);
      await stageOf().ledger.passTime(2_000);
      await door().take(APP, [step(await theDue(), { nextMs: null })]);
      const next = await write({ payload: '2' });
      expect(await door().find(APP, 'digest')).toMatchObject({ nextRunAt: new Date(next) });
    });

    it('that say the same again are left as they are', async () => {
      await write();
      await stageOf().ledger.passTime(1_000);
      const before = await door().find(APP, 'digest');
      expect(before).toBeDefined();
      await write();
      expect(await door().find(APP, 'digest')).toEqual(before);
    });

    it('belong to their source', async () => {
      await write({ source: 'provider' });
      const own = { definition: definitionOf({ payload: '1' }), firstTickMs: null };
      const fresh = { definition: definitionOf({ name: 'new' }), firstTickMs: null };
      expect(await door().upsert(APP, [own, fresh], ['dynamic'])).toEqual(['digest']);
      expect(await door().find(APP, 'digest')).toMatchObject({ source: 'provider', payload: { tenant: 42 } });
      expect(await door().find(APP, 'new')).toMatchObject({ source: 'dynamic' });
      expect(await door().upsert(APP, [own], ALL)).toEqual([]);
      expect(await door().find(APP, 'digest')).toMatchObject({ source: 'dynamic', payload: 1 });
    });

    it('F51 rest while they are paused, and go on with the tick that they are told', async () => {
      await write({}, 1_000);
      expect(await door().pause(APP, 'digest')).toBe(true);
      const paused = await door().find(APP, 'digest');
      expect(paused).toMatchObject({ pausedAt: expect.any(Date) as Date, nextRunAt: null });
      await door().pause(APP, 'digest');
      expect((await door().find(APP, 'digest'))?.pausedAt).toEqual(paused?.pausedAt);
      await write({ payload: '2' });
      expect((await door().find(APP, 'digest'))?.pausedAt).toEqual(paused?.pausedAt);
      await stageOf().ledger.passTime(5_000);
      expect(await dueNow()).toEqual([]);
      expect(await door().nextDueInMs(APP, [])).toBeNull();
      const next = (await wholeNow()) + HOUR;
      expect(await door().resume(APP, 'digest', next)).toBe(true);
      expect(await door().find(APP, 'digest')).toMatchObject({ pausedAt: null, nextRunAt: new Date(next) });
      await door().resume(APP, 'digest', next + HOUR);
      expect(await door().find(APP, 'digest')).toMatchObject({ nextRunAt: new Date(next) });
      expect(await door().pause(APP, 'nothing')).toBe(false);
      expect(await door().resume(APP, 'nothing', null)).toBe(false);
    });

    it('F51 count from their resumption on, and only from one that ended a rest', async () => {
      await write();
      const changedAt = async (): Promise<number> => Number((await door().find(APP, 'digest'))?.updatedAt);
      const written = await changedAt();
      await stageOf().ledger.passTime(5_000);
      await door().resume(APP, 'digest', null);
      // What passTime moves is the row as well.
      const before = await changedAt();
      expect(before).toBeLessThanOrEqual(written);
      await door().pause(APP, 'digest');
      expect(await changedAt()).toBe(before);
      await door().resume(APP, 'digest', null);
      expect(await changedAt()).toBeGreaterThan(before);
    });

    it('F51 F88 are changed with the transaction of an operator, or not at all', async () => {
      await write();
      const before = await door().find(APP, 'digest');
      const { manager, rollback } = await stageOf().ledger.begin();
      const fresh = { definition: definitionOf({ name: 'new' }), firstTickMs: null };
      await door().upsert(APP, [fresh], ALL, manager);
      expect(await door().find(APP, 'new', manager)).toMatchObject({ name: 'new' });
      await door().pause(APP, 'digest', manager);
      expect((await door().find(APP, 'digest', manager))?.pausedAt).toBeInstanceOf(Date);
      await door().resume(APP, 'digest', null, manager);
      expect(await door().remove(APP, ['digest'], manager)).toEqual(['digest']);
      expect(await door().find(APP, 'digest', manager)).toBeUndefined();
      expect(await door().list(APP)).toEqual([before]);
      await rollback();
      expect(await door().list(APP)).toEqual([before]);
      const kept = await stageOf().ledger.begin();
      await door().upsert(APP, [fresh], ALL, kept.manager);
      await kept.commit();
      expect((await door().list(APP)).map(({ name }) => name)).toEqual(['digest', 'new']);
    });
  });
}
