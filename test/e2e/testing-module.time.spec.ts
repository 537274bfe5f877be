import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { JobHandler, KyuAdmin, KyuProducer, KyuWorkers, type JobContext } from 'nestjs-kyu';
import { KyuTestbed, KyuTestingModule, VirtualClock } from 'nestjs-kyu/testing';
import { describe, expect, it } from 'vitest';
import { MailModule, openMailApp, SILENT } from '../support/testing/mail-module.js';

/** These handlers wait for nothing but virtual time. */
const IMPATIENT = { patience: '50ms' };

const START = Date.parse('2026-01-01T00:00:00Z');

describe('F114 advance', () => {
  it('runs a job again after its backoff, to the millisecond', async () => {
    const { kyu, producer, diary } = await openMailApp();
    diary.failures = 2;
    const { id } = await producer.enqueue('send_email', { to: 'a@b.example' });
    expect(await kyu.drain()).toMatchObject({ failed: 1 });
    expect(await kyu.job(id)).toMatchObject({
      status: 'failed',
      retryCount: 1,
      errorMessage: 'smtp is away',
    });
    expect(await kyu.advance(999)).toMatchObject({ failed: 0 });
    expect(await kyu.advance(1)).toMatchObject({ failed: 1 });
    expect(await kyu.advance('1999ms')).toMatchObject({ completed: 0 });
    expect(await kyu.advance('1ms')).toMatchObject({ completed: 1 });
    expect(await kyu.job(id)).toMatchObject({ status: 'completed', run: 3 });
  });

  it('goes through all attempts in one call', async () => {
    const { kyu, producer, diary } = await openMailApp();
    diary.failures = 99;
    const { id } = await producer.enqueue('send_email', { to: 'a@b.example' });
    expect(await kyu.advance('1h')).toEqual({ completed: 0, failed: 2, dead: 1, snoozed: 0, crashed: 0 });
    expect(await kyu.job(id)).toMatchObject({ status: 'dead', run: 3, completedAt: new Date(START + 3_000) });
  });

  it('runs each job at its instant, in order, and a month in an instant', async () => {
    const seen: [string, number][] = [];
    @Injectable()
    class Reminders {
      constructor(private readonly kyu: KyuTestbed) {}

      @JobHandler('remind')
      remind({ name }: { name: string }): void {
        seen.push([name, this.kyu.now().getTime() - START]);
      }
    }
    const clock = new VirtualClock();
    const app = await Test.createTestingModule({
      imports: [KyuTestingModule.forRoot({ clock })],
      providers: [Reminders],
    }).compile();
    const [kyu, producer] = [app.get(KyuTestbed), app.get(KyuProducer)];
    clock.after(86_400_000, () => void producer.enqueue('remind', { name: 'by a timer' }));
    await producer.enqueue('remind', { name: 'in a month' }, { delay: '30d' });
    await producer.enqueue('remind', { name: 'at noon' }, { scheduledAt: new Date('2026-01-01T12:00:00Z') });
    await producer.enqueue('remind', { name: 'soon' }, { delay: 7 });
    await kyu.advance('31d');
    expect(seen).toEqual([
      ['soon', 7],
      ['at noon', 43_200_000],
      ['by a timer', 86_400_000],
      ['in a month', 30 * 86_400_000],
    ]);
    expect(kyu.now()).toEqual(new Date('2026-02-01T00:00:00Z'));
    await app.close();
  });

  it('times out a handler that never settles, and tries it again', async () => {
    const { kyu, producer, diary } = await openMailApp();
    const { id } = await producer.enqueue('hang', {});
    expect(await kyu.advance('19s', IMPATIENT)).toMatchObject({ failed: 0 });
    expect(await kyu.job(id)).toMatchObject({ status: 'running' });
    expect(await kyu.advance('1s', IMPATIENT)).toMatchObject({ failed: 1 });
    expect(diary.lines).toEqual(['JobTimeoutError']);
    expect(await kyu.advance('1m', IMPATIENT)).toMatchObject({ dead: 1 });
    expect((await kyu.job(id)).errorMessage).toMatch(/^JobTimeoutError: .* did not end within 20000 ms\./);
  });

  it('keeps the lease of its own worker, however far the clock jumps', async () => {
    const { app, kyu, producer, diary } = await openMailApp();
    await kyu.drain();
    const { workerId } = app.get(KyuWorkers).status();
    await kyu.advance('1d');
    await producer.enqueue('hang', {});
    await kyu.advance('15s', IMPATIENT);
    await kyu.advance('1d', IMPATIENT);
    expect(diary.lines).toEqual(['JobTimeoutError', 'JobTimeoutError']);
    expect(app.get(KyuWorkers).status()).toMatchObject({ workerId, inFlight: 0 });
    expect(await app.get(KyuAdmin).workers()).toMatchObject([{ workerId, state: 'alive' }]);
    expect(await app.get(KyuAdmin).queues()).toMatchObject([{ liveWorkers: 1 }]);
  });

  it('snoozes without an attempt, and waits as long as RetryJob says', async () => {
    const { kyu, producer, diary } = await openMailApp();
    const { id } = await producer.enqueue('throttled', {});
    expect(await kyu.drain()).toMatchObject({ snoozed: 1 });
    expect(await kyu.job(id)).toMatchObject({ status: 'scheduled', retryCount: 0 });
    expect(await kyu.advance('30s')).toMatchObject({ failed: 1 });
    expect(await kyu.job(id)).toMatchObject({ status: 'failed', errorMessage: 'RetryJob: still busy' });
    expect(await kyu.advance('119s')).toMatchObject({ completed: 0 });
    expect(await kyu.advance('1s')).toMatchObject({ completed: 1 });
    expect(diary.lines).toEqual(['throttled 1/1', 'throttled 2/1', 'throttled 3/2']);
  });

  it('leaves a handler the time that real work takes', async () => {
    @Injectable()
    class Reader {
      @JobHandler('read', { timeout: '1s', maxRetries: 0 })
      async read(_payload: unknown, job: JobContext): Promise<number> {
        let bytes = 0;
        for (let turn = 0; turn < 20; turn += 1) {
          bytes += (await readFile(fileURLToPath(import.meta.url))).length;
          job.signal.throwIfAborted();
        }
        return bytes;
      }
    }
    const app = await Test.createTestingModule({ imports: [KyuTestingModule.forRoot()], providers: [Reader] })
      .setLogger(SILENT)
      .compile();
    const kyu = app.get(KyuTestbed);
    await app.get(KyuProducer).enqueue('read', {});
    expect(await kyu.advance('1h', { patience: '20s' })).toMatchObject({ completed: 1, dead: 0 });
    await app.close();
  });

  it('stops at a job that brings itself back, and refuses what is no duration', async () => {
    const { kyu, producer } = await openMailApp();
    await producer.enqueue('tick', {});
    await expect(kyu.advance('1h', { maxRuns: 20 })).rejects.toThrow('advance() ran 20 jobs');
    await expect(kyu.advance('soon')).rejects.toThrow('"soon" is no duration');
    await expect(kyu.advance(-1)).rejects.toThrow(RangeError);
  });
});

