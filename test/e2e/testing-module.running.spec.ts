import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  JobCancelledError,
  JobDeadlineError,
  JobHandler,
  JobWaitTimeoutError,
  KyuAdmin,
  KyuProducer,
  LeaseLostError,
  type JobContext,
} from 'nestjs-kyu';
import { createJobContext, KyuTestbed, KyuTestingModule, runJob } from 'nestjs-kyu/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SILENT } from '../support/testing/mail-module.js';

/** These handlers wait for nothing but virtual time and their signals. */
const IMPATIENT = { patience: '50ms' };

const reasons: unknown[] = [];

@Injectable()
class Handlers {
  constructor(private readonly kyu: KyuTestbed) {}

  @JobHandler('waits', { timeout: '10m', maxRetries: 0 })
  waits(_payload: unknown, { signal }: JobContext): Promise<never> {
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        reasons.push(signal.reason);
        reject(signal.reason as Error);
      });
    });
  }

  @JobHandler('ignores', { timeout: '10m' })
  ignores(): Promise<void> {
    return new Promise(() => {});
  }

  @JobHandler('goes_on', { timeout: '1m', maxRetries: 0 })
  async goesOn(_payload: unknown, job: JobContext): Promise<void> {
    await job.extend('1h');
    await new Promise(() => {});
  }

  @JobHandler('pays', { maxRetries: 0 })
  async pays({ fails }: { fails: boolean }, job: JobContext): Promise<void> {
    await this.kyu.transaction(async (manager) => {
      await job.completeIn(manager, { paid: true });
      if (fails) throw new Error('the card was refused');
    });
  }

  @JobHandler('talks')
  async talks(_payload: unknown, job: JobContext): Promise<void> {
    job.log('hello');
    await job.enqueue('child', { of: job.id });
  }

  @JobHandler('child')
  child(_payload: unknown, job: JobContext): string | null {
    return job.parentId;
  }
}

async function open() {
  reasons.length = 0;
  const app = await Test.createTestingModule({
    imports: [KyuTestingModule.forRoot()],
    providers: [Handlers],
  })
    .setLogger(SILENT)
    .compile();
  onTestFinished(() => app.close());
  return { kyu: app.get(KyuTestbed), admin: app.get(KyuAdmin), producer: app.get(KyuProducer) };
}

