import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  KyuAdmin,
  OnJobEvent,
  type JobRescuedEvent,
  type JobStalledEvent,
  type JobSucceededEvent,
} from 'nestjs-kyu';
import { KyuTestingModule } from 'nestjs-kyu/testing';
import { describe, expect, it } from 'vitest';
import { handlesOf, MailModule, openMailApp, SILENT } from '../support/testing/mail-module.js';

/** These handlers wait for nothing but virtual time. */
const IMPATIENT = { patience: '50ms' };

describe('F114 crashBeforeSettle', () => {
  it('runs the job, loses its end, and runs it again once the lease is over', async () => {
    const { app, kyu, producer, diary } = await openMailApp();
    kyu.crashBeforeSettle('send_email');
    const { id } = await producer.enqueue('send_email', { to: 'a@b.example' });
    expect(await kyu.drain()).toEqual({
      completed: 0,
      failed: 0,
      dead: 0,
      cancelled: 0,
      snoozed: 0,
      crashed: 1,
    });
    expect(await kyu.job(id)).toMatchObject({ status: 'running', run: 1, crashCount: 0 });
    expect(await kyu.advance('10s')).toMatchObject({ completed: 0 });
    expect(await kyu.advance('2s')).toMatchObject({ completed: 1 });
    expect(diary.lines).toEqual(['send to a@b.example', 'send to a@b.example']);
    expect(await kyu.job(id)).toMatchObject({ status: 'completed', run: 2, retryCount: 1 });
    expect(await app.get(KyuAdmin).runs(id)).toMatchObject([
      { run: 1, outcome: 'crashed' },
      { run: 2, outcome: 'completed' },
    ]);
  });

  it('happens to the next run of that type alone, as often as it was called', async () => {
    const { kyu, producer } = await openMailApp();
    kyu.crashBeforeSettle('send_email');
    kyu.crashBeforeSettle('send_email');
    await producer.enqueue('throttled', {});
    for (const to of ['1', '2', '3']) await producer.enqueue('send_email', { to });
    expect(await kyu.drain()).toMatchObject({ crashed: 2, completed: 1, snoozed: 1 });
    expect(await kyu.jobs({ status: 'running' })).toHaveLength(2);
    expect(await kyu.advance('12s')).toMatchObject({ crashed: 0, completed: 2 });
  });

  it('waits for its type, however long nothing of it runs', async () => {
    const { kyu, producer } = await openMailApp();
    kyu.crashBeforeSettle('send_email');
    await producer.enqueue('throttled', {});
    await kyu.advance('2h');
    const { id } = await producer.enqueue('send_email', { to: 'a@b.example' });
    expect(await kyu.drain()).toMatchObject({ crashed: 1 });
    await kyu.advance('12s');
    expect(await kyu.job(id)).toMatchObject({ status: 'completed', run: 2 });
  });

  it('uses an attempt: a job without any left is dead', async () => {
    const { kyu, producer } = await openMailApp();
    kyu.crashBeforeSettle('send_email');
    const { id } = await producer.enqueue('send_email', { to: 'a@b.example' }, { maxRetries: 0 });
    await kyu.drain();
    expect(await kyu.advance('12s')).toMatchObject({ dead: 1 });
    expect((await kyu.job(id)).errorMessage).toMatch(/^the worker process died/);
  });

  it('keeps to the lease of the options, and works without Redis', async () => {
    const { kyu, producer } = await openMailApp({ lease: { beat: '10s', length: '1m' }, redis: false });
    kyu.crashBeforeSettle('send_email');
    await producer.enqueue('send_email', { to: 'a@b.example' });
    await kyu.drain();
    expect(await kyu.advance('1m')).toMatchObject({ completed: 0 });
    expect(await kyu.advance('2s')).toMatchObject({ completed: 1 });
  });

  it('outlives a long run: the process dies at its end, not before', async () => {
    const { kyu, producer } = await openMailApp();
    kyu.crashBeforeSettle('hang');
    await producer.enqueue('hang', {});
    expect(await kyu.advance('19s', IMPATIENT)).toMatchObject({ crashed: 0 });
    expect(await kyu.jobs()).toMatchObject([{ run: 1, status: 'running' }]);
    expect(await kyu.advance('1s', IMPATIENT)).toMatchObject({ crashed: 1 });
    await kyu.advance('12s', IMPATIENT);
    expect(await kyu.jobs()).toMatchObject([{ run: 2, status: 'running', crashCount: 1 }]);
  });

  it('is heard by listeners', async () => {
    const heard: string[] = [];
    @Injectable()
    class Listener {
      @OnJobEvent('stalled')
      stalled({ run }: JobStalledEvent): void {
        heard.push(`run ${run} stalled`);
      }
      @OnJobEvent('rescued')
      rescued({ run }: JobRescuedEvent): void {
        heard.push(`run ${run} rescued`);
      }
      @OnJobEvent('succeeded')
      succeeded({ run }: JobSucceededEvent): void {
        heard.push(`run ${run} succeeded`);
      }
    }
    const app = await Test.createTestingModule({
      imports: [KyuTestingModule.forRoot(), MailModule],
      providers: [Listener],
    })
      .setLogger(SILENT)
      .compile();
    const { kyu, producer } = handlesOf(app);
    kyu.crashBeforeSettle('send_email');
    await producer.enqueue('send_email', { to: 'a@b.example' });
    await kyu.advance('12s');
    expect(heard).toEqual(['run 1 stalled', 'run 1 rescued', 'run 2 succeeded']);
  });
});

describe('F114 loseRedis', () => {
  it('costs no job: those from before, during and after run', async () => {
    const { kyu, producer, diary } = await openMailApp();
    await producer.enqueue('send_email', { to: 'before' });
    kyu.loseRedis();
    await producer.enqueue('send_email', { to: 'during' });
    expect(await kyu.drain()).toMatchObject({ completed: 2 });
    await producer.enqueue('send_email', { to: 'still away' });
    kyu.restoreRedis();
    await producer.enqueue('send_email', { to: 'after' });
    expect(await kyu.drain()).toMatchObject({ completed: 2 });
    expect(diary.lines).toEqual(['before', 'during', 'still away', 'after'].map((to) => `send to ${to}`));
  });

  it('may happen before the start, and twice', async () => {
    const { kyu, producer } = await openMailApp();
    kyu.loseRedis();
    kyu.loseRedis();
    await producer.enqueue('send_email', { to: 'a@b.example' });
    expect(await kyu.drain()).toMatchObject({ completed: 1 });
  });

  it('is refused where there is none', async () => {
    const { kyu } = await openMailApp({ redis: false });
    expect(() => kyu.loseRedis()).toThrow("its options say 'redis: false'");
  });
});
