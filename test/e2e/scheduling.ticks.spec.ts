import { CronJob, KyuSchedules, type ScheduleInput } from 'nestjs-kyu';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { closeOnce, startApp, startError } from '../support/kyu-app.js';
import { EVERY_SECOND, jobsOf, missSince, YEARLY } from '../support/scheduling.js';
import { TestLedger } from '../support/test-ledger.js';

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await TestLedger.open('ticks');
});

afterAll(() => ledger.close());

describe('ticks', () => {
  it('F50 that were missed come once, not at all, or each, as the schedule says', async () => {
    const kyu = ledger.options({ autoStart: false });
    const app = await startApp({ kyu });
    const schedules = app.get(KyuSchedules);
    for (const missed of ['once', 'skip', 'all'] as const) {
      await schedules.upsert({ name: missed, cron: '0 * * * *', type: 'x', missed, missedWindow: '210m' });
      await ledger.sql(
        `update kyu_schedules set next_run_at = date_trunc('hour', now()) - interval '5 hours' where name = $1`,
        [missed],
      );
    }
    const [clock] = await ledger.sql<{ minutes: number }>(
      'select extract(minute from now())::int as minutes',
    );
    await startApp({ kyu: { ...kyu, autoStart: true } });
    await eventually(async () => {
      const left = await ledger.sql('select from kyu_schedules where app = $1 and next_run_at < now()', [
        kyu.queueName,
      ]);
      expect(left).toEqual([]);
    });
    expect(await jobsOf(ledger, kyu, 'once')).toHaveLength(1);
    expect((await jobsOf(ledger, kyu, 'skip')).length).toBeLessThanOrEqual(clock?.minutes === 0 ? 1 : 0);
    // The full hours of the last three and a half.
    const hours = (clock?.minutes ?? 0) < 30 ? 4 : 3;
    expect([hours, hours + 1]).toContain((await jobsOf(ledger, kyu, 'all')).length);
    const skipped = kyu.logger.lines.filter(({ message }) => message.includes('nobody was there in time'));
    expect(skipped.length).toBeGreaterThan(0);
  });

  it('F50 that find their last job unfinished are skipped, wait in line, or replace it', async () => {
    const kyu = ledger.options();
    // Nobody handles them, so they stay pending.
    const schedules = (['skip', 'queue', 'replace'] as const).map((overlap) => ({
      name: overlap,
      cron: EVERY_SECOND,
      type: 'slow',
      overlap,
    }));
    await startApp({ kyu: { ...kyu, schedules } });
    await eventually(async () => {
      const replaced = (await jobsOf(ledger, kyu, 'replace')).filter(({ status }) => status === 'cancelled');
      expect(replaced.length).toBeGreaterThanOrEqual(2);
    });
    const living = (await jobsOf(ledger, kyu, 'replace')).filter(({ status }) => status !== 'cancelled');
    expect(living.length).toBe(1);
    for (const [name, isExpected] of [
      ['skip', (gapMs: number) => gapMs >= 2_000],
      ['queue', (gapMs: number) => gapMs === 1_000],
    ] as const) {
      const [first, ...others] = await jobsOf(ledger, kyu, name);
      expect(others, name).toEqual([]);
      await ledger.sql(`update kyu_jobs set status = 'cancelled', completed_at = now() where id = $1`, [
        first?.id,
      ]);
      await eventually(async () => {
        const [, second] = await jobsOf(ledger, kyu, name);
        const gapMs = Number(second?.scheduled_at) - Number(first?.scheduled_at);
        expect(isExpected(gapMs), `${name} after ${gapMs} ms`).toBe(true);
      });
    }
  });

  it('F52 have jobs that start within the jitter, and a broken schedule does not keep others from theirs', async () => {
    const kyu = ledger.options();
    const schedules = (await startApp({ kyu })).get(KyuSchedules);
    await schedules.upsert({ name: 'broken', cron: EVERY_SECOND, type: 'x' });
    await ledger.sql(`update kyu_schedules set cron = 'by hand' where app = $1 and name = 'broken'`, [
      kyu.queueName,
    ]);
    await schedules.upsert({ name: 'spread', cron: EVERY_SECOND, type: 'x', jitter: '10m' });
    const jobs = await eventually(async () => {
      const found = await ledger.sql<{ unique_key: string; scheduled_at: Date }>(
        `select unique_key, scheduled_at from kyu_jobs where queue = $1 and tags @> '{schedule:spread}'`,
        [kyu.queueName],
      );
      expect(found.length).toBeGreaterThanOrEqual(3);
      return found;
    });
    const delays = jobs.map(({ unique_key: key, scheduled_at: at }) => {
      const tick = key.slice(`schedule/${kyu.queueName}/spread/`.length);
      return at.getTime() - Date.parse(tick);
    });
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...delays)).toBeLessThanOrEqual(600_000);
    expect(new Set(delays).size).toBe(delays.length);
    const complaint = /^Schedule broken cannot be used/;
    expect(kyu.logger.lines.filter(({ message }) => complaint.test(message))).toHaveLength(1);
  });
});

