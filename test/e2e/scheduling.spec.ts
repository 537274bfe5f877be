import { Injectable } from '@nestjs/common';
import {
  CronJob,
  InjectKyuSchedules,
  InvalidQueryError,
  InvalidScheduleError,
  JobHandler,
  KyuConfigError,
  KyuModule,
  KyuSchedules,
  ScheduleConflictError,
  ScheduleNotFoundError,
  type JobContext,
  type ScheduleInput,
} from 'nestjs-kyu';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { closeOnce, startApp, startError } from '../support/kyu-app.js';
import { TestLedger, type InstanceOptions } from '../support/test-ledger.js';

/** Far from now, whenever the test runs. */
const YEARLY = '0 0 1 1 *';
const EVERY_SECOND = '* * * * * *';

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await TestLedger.open('scheduling');
});

afterAll(() => ledger.close());

interface ScheduleRow {
  readonly name: string;
  readonly source: string;
  readonly next_run_at: Date | null;
  readonly last_run_at: Date | null;
}

async function rowsOf({ queueName }: InstanceOptions): Promise<ScheduleRow[]> {
  return ledger.sql<ScheduleRow>('select * from kyu_schedules where app = $1 order by name', [queueName]);
}

/** Moves the next tick into the past, as an outage would. */
async function missSince({ queueName }: InstanceOptions, name: string, ago: string): Promise<void> {
  await ledger.sql(
    `update kyu_schedules set next_run_at = date_trunc('second', now()) - $3::interval where app = $1 and name = $2`,
    [queueName, name, ago],
  );
}

async function jobsOf({ queueName }: InstanceOptions, schedule: string) {
  return ledger.sql<{ id: string; status: string; scheduled_at: Date; payload: unknown; job_type: string }>(
    `select * from kyu_jobs where queue = $1 and tags @> array['schedule:' || $2::text] order by scheduled_at`,
    [queueName, schedule],
  );
}

describe('@CronJob', () => {
  it('F48 runs the method at its ticks, with its payload, as a job like any other', async () => {
    const seen: JobContext[] = [];
    @Injectable()
    class Pulse {
      @CronJob(EVERY_SECOND, {
        name: 'pulse',
        payload: { beat: 1 },
        maxRetries: 2,
        timeout: '7s',
        priority: 4,
      })
      beat(payload: { beat: number }, job: JobContext): void {
        expect(payload).toEqual({ beat: 1 });
        seen.push(job);
      }
    }
    const kyu = ledger.options();
    await startApp({ providers: [Pulse], kyu });
    await eventually(() => expect(seen.length).toBeGreaterThanOrEqual(2));
    const ticks = seen.map(({ scheduledAt }) => Number(scheduledAt));
    expect(ticks[1]).toBe((ticks[0] ?? 0) + 1_000);
    expect(seen[0]).toMatchObject({ type: 'pulse', priority: 4, maxAttempts: 3 });
    const [job] = await jobsOf(kyu, 'pulse');
    expect(job).toMatchObject({ job_type: 'pulse', timeout_ms: '7000', payload: { beat: 1 } });
    expect(await rowsOf(kyu)).toMatchObject([{ name: 'pulse', source: 'decorator' }]);
  });

  it('is known by class and method when it has no name, and several may share a method', async () => {
    @Injectable()
    class Reports {
      @CronJob(YEARLY)
      yearly(): void {}
      @CronJob('0 7 * * *', { name: 'morning', type: 'report', payload: 'am' })
      @CronJob('0 19 * * *', { name: 'evening', type: 'report', payload: 'pm', timezone: 'Europe/Berlin' })
      daily(): void {}
    }
    const kyu = ledger.options();
    const app = await startApp({ providers: [Reports], kyu });
    const schedules = await app.get(KyuSchedules).list();
    expect(schedules.map(({ name, type, timezone }) => [name, type, timezone])).toEqual([
      ['Reports.yearly', 'Reports.yearly', 'UTC'],
      ['evening', 'report', 'Europe/Berlin'],
      ['morning', 'report', 'UTC'],
    ]);
    const table = kyu.logger.lines
      .map(({ message }) => message)
      .find((text) => text.startsWith('Kyu started'));
    expect(table).toMatch(
      /schedules +Reports\.yearly +0 0 1 1 \* UTC +Reports\.yearly +missed once +overlap allow\n/,
    );
    expect(table).toMatch(/evening +0 19 \* \* \* Europe\/Berlin +report/);
  });

  it('F48 refuses to start with an expression, a zone or an option that cannot be used, and says what to do', async () => {
    class Broken {
      @CronJob('0 7 * *', { name: 'a' })
      a(): void {}
      @CronJob('0 7 * * *', { name: 'b', timezone: 'Europe/Berln', overlap: 'skipp' as never })
      b(): void {}
    }
    const error = await startError({ providers: [Broken], kyu: ledger.options() });
    expect(error).toBeInstanceOf(KyuConfigError);
    expect(error.message).toContain(`Broken.a in AppModule: cron: got "0 7 * *"`);
    expect(error.message).toContain('allowed: five fields (minute, hour, day, month, weekday)');
    expect(error.message).toContain('Broken.b in AppModule: timezone: got "Europe/Berln"');
    expect(error.message).toContain('(did you mean "skip"?)');
  });

  it('refuses a name that is declared twice, wherever', async () => {
    class Twice {
      @CronJob(YEARLY, { name: 'same' })
      one(): void {}
      @CronJob(YEARLY, { name: 'same' })
      two(): void {}
    }
    expect((await startError({ providers: [Twice], kyu: ledger.options() })).message).toBe(
      'Schedule "same" exists twice: Twice.one in AppModule and Twice.two in AppModule. ' +
        'Give one of them another name, or remove it.',
    );
    class Once {
      @CronJob(YEARLY, { name: 'same' })
      one(): void {}
    }
    const schedules: ScheduleInput[] = [{ name: 'same', cron: YEARLY, type: 'other' }];
    const error = await startError({ providers: [Once], kyu: ledger.options({ schedules }) });
    expect(error).toBeInstanceOf(ScheduleConflictError);
    expect(error.message).toContain('Once.one in AppModule and schedules[0]');
  });

  it('belongs to its instance', async () => {
    class Both {
      constructor(@InjectKyuSchedules('second') readonly second: KyuSchedules) {}
      @CronJob(YEARLY, { name: 'first' })
      one(): void {}
      @CronJob(YEARLY, { name: 'other', instance: 'second' })
      two(): void {}
    }
    const second = KyuModule.forRoot({ ...ledger.options(), name: 'second' });
    const app = await startApp({ imports: [second], providers: [Both], kyu: ledger.options() });
    expect((await app.get(KyuSchedules).list()).map(({ name }) => name)).toEqual(['first']);
    expect((await app.get(Both).second.list()).map(({ name }) => name)).toEqual(['other']);
  });
});