describe('F114 in virtual time', () => {
  it('F79 a job that runs can be cancelled', async () => {
    const { kyu, admin, producer } = await open();
    const { id } = await producer.enqueue('waits', null);
    expect(await kyu.advance('1s', IMPATIENT)).toMatchObject({ completed: 0, cancelled: 0 });
    expect(await admin.cancel(id, { reason: 'withdrawn' })).toEqual({ status: 'running' });
    expect(await kyu.advance('2s', IMPATIENT)).toMatchObject({ cancelled: 1, dead: 0 });
    expect(reasons).toMatchObject([expect.any(JobCancelledError)]);
    expect(await kyu.job(id)).toMatchObject({ status: 'cancelled', errorMessage: 'withdrawn' });
  });

  it('F79 a handler that ignores that has the grace period', async () => {
    const { kyu, admin, producer } = await open();
    const { id } = await producer.enqueue('ignores', null);
    await kyu.advance('1s', IMPATIENT);
    await admin.cancel(id);
    expect(await kyu.advance('29s', IMPATIENT)).toMatchObject({ cancelled: 0 });
    expect(await kyu.advance('3s', IMPATIENT)).toMatchObject({ cancelled: 1 });
  });

  it('F12 a deadline ends a run, and keeps a job from running at all', async () => {
    const { kyu, producer } = await open();
    const deadlineAt = new Date(kyu.now().getTime() + 60_000);
    const first = await producer.enqueue('waits', null, { deadlineAt });
    const late = await producer.enqueue('waits', null, { deadlineAt, delay: '2m' });
    expect(await kyu.advance('61s', IMPATIENT)).toMatchObject({ dead: 1 });
    expect(reasons).toMatchObject([expect.any(JobDeadlineError)]);
    expect(await kyu.advance('1m', IMPATIENT)).toMatchObject({ dead: 1 });
    expect(reasons).toHaveLength(1);
    for (const { id } of [first, late]) {
      expect((await kyu.job(id)).errorMessage).toContain(JobDeadlineError.name);
    }
  });

  it('a run may take longer than its job says', async () => {
    const { kyu, producer } = await open();
    const { id } = await producer.enqueue('goes_on', null);
    expect(await kyu.advance('59m', IMPATIENT)).toMatchObject({ dead: 0 });
    expect(await kyu.advance('2m', IMPATIENT)).toMatchObject({ dead: 1 });
    expect((await kyu.job(id)).run).toBe(1);
  });

  it('a run settles itself in the transaction of the testbed, or not at all', async () => {
    const { kyu, producer } = await open();
    const paid = await producer.enqueue('pays', { fails: false });
    const refused = await producer.enqueue('pays', { fails: true });
    expect(await kyu.drain()).toMatchObject({ completed: 1, dead: 1 });
    expect(await kyu.job(paid.id)).toMatchObject({ status: 'completed', result: { paid: true } });
    expect(await kyu.job(refused.id)).toMatchObject({ result: null, errorMessage: 'the card was refused' });
  });

  it('a process that dies before it settles takes that transaction with it', async () => {
    const { kyu, producer } = await open();
    kyu.crashBeforeSettle('pays');
    const { id } = await producer.enqueue('pays', { fails: false }, { maxRetries: 1 });
    expect(await kyu.drain()).toMatchObject({ crashed: 1, completed: 0 });
    expect(await kyu.advance('12s')).toMatchObject({ completed: 1 });
    expect(await kyu.job(id)).toMatchObject({ status: 'completed', run: 2 });
  });

  it('waitFor answers when the job ends, and gives up in virtual time', async () => {
    const { kyu, producer } = await open();
    const { id } = await producer.enqueue('talks', null);
    const result = producer.waitFor(id);
    await kyu.drain();
    expect(await result).toBeNull();
    const never = await producer.enqueue('child', null, { delay: '1h' });
    const given = producer.waitFor(never.id, { timeout: '10s' }).catch((error: unknown) => error);
    await kyu.advance('10s');
    expect(await given).toBeInstanceOf(JobWaitTimeoutError);
  });

  it('lines are kept, and children know their parent', async () => {
    const { kyu, admin, producer } = await open();
    const { id } = await producer.enqueue('talks', null);
    await kyu.drain();
    expect(await admin.logs(id)).toMatchObject([{ run: 1, line: 1, message: 'hello' }]);
    const child = kyu.expectEnqueued('child', { of: id });
    expect(await kyu.job(child.id)).toMatchObject({ parentId: id, status: 'completed', result: id });
  });

  it('run() enqueues children for real', async () => {
    const { kyu } = await open();
    await kyu.run('talks', null);
    kyu.expectEnqueued('child');
  });
});

describe('F114 a context without a worker', () => {
  it('keeps what the handler asked of it', async () => {
    const job = createJobContext({
      parentId: '01900000-0000-7000-8000-000000000001',
      errors: [{ run: 1, attempt: 1, outcome: 'failed', message: 'busy', finishedAt: new Date(0) }],
    });
    expect(job.errors).toMatchObject([{ message: 'busy', finishedAt: new Date(0) }]);
    expect(await job.extend('5m')).toBe(300_000);
    await job.completeIn({}, { paid: true });
    await job.enqueue('child', { n: 1 }, { delay: '1m' });
    expect(job).toMatchObject({
      parentId: '01900000-0000-7000-8000-000000000001',
      completions: [{ paid: true }],
      children: [{ type: 'child', payload: { n: 1 }, options: { delay: '1m' } }],
    });
    job.abort('cancelled');
    expect(job.signal.reason).toBeInstanceOf(JobCancelledError);
  });

  it('aborts for every cause with the error that Kyu gives', () => {
    const causes = ['deadline', 'lease-lost'] as const;
    const given = causes.map((cause) => {
      const job = createJobContext();
      job.abort(cause);
      return job.signal.reason as Error;
    });
    expect(given).toMatchObject([expect.any(JobDeadlineError), expect.any(LeaseLostError)]);
  });

  it('is what runJob hands out', async () => {
    const { result } = await runJob(async (_payload: null, job) => job.extend(1_000), null);
    expect(result).toBe(1_000);
  });
});
