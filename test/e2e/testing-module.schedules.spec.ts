import { Injectable } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { CronJob, JobHandler, KyuAdmin, KyuSchedules, type JobContext } from 'nestjs-kyu';
import { KyuTestbed, KyuTestingModule, VirtualClock, type KyuTestingOptions } from 'nestjs-kyu/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SILENT } from '../support/testing/mail-module.js';

@Injectable()
class Reports {
  readonly digests: string[] = [];
  readonly syncs: unknown[] = [];

  @CronJob('0 7 * * 1-5', { name: 'daily-digest', timezone: 'Europe/Berlin' })
  digest(_payload: unknown, job: JobContext): void {
    this.digests.push(job.scheduledAt?.toISOString() ?? 'not planned');
  }

  @JobHandler('sync')
  sync(payload: unknown): void {
    this.syncs.push(payload);
  }
}

async function open(
  options: KyuTestingOptions = {},
): Promise<{ app: TestingModule; kyu: KyuTestbed; reports: Reports }> {
  // A Thursday, in the week in which clocks change in Berlin.
  const clock = new VirtualClock('2026-03-26T00:00:00Z');
  const app = await Test.createTestingModule({
    imports: [KyuTestingModule.forRoot({ clock, ...options })],
    providers: [Reports],
  })
    .setLogger(SILENT)
    .compile();
  onTestFinished(() => app.close());
  return { app, kyu: app.get(KyuTestbed), reports: app.get(Reports) };
}

describe('the test kit', () => {
  it('F50 fires schedules in virtual time, at their ticks', async () => {
    const { kyu, reports } = await open();
    await kyu.advance('5h');
    expect(reports.digests).toEqual([]);
    await kyu.advance('5d');
    expect(reports.digests).toEqual([
      '2026-03-26T06:00:00.000Z',
      '2026-03-27T06:00:00.000Z',
      '2026-03-30T05:00:00.000Z',
      '2026-03-31T05:00:00.000Z',
    ]);
    expect(kyu.enqueued('daily-digest')).toHaveLength(4);
    kyu.expectEnqueued('daily-digest', (_payload, job) => job.enqueuedAt.getUTCHours() === 5);
  });

  it('fires every second of ten minutes, each once', async () => {
    const { app, kyu, reports } = await open();
    await app.get(KyuSchedules).upsert({ name: 'often', cron: '* * * * * *', type: 'sync', payload: 1 });
    await kyu.advance('10m');
    expect(reports.syncs).toHaveLength(600);
  });

  it('leaves schedules out of account when it drains what is planned', async () => {
    const { app, kyu, reports } = await open();
    await kyu.drain({ scheduled: true });
    expect(reports.digests).toEqual([]);
    await app.get(KyuSchedules).upsert({ name: 'later', cron: '0 12 * * *', type: 'sync', jitter: '30m' });
    await kyu.advance('12h1s');
    expect(reports.syncs).toEqual([]);
    await kyu.drain({ scheduled: true });
    expect(reports.syncs).toEqual([null]);
    expect(reports.digests).toHaveLength(1);
  });

  it('F51 pauses and resumes them, and forgets for the next test what a test has added', async () => {
    const { app, kyu, reports } = await open();
    const schedules = app.get(KyuSchedules);
    await kyu.drain();
    await schedules.upsert({ name: 'mine', cron: '0 * * * *', type: 'sync' });
    await schedules.pause('daily-digest');
    await kyu.advance('1d');
    expect(reports.digests).toEqual([]);
    expect(reports.syncs).toHaveLength(24);
    await schedules.resume('daily-digest');
    await kyu.advance('1d');
    expect(reports.digests).toEqual(['2026-03-27T06:00:00.000Z']);
    kyu.clear();
    expect((await schedules.list()).map(({ name }) => name)).toEqual(['daily-digest']);
  });

  it('F49 asks a provider at the start, and whenever a test says so', async () => {
    let tenants = [1, 2];
    const scheduleProvider = {
      load: () =>
        tenants.map((id) => ({ name: `tenant-${id}`, cron: '0 0 * * *', type: 'sync', payload: id })),
    };
    const { app, kyu, reports } = await open({ scheduleProvider });
    await kyu.advance('1d');
    expect(reports.syncs).toEqual([1, 2]);
    tenants = [2, 3];
    await app.get(KyuSchedules).sync();
    await kyu.advance('1d');
    expect(reports.syncs.slice(2)).toEqual([2, 3]);
  });

  it('replaces the job of a tick by that of the next', async () => {
    const { app, kyu } = await open();
    await app.get(KyuSchedules).upsert({ name: 'r', cron: '0 * * * *', type: 'nobody', overlap: 'replace' });
    await kyu.advance('3h');
    const statuses = (await app.get(KyuAdmin).list({ type: 'nobody' })).jobs.map(({ status }) => status);
    expect(statuses).toEqual(['pending', 'cancelled', 'cancelled']);
  });
});