describe('the list in the options', () => {
  it('F48 is declared at the start, and leaves what is there in its place', async () => {
    const kyu = ledger.options({
      schedules: [{ name: 'sync', cron: YEARLY, type: 'sync', payload: { all: true } }],
    });
    class Sync {
      @JobHandler('sync')
      run(): void {}
    }
    const first = await startApp({ providers: [Sync], kyu });
    const [before] = await rowsOf(kyu);
    expect(before).toMatchObject({ name: 'sync', source: 'options' });
    await closeOnce(first);
    await missSince(kyu, 'sync', '3 hours');
    await startApp({ providers: [Sync], kyu });
    await eventually(async () => {
      const jobs = await jobsOf(kyu, 'sync');
      expect(jobs).toMatchObject([{ status: 'completed', payload: { all: true } }]);
    });
    expect((await rowsOf(kyu))[0]?.next_run_at).toEqual(before?.next_run_at);
  });

  it('is refused with the place of the mistake', async () => {
    const schedules = [{ name: 'a', cron: YEARLY, type: 'x', jiter: 5 } as ScheduleInput];
    const error = await startError({ kyu: ledger.options({ schedules }) });
    expect(error.message).toContain('schedules[0]: jiter: got an option that does not exist');
    expect(error.message).toContain('(did you mean "jitter"?)');
    const notAList = await startError({ kyu: ledger.options({ schedules: {} as never }) });
    expect(notAList.message).toContain('schedules: got');
  });

  it('F50 is fired only by those whose code declares it', async () => {
    const old = ledger.options({ schedules: [{ name: 'gone', cron: EVERY_SECOND, type: 'gone' }] });
    const before = await startApp({ kyu: old });
    await eventually(async () => expect(await jobsOf(old, 'gone')).not.toEqual([]));
    await closeOnce(before);
    const count = (await jobsOf(old, 'gone')).length;
    const { schedules: _, ...without } = old;
    const after = await startApp({ kyu: { ...without, logger: old.logger } });
    await after.get(KyuSchedules).upsert({ name: 'proof', cron: EVERY_SECOND, type: 'proof' });
    await eventually(async () => expect(await jobsOf(old, 'proof')).not.toEqual([]));
    expect(await jobsOf(old, 'gone')).toHaveLength(count);
  });
});

