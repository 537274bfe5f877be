import { beforeEach, describe, expect, it } from 'vitest';
import { Schedules } from '../../../lib/admin/schedules.js';
import { JobIdSource } from '../../../lib/core/job-id.js';
import { DEFAULT_PRIORITIES } from '../../../lib/core/option-defaults.js';
import { MemoryLedger } from '../../../lib/testing/memory-ledger.js';
import type { MemoryTransaction } from '../../../lib/testing/memory-transaction.js';
import { draftOf } from '../../support/ledger/ledger-stage.js';
import { ManualClock } from '../../support/observability/manual-clock.js';

const APP = 'shop';
const HOUR = 3_600_000;
const HOURLY = { name: 'digest', cron: '0 * * * *', type: 'send_digest' };
const ADA = { actor: 'ada' };

let clock: ManualClock;
let ledger: MemoryLedger;
let schedules: Schedules<MemoryTransaction>;
/** The trail cannot be written: PostgreSQL goes away between a change and its entry. */
let trailIsBroken: boolean;

beforeEach(() => {
  clock = new ManualClock();
  ledger = new MemoryLedger(clock);
  trailIsBroken = false;
  const ids = new JobIdSource(() => clock.nowMs());
  const { audit } = ledger.operator;
  schedules = new Schedules({
    app: APP,
    schedules: ledger.schedules,
    reading: () => ({
      defaultsFor: () => ({ queue: APP, maxRetries: 3, timeoutMs: 30_000 }),
      payloadLimitBytes: 10_000,
      priorities: DEFAULT_PRIORITIES,
      nowMs: clock.nowMs(),
    }),
    enqueue: async (type, _, { manager }) => {
      const draft = draftOf({ id: ids.next(), type });
      await ledger.intake.insert([draft], manager);
      return { id: draft.id };
    },
    operator: {
      ...ledger.operator,
      audit: {
        list: (page, transaction) => audit.list(page, transaction),
        record: async (entry, transaction) => {
          if (trailIsBroken) throw new Error('the connection was lost');
          await audit.record(entry, transaction);
        },
      },
    },
    newEntryId: () => ids.next(),
    sync: async () => {},
  });
});

const trail = async (): Promise<string[]> => {
  const entries = await ledger.operator.audit.list({ limit: 100 });
  return entries.map(({ action }) => action);
};

describe('a change of a schedule', () => {
  it('F51 F88 is not made when its entry in the trail cannot be', async () => {
    await schedules.upsert(HOURLY);
    const before = await schedules.get('digest');
    trailIsBroken = true;
    const changes = [
      () => schedules.upsert({ ...HOURLY, cron: '30 * * * *' }, ADA),
      () => schedules.upsert({ ...HOURLY, name: 'another' }, ADA),
      () => schedules.pause('digest', ADA),
      () => schedules.remove('digest', ADA),
      () => schedules.runNow('digest', ADA),
    ];
    for (const change of changes) await expect(change()).rejects.toThrow('the connection was lost');
    expect(await schedules.list()).toEqual([before]);
    expect(await ledger.inspection.count({})).toEqual([]);
    trailIsBroken = false;
    const paused = await schedules.pause('digest', ADA);
    trailIsBroken = true;
    await expect(schedules.resume('digest', ADA)).rejects.toThrow('the connection was lost');
    expect(await schedules.get('digest')).toEqual(paused);
    expect(await trail()).toEqual(['pauseSchedule']);
  });

  it('F51 F88 belongs to the transaction of the application, with its entry', async () => {
    await schedules.upsert(HOURLY);
    const undone = ledger.begin();
    const by = { ...ADA, manager: undone };
    await schedules.upsert({ ...HOURLY, name: 'another' }, by);
    expect(await schedules.pause('digest', by)).toMatchObject({ nextRunAt: null });
    await schedules.resume('digest', by);
    await schedules.runNow('another', by);
    await schedules.remove('digest', by);
    await expect(schedules.get('digest', { manager: undone })).rejects.toMatchObject({
      code: 'KYU_SCHEDULE_NOT_FOUND',
    });
    undone.rollback();
    expect((await schedules.list()).map(({ name }) => name)).toEqual(['digest']);
    expect(await trail()).toEqual([]);

    const manager = ledger.begin();
    await schedules.upsert({ ...HOURLY, name: 'another' }, { manager });
    expect(await schedules.list()).toHaveLength(1);
    manager.commit();
    expect((await schedules.list()).map(({ name }) => name)).toEqual(['another', 'digest']);
    // Applications make schedules by themselves; where it happens is not who did it.
    expect(await trail()).toEqual([]);
  });
});

describe('the missed ticks of a schedule', () => {
  const missed = async (): Promise<number | undefined> => (await schedules.details())[0]?.missedTicks;

  it('F51 are those that nobody was there for', async () => {
    await schedules.upsert(HOURLY);
    expect(await missed()).toBe(0);
    clock.advance(3 * HOUR + 60_000);
    expect(await missed()).toBe(3);
  });

  it('F51 are none of a pause, neither during it nor after it', async () => {
    await schedules.upsert(HOURLY);
    await schedules.pause('digest');
    clock.advance(5 * HOUR);
    expect(await missed()).toBe(0);
    await schedules.resume('digest');
    expect(await missed()).toBe(0);
    clock.advance(2 * HOUR);
    expect(await missed()).toBe(2);
    await schedules.resume('digest');
    expect(await missed()).toBe(2);
  });

  it('F51 are none that an expression would have had before it was written', async () => {
    await schedules.upsert(HOURLY);
    clock.advance(10 * HOUR);
    await schedules.upsert({ ...HOURLY, cron: '* * * * *' });
    expect(await missed()).toBe(0);
  });
});