describe('F114 drain', () => {
  it('runs what is scheduled as well, if asked to: time passes for it', async () => {
    const { kyu, producer, diary } = await openMailApp();
    diary.failures = 1;
    await producer.enqueue('send_email', { to: 'tomorrow' }, { delay: '1d' });
    await producer.enqueue('hang', {});
    expect(await kyu.drain({ scheduled: true, ...IMPATIENT })).toEqual({
      completed: 1,
      failed: 2,
      dead: 1,
      snoozed: 0,
      crashed: 0,
    });
    expect(kyu.now()).toEqual(new Date(START + 86_401_000));
    expect(await kyu.jobs({ status: ['pending', 'scheduled', 'running', 'failed'] })).toEqual([]);
  });

  it('lets time pass for reports of progress that are written only so often', async () => {
    const { kyu, producer } = await openMailApp();
    const { id } = await producer.enqueue('report_often', {});
    expect(await kyu.drain()).toMatchObject({ completed: 1 });
    expect(await kyu.job(id)).toMatchObject({ progress: { percent: 100 } });
    expect(kyu.now()).toEqual(new Date(START + 4 * 250));
  });

  it('leaves the clock where it is', async () => {
    const { kyu, producer } = await openMailApp({ clock: new VirtualClock('2027-03-01T08:00:00Z') });
    await producer.enqueue('send_email', { to: 'a@b.example' });
    await kyu.drain();
    expect(kyu.now()).toEqual(new Date('2027-03-01T08:00:00Z'));
  });
});

it('F114 serves other clocks: two applications on one move together', async () => {
  const clock = new VirtualClock();
  const first = await openMailApp({ clock });
  const app = await Test.createTestingModule({
    imports: [KyuTestingModule.forRoot({ clock }), MailModule],
  }).compile();
  await first.kyu.advance('1h');
  expect(app.get(KyuTestbed).now()).toEqual(new Date(START + 3_600_000));
  expect(app.get(VirtualClock)).toBe(clock);
  await app.close();
});

describe('F69 advance and retention', () => {
  it('removes what has been kept long enough, and archives it where it should', async () => {
    const { app, kyu, producer, diary } = await openMailApp({
      retention: { completed: '7d', dead: { keepFor: '7d', then: 'archive' } },
    });
    const sent = await producer.enqueue('send_email', { to: 'a@b.example' });
    await kyu.drain();
    diary.failures = 99;
    const dead = await producer.enqueue('send_email', { to: 'c@d.example' });
    await kyu.advance('6d');
    expect(await kyu.job(sent.id)).toMatchObject({ status: 'completed' });
    await kyu.advance('2d');
    await expect(kyu.job(sent.id)).rejects.toThrow('There is no job');
    expect(await kyu.jobs()).toEqual([]);
    expect((await kyu.job(dead.id)).archivedAt).toBeInstanceOf(Date);
    const { jobs } = await app.get(KyuAdmin).list({ archived: true });
    expect(jobs.map(({ id }) => id)).toEqual([dead.id]);
  });
});