describe('KyuSchedules', () => {
  it('F51 adds, shows, changes, pauses, resumes and removes', async () => {
    const kyu = ledger.options();
    const schedules = (await startApp({ kyu })).get(KyuSchedules);
    const made = await schedules.upsert({
      name: 'tenant-42',
      cron: '0 7 * * *',
      timezone: 'Europe/Berlin',
      type: 'sync',
      payload: { tenant: 42 },
    });
    expect(made).toMatchObject({ source: 'dynamic', queue: kyu.queueName, payload: { tenant: 42 } });
    const ticks = await schedules.next('tenant-42', 3);
    expect(ticks).toHaveLength(3);
    expect(ticks[0]).toEqual(made.nextRunAt);
    expect(await schedules.get('tenant-42')).toEqual(made);
    const changed = await schedules.upsert({ name: 'tenant-42', cron: '0 8 * * *', type: 'sync' });
    expect(changed).toMatchObject({ cron: '0 8 * * *', timezone: 'UTC', payload: null });
    expect(await schedules.pause('tenant-42')).toMatchObject({
      nextRunAt: null,
      pausedAt: expect.any(Date) as Date,
    });
    expect(await schedules.resume('tenant-42')).toMatchObject({
      pausedAt: null,
      nextRunAt: changed.nextRunAt,
    });
    expect(await schedules.list()).toHaveLength(1);
    await schedules.remove('tenant-42');
    expect(await schedules.list()).toEqual([]);
  });

  it('F51 shows the last run and the next, and a job of it in between', async () => {
    const kyu = ledger.options();
    const schedules = (await startApp({ kyu })).get(KyuSchedules);
    await schedules.upsert({ name: 'often', cron: EVERY_SECOND, type: 'often', queue: `${kyu.queueName}:x` });
    const seen = await eventually(async () => {
      const schedule = await schedules.get('often');
      expect(schedule.lastRunAt).not.toBeNull();
      return schedule;
    });
    expect(Number(seen.nextRunAt) - Number(seen.lastRunAt)).toBe(1_000);
    const job = await ledger.job(seen.lastJobId ?? '');
    expect(job).toMatchObject({
      job_type: 'often',
      queue: `${kyu.queueName}:x`,
      scheduled_at: seen.lastRunAt,
    });
    await schedules.pause('often');
    const { id } = await schedules.runNow('often');
    expect(await ledger.job(id)).toMatchObject({ job_type: 'often', status: 'pending', scheduled_at: null });
  });

  it('refuses what cannot be used, and names that are not there or not its own', async () => {
    const kyu = ledger.options({ schedules: [{ name: 'of-code', cron: YEARLY, type: 'x' }] });
    const schedules = (await startApp({ kyu })).get(KyuSchedules);
    await expect(schedules.upsert({ name: 'x', cron: 'x', type: 'x' })).rejects.toThrow(InvalidScheduleError);
    await expect(schedules.upsert({ name: 'x', cron: 'x', type: 'x' })).rejects.toMatchObject({
      code: 'KYU_INVALID_SCHEDULE',
      field: 'cron',
    });
    await expect(schedules.upsert({ name: 'of-code', cron: YEARLY, type: 'x' })).rejects.toThrow(
      'Schedule "of-code" exists twice: one of options and one of KyuSchedules.upsert.',
    );
    for (const call of ['get', 'pause', 'resume', 'remove', 'next', 'runNow'] as const) {
      await expect(schedules[call]('nothing'), call).rejects.toThrow(ScheduleNotFoundError);
    }
    await expect(schedules.next('of-code', 0)).rejects.toThrow(InvalidQueryError);
  });

  it('works in a process that only enqueues, and the workers of others fire', async () => {
    const kyu = ledger.options({ role: 'producer' });
    const producer = (await startApp({ kyu })).get(KyuSchedules);
    await producer.upsert({ name: 'remote', cron: EVERY_SECOND, type: 'remote' });
    await startApp({ kyu: { ...kyu, role: 'worker' } });
    await eventually(async () => expect(await jobsOf(kyu, 'remote')).not.toEqual([]));
  });
});

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
    expect(await jobsOf(kyu, 'once')).toHaveLength(1);
    expect((await jobsOf(kyu, 'skip')).length).toBeLessThanOrEqual(clock?.minutes === 0 ? 1 : 0);
    // The full hours of the last three and a half.
    const hours = (clock?.minutes ?? 0) < 30 ? 4 : 3;
    expect([hours, hours + 1]).toContain((await jobsOf(kyu, 'all')).length);
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
      const replaced = (await jobsOf(kyu, 'replace')).filter(({ status }) => status === 'cancelled');
      expect(replaced.length).toBeGreaterThanOrEqual(2);
    });
    const living = (await jobsOf(kyu, 'replace')).filter(({ status }) => status !== 'cancelled');
    expect(living.length).toBe(1);
    for (const [name, isExpected] of [
      ['skip', (gapMs: number) => gapMs >= 2_000],
      ['queue', (gapMs: number) => gapMs === 1_000],
    ] as const) {
      const [first, ...others] = await jobsOf(kyu, name);
      expect(others, name).toEqual([]);
      await ledger.sql(`update kyu_jobs set status = 'cancelled', completed_at = now() where id = $1`, [
        first?.id,
      ]);
      await eventually(async () => {
        const [, second] = await jobsOf(kyu, name);
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
    await missSince(kyu, 'nightly', '10 minutes');
    await startApp({ providers: [Nightly], kyu: { ...kyu, runOnce: true } });
    expect(ran).toEqual(['tonight']);
    expect(await jobsOf(kyu, 'nightly')).toMatchObject([{ status: 'completed' }]);
  });
});