describe('a provider', () => {
  it('F49 syncs schedules at the start and every period, and removes what it no longer lists', async () => {
    let listed: ScheduleInput[] = [
      { name: 'tenant-1', cron: YEARLY, type: 'sync', payload: { tenant: 1 } },
      { name: 'tenant-2', cron: YEARLY, type: 'sync', payload: { tenant: 2, deep: { b: 1, a: [2] } } },
    ];
    let loads = 0;
    const scheduleProvider = {
      every: '1s',
      load: async () => {
        loads += 1;
        return listed;
      },
    };
    const kyu = ledger.options({ scheduleProvider });
    const app = await startApp({ kyu });
    const schedules = app.get(KyuSchedules);
    const names = async (): Promise<string[]> => (await schedules.list()).map(({ name }) => name);
    await eventually(async () => expect(await names()).toEqual(['tenant-1', 'tenant-2']));
    const before = await schedules.get('tenant-2');
    await schedules.upsert({ name: 'by-hand', cron: YEARLY, type: 'x' });
    listed = [
      { name: 'tenant-2', cron: YEARLY, type: 'sync', payload: { deep: { a: [2], b: 1 }, tenant: 2 } },
      { name: 'tenant-3', cron: YEARLY, type: 'sync' },
    ];
    await eventually(async () => expect(await names()).toEqual(['by-hand', 'tenant-2', 'tenant-3']));
    expect(await schedules.get('tenant-2')).toEqual(before);
    const loaded = loads;
    await eventually(() => expect(loads).toBeGreaterThan(loaded));
    expect(await names()).toEqual(['by-hand', 'tenant-2', 'tenant-3']);
    await closeOnce(app);
  });

  it('F49 that fails, or lists what cannot be used, changes nothing and is reported', async () => {
    let load: () => Promise<ScheduleInput[]> = async () => [{ name: 'kept', cron: YEARLY, type: 'x' }];
    const kyu = ledger.options({ scheduleProvider: { load: () => load() } });
    const schedules = (await startApp({ kyu })).get(KyuSchedules);
    await eventually(async () => expect(await schedules.list()).toHaveLength(1));
    const troubles: (() => Promise<ScheduleInput[]>)[] = [
      () => Promise.reject(new Error('the tenants are away')),
      async () => [
        { name: 'new', cron: YEARLY, type: 'x' },
        { name: 'bad', cron: 'x', type: 'x' },
      ],
      async () => [
        { name: 'new', cron: YEARLY, type: 'x' },
        { name: 'new', cron: YEARLY, type: 'y' },
      ],
      async () => 'nonsense' as never,
    ];
    for (const trouble of troubles) {
      load = trouble;
      await schedules.sync();
      expect((await schedules.list()).map(({ name }) => name)).toEqual(['kept']);
    }
    const [first] = kyu.logger.lines.filter(({ level }) => level === 'error');
    expect(first?.message).toBe(
      'The provider of schedules failed; its schedules stay as they are. the tenants are away',
    );
    const options = ledger.options({ scheduleProvider: { every: '1ms' } as never });
    expect((await startError({ kyu: options })).message).toContain('scheduleProvider: got');
  });

  it('does not take a schedule away from somebody else', async () => {
    const scheduleProvider = { load: () => [{ name: 'mine', cron: YEARLY, type: 'of-provider' }] };
    const kyu = ledger.options({
      scheduleProvider,
      schedules: [{ name: 'mine', cron: YEARLY, type: 'of-code' }],
    });
    const schedules = (await startApp({ kyu })).get(KyuSchedules);
    await schedules.sync();
    expect(await schedules.list()).toMatchObject([{ name: 'mine', type: 'of-code', source: 'options' }]);
    const complaint = kyu.logger.lines.find(({ message }) =>
      message.startsWith('Schedule mine cannot be used'),
    );
    expect(complaint?.message).toContain('one of options and one of the provider');
  });
});

describe('run once', () => {
  it('F53 fires what is due, and runs it, whoever calls it by a crontab', async () => {
    const ran: unknown[] = [];
    class Nightly {
      @CronJob('0 3 * * *', { name: 'nightly', payload: 'tonight' })
      run(payload: unknown): void {
        ran.push(payload);
      }
    }
    const kyu = ledger.options();
    await closeOnce(await startApp({ providers: [Nightly], kyu }));
    await missSince(ledger, kyu, 'nightly', '10 minutes');
    await startApp({ providers: [Nightly], kyu: { ...kyu, runOnce: true } });
    expect(ran).toEqual(['tonight']);
    expect(await jobsOf(ledger, kyu, 'nightly')).toMatchObject([{ status: 'completed' }]);
  });
});
