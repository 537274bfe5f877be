import { Injectable } from '@nestjs/common';
import {
  KyuAdmin,
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
import { EVERY_SECOND, jobsOf, missSince, rowsOf, YEARLY } from '../support/scheduling.js';
import { TestLedger } from '../support/test-ledger.js';

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await TestLedger.open('scheduling');
});

afterAll(() => ledger.close());

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
        priority: 'high',
        tags: ['heart'],
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
    expect(seen[0]).toMatchObject({ type: 'pulse', priority: 10, maxAttempts: 3 });
    const [job] = await jobsOf(ledger, kyu, 'pulse');
    expect(job).toMatchObject({
      job_type: 'pulse',
      timeout_ms: '7000',
      payload: { beat: 1 },
      tags: ['heart', 'schedule:pulse'],
    });
    expect(await rowsOf(ledger, kyu)).toMatchObject([{ name: 'pulse', source: 'decorator' }]);
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
    expect(await app.get(KyuAdmin).schedules()).toEqual(schedules);
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
    const [before] = await rowsOf(ledger, kyu);
    expect(before).toMatchObject({ name: 'sync', source: 'options' });
    await closeOnce(first);
    await missSince(ledger, kyu, 'sync', '3 hours');
    await startApp({ providers: [Sync], kyu });
    await eventually(async () => {
      const jobs = await jobsOf(ledger, kyu, 'sync');
      expect(jobs).toMatchObject([{ status: 'completed', payload: { all: true } }]);
    });
    expect((await rowsOf(ledger, kyu))[0]?.next_run_at).toEqual(before?.next_run_at);
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
    await eventually(async () => expect(await jobsOf(ledger, old, 'gone')).not.toEqual([]));
    await closeOnce(before);
    const count = (await jobsOf(ledger, old, 'gone')).length;
    const { schedules: _, ...without } = old;
    const after = await startApp({ kyu: { ...without, logger: old.logger } });
    await after.get(KyuSchedules).upsert({ name: 'proof', cron: EVERY_SECOND, type: 'proof' });
    await eventually(async () => expect(await jobsOf(ledger, old, 'proof')).not.toEqual([]));
    expect(await jobsOf(ledger, old, 'gone')).toHaveLength(count);
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
      // PostgreSQL cannot even be asked for such a name.
      await expect(schedules[call]('no\0thing'), call).rejects.toThrow(ScheduleNotFoundError);
    }
    await expect(schedules.next('of-code', 0)).rejects.toThrow(InvalidQueryError);
  });

  it('works in a process that only enqueues, and the workers of others fire', async () => {
    const kyu = ledger.options({ role: 'producer' });
    const producer = (await startApp({ kyu })).get(KyuSchedules);
    await producer.upsert({ name: 'remote', cron: EVERY_SECOND, type: 'remote' });
    await startApp({ kyu: { ...kyu, role: 'worker' } });
    await eventually(async () => expect(await jobsOf(ledger, kyu, 'remote')).not.toEqual([]));
  });
});
