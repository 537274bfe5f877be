import type { INestApplicationContext } from '@nestjs/common';
import {
  CompletionRolledBackError,
  DiscardJob,
  JobCancelledError,
  JobDeadError,
  JobDeadlineError,
  JobHandler,
  JobNotFoundError,
  JobWaitTimeoutError,
  KyuAdmin,
  KyuJobEvents,
  KyuProducer,
  LeaseLostError,
  NoTransactionError,
  type JobCancelledEvent,
  type JobContext,
} from 'nestjs-kyu';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { closeOnce, openApp } from '../support/kyu-app.js';
import { TestLedger } from '../support/test-ledger.js';

let ledger: TestLedger;
let worker: INestApplicationContext;
/** Another application on the same ledger, which runs nothing. */
let office: INestApplicationContext;
let shop: DataSource;

const signals = new Map<string, AbortSignal>();
const contexts = new Map<string, JobContext>();

/** Waits until the signal aborts, and throws its reason. */
const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });

class Handlers {
  @JobHandler('waits', { timeout: '20s', maxRetries: 3 })
  waits(_payload: unknown, job: JobContext): Promise<never> {
    signals.set(job.id, job.signal);
    contexts.set(job.id, job);
    return aborted(job.signal);
  }

  @JobHandler('ends_well', { timeout: '20s' })
  async endsWell(_payload: unknown, job: JobContext): Promise<string> {
    signals.set(job.id, job.signal);
    await aborted(job.signal).catch(() => {});
    return 'there was nothing to undo';
  }

  @JobHandler('pays', { maxRetries: 0, timeout: '5s' })
  async pays({ orderId, fails }: { orderId: string; fails?: boolean }, job: JobContext): Promise<string> {
    await shop.transaction(async (manager) => {
      await manager.query('insert into payments (order_id, run) values ($1, $2)', [orderId, job.run]);
      await job.completeIn(manager, { paid: orderId });
      if (fails === true) throw new Error('the card was refused');
    });
    return 'not looked at';
  }

  @JobHandler('forgets_the_transaction', { maxRetries: 0 })
  async forgetsTheTransaction(_payload: unknown, job: JobContext): Promise<void> {
    await job.completeIn(shop.manager);
  }

  @JobHandler('swallows', { maxRetries: 0 })
  async swallows(orderId: string, job: JobContext): Promise<void> {
    const work = shop.transaction(async (manager) => {
      await manager.query('insert into payments (order_id, run) values ($1, $2)', [orderId, job.run]);
      await job.completeIn(manager);
      throw new Error('nobody hears of this');
    });
    await work.catch(() => {});
  }

  @JobHandler('talks', { maxRetries: 1 })
  talks(_payload: unknown, job: JobContext): void {
    job.log('attempt %d of %d', job.attempt, job.maxAttempts);
    if (job.attempt === 1) throw new Error('once more');
    job.log('done after: %s', job.errors.map(({ message }) => message).join());
    contexts.set(job.id, job);
  }

  @JobHandler('parent')
  async parent(_payload: unknown, job: JobContext): Promise<string> {
    const { id } = await job.enqueue('child', { of: job.id }, { priority: 3 });
    return id;
  }

  @JobHandler('child')
  child(_payload: unknown, job: JobContext): string | null {
    return job.parentId;
  }

  @JobHandler('takes_longer', { timeout: '300ms', maxRetries: 0 })
  async takesLonger(_payload: unknown, job: JobContext): Promise<number> {
    const leftMs = await job.extend('10s');
    await new Promise((resolve) => setTimeout(resolve, 600)); // the handler's work: twice its first limit
    return leftMs;
  }

  @JobHandler('discards_within', { maxRetries: 5 })
  discardsWithin(): void {
    throw new Error('the client failed', { cause: new DiscardJob('no such address') });
  }
}

beforeAll(async () => {
  ledger = await TestLedger.open('handlers');
  const options = ledger.options({ workers: 20, defaults: { backoff: { base: '50ms', jitter: 0 } } });
  worker = await openApp({ providers: [Handlers], kyu: options });
  office = await openApp({ kyu: { ...options, role: 'producer' } });
  const extra = { options: `-c search_path=${ledger.schema}` };
  shop = await new DataSource({ type: 'postgres', url: inject('databaseUrl'), extra }).initialize();
  await shop.query('create table payments (order_id text primary key, run integer not null)');
});

afterAll(async () => {
  await closeOnce(worker);
  await closeOnce(office);
  await shop.destroy();
  await ledger.close();
});

const kyu = (): KyuProducer => worker.get(KyuProducer);
/** From the other application, which hears nothing of the worker's. */
const waitFor = (id: string): Promise<unknown> => office.get(KyuProducer).waitFor(id);
const admin = (): KyuAdmin => office.get(KyuAdmin);

async function payments(orderId: string): Promise<unknown[]> {
  return ledger.sql('select run from payments where order_id = $1', [orderId]);
}

/** A job of this type that runs. */
async function running(type: string): Promise<{ id: string; signal: AbortSignal }> {
  const { id } = await kyu().enqueue(type, null);
  const signal = await eventually(() => {
    const seen = signals.get(id);
    if (seen === undefined) throw new Error('it does not run yet');
    return seen;
  });
  return { id, signal };
}

describe('a running job that is cancelled from another process', () => {
  it('F79 is told by its signal within 2 s, and is cancelled when its handler throws', async () => {
    const told: JobCancelledEvent[] = [];
    const end = worker.get(KyuJobEvents).on('cancelled', (event) => told.push(event));
    const { id, signal } = await running('waits');
    const askedAt = performance.now();
    expect(await admin().cancel(id, { reason: 'withdrawn' })).toEqual({ status: 'running' });
    await eventually(() => expect(signal.aborted).toBe(true), { withinMs: 2_000 });
    console.log(`A cancelled run was told after ${Math.round(performance.now() - askedAt)} ms.`);
    expect(signal.reason).toBeInstanceOf(JobCancelledError);
    expect(signal.reason).toMatchObject({ code: 'KYU_JOB_CANCELLED', jobId: id, reason: 'withdrawn' });
    expect(await ledger.ends(id)).toMatchObject({
      status: 'cancelled',
      error_message: 'withdrawn',
      retry_count: 0,
    });
    expect(await ledger.attempts(id)).toMatchObject([{ outcome: 'cancelled', error_message: 'withdrawn' }]);
    await eventually(() =>
      expect(told).toMatchObject([{ jobId: id, jobType: 'waits', reason: 'withdrawn' }]),
    );
    end();
    await admin().retry(id);
    expect(await ledger.reaches(id, 'running')).toMatchObject({ run: 2 });
    await worker.get(KyuAdmin).cancel(id);
    await ledger.reaches(id, 'cancelled', 1_000); // in its own process it is told at once
  });

  it('F79 is completed when its handler ends well all the same', async () => {
    const { id } = await running('ends_well');
    await admin().cancel(id);
    expect(await ledger.ends(id)).toMatchObject({ status: 'completed', result: 'there was nothing to undo' });
  });
});

describe('completeIn', () => {
  it('commits the effect and the end of the job together', async () => {
    const told: string[] = [];
    const end = worker.get(KyuJobEvents).on('succeeded', ({ jobId }) => told.push(jobId));
    const orderId = randomUUID();
    const { id } = await kyu().enqueue('pays', { orderId });
    expect(await waitFor(id)).toEqual({ paid: orderId });
    expect(await payments(orderId)).toEqual([{ run: 1 }]);
    expect(await ledger.attempts(id)).toMatchObject([{ run: 1, attempt: 1, outcome: 'completed' }]);
    await eventually(() => expect(told).toEqual([id]));
    end();
  });

  it('rolls both back with the handler’s own error', async () => {
    const orderId = randomUUID();
    const { id } = await kyu().enqueue('pays', { orderId, fails: true });
    expect(await ledger.ends(id)).toMatchObject({ status: 'dead', error_message: 'the card was refused' });
    expect(await payments(orderId)).toEqual([]);
  });

  it('fails the run with a clear error when the handler keeps the rollback to itself', async () => {
    const orderId = randomUUID();
    const { id } = await kyu().enqueue('swallows', orderId);
    const job = await ledger.ends(id);
    expect(job).toMatchObject({ status: 'dead', result: null });
    expect(job.error_message).toContain(CompletionRolledBackError.name);
    expect(await payments(orderId)).toEqual([]);
  });

  it('refuses a manager without a transaction', async () => {
    const { id } = await kyu().enqueue('forgets_the_transaction', null);
    const job = await ledger.ends(id);
    expect(job.error_message).toContain(NoTransactionError.name);
  });

  it('throws when the run was taken away meanwhile, and the effect does not commit', async () => {
    const { id, signal } = await running('waits');
    expect(signal.aborted).toBe(false);
    const orderId = randomUUID();
    await ledger.sql('update kyu_jobs set run = run + 1 where id = $1', [id]);
    const attempt = shop.transaction(async (manager) => {
      await manager.query('insert into payments (order_id, run) values ($1, 1)', [orderId]);
      await contexts.get(id)?.completeIn(manager);
    });
    await expect(attempt).rejects.toThrow(LeaseLostError);
    expect(await payments(orderId)).toEqual([]);
    await ledger.sql('update kyu_jobs set run = run - 1 where id = $1', [id]);
    await admin().cancel(id);
    await ledger.reaches(id, 'cancelled');
  });
});

describe('the fence', () => {
  it('lets a table of the application refuse the write of an older run', async () => {
    const orderId = randomUUID();
    const write = (run: number): Promise<unknown[]> =>
      ledger.sql(
        `insert into payments (order_id, run) values ($1, $2)
         on conflict (order_id) do update set run = excluded.run where payments.run <= excluded.run
         returning run`,
        [orderId, run],
      );
    const { id } = await kyu().enqueue('talks', null);
    await ledger.ends(id);
    const job = contexts.get(id);
    expect(job?.fence).toBe(`${id}:2`);
    expect(await write(job?.run ?? 0)).toEqual([{ run: 2 }]);
    // The first run comes back from a long sleep.
    expect(await write(1)).toEqual([]);
    expect(await payments(orderId)).toEqual([{ run: 2 }]);
  });
});

describe('what a handler says and learns', () => {
  it('F25 is kept line by line, for every run, and the earlier errors are at hand', async () => {
    const { id } = await kyu().enqueue('talks', null);
    expect(await ledger.ends(id)).toMatchObject({ status: 'completed' });
    const lines = await admin().logs(id);
    expect(lines.map(({ run, line, message }) => [run, line, message])).toEqual([
      [1, 1, 'attempt 1 of 2'],
      [2, 1, 'attempt 2 of 2'],
      [2, 2, 'done after: once more'],
    ]);
    expect(lines.every(({ at }) => Math.abs(at.getTime() - Date.now()) < 60_000)).toBe(true);
    expect(contexts.get(id)?.errors).toEqual([
      { run: 1, attempt: 1, outcome: 'failed', message: 'once more', finishedAt: expect.any(Date) },
    ]);
    await expect(admin().logs(randomUUID())).rejects.toThrow(JobNotFoundError);
  });

  it('has children that know their parent', async () => {
    const { id } = await kyu().enqueue('parent', null);
    const childId = (await waitFor(id)) as string;
    expect(await waitFor(childId)).toBe(id);
    expect(await admin().get(childId)).toMatchObject({ parentId: id, priority: 3, payload: { of: id } });
  });

  it('may take longer than its job says', async () => {
    const { id } = await kyu().enqueue('takes_longer', null);
    const leftMs = (await waitFor(id)) as number;
    expect(leftMs).toBeGreaterThan(9_000);
    expect(leftMs).toBeLessThanOrEqual(10_000);
  });

  it('F41 discards, too, when another error is around the word', async () => {
    const { id } = await kyu().enqueue('discards_within', null);
    expect(await ledger.ends(id)).toMatchObject({ status: 'dead', run: 1, retry_count: 0 });
  });
});

describe('the deadline of a job', () => {
  it('F12 ends the run before the time limit: dead, not tried again', async () => {
    const deadlineAt = new Date(Date.now() + 900);
    const { id } = await kyu().enqueue('waits', null, { deadlineAt });
    const job = await ledger.ends(id);
    expect(job).toMatchObject({ status: 'dead', run: 1, retry_count: 0 });
    expect(job.error_message).toContain(JobDeadlineError.name);
    expect(signals.get(id)?.reason).toBeInstanceOf(JobDeadlineError);
    expect(await ledger.attempts(id)).toMatchObject([{ outcome: 'expired' }]);
  });

  it('F12 keeps a job from its handler that comes too late', async () => {
    const { id } = await kyu().enqueue('waits', null, { delay: '50ms' });
    await ledger.sql('update kyu_jobs set deadline_at = now() where id = $1', [id]);
    expect(await ledger.ends(id)).toMatchObject({ status: 'dead' });
    expect(signals.has(id)).toBe(false);
  });
});

describe('waitFor', () => {
  it('rejects with what became of the job', async () => {
    const dead = await kyu().enqueue('discards_within', null);
    await expect(waitFor(dead.id)).rejects.toThrow(JobDeadError);
    const { id } = await running('waits');
    const waiting = waitFor(id);
    await admin().cancel(id, { reason: 'withdrawn' });
    await expect(waiting).rejects.toMatchObject({ code: 'KYU_JOB_CANCELLED', reason: 'withdrawn' });
    await expect(waitFor(randomUUID())).rejects.toThrow(JobNotFoundError);
  });

  it('gives up in time, and leaves the job alone', async () => {
    const { id } = await running('waits');
    await expect(kyu().waitFor(id, { timeout: '100ms' })).rejects.toThrow(JobWaitTimeoutError);
    expect((await ledger.job(id)).status).toBe('running');
    await admin().cancel(id);
    await ledger.reaches(id, 'cancelled');
  });
});

describe('a listener of "dead"', () => {
  it('F46 F101 is called when the end of the job is stored, and may throw', async () => {
    const seen: unknown[] = [];
    const end = worker.get(KyuJobEvents).on('dead', async ({ jobId }) => {
      seen.push((await ledger.job(jobId)).status);
      throw new Error('the pager is broken');
    });
    const { id } = await kyu().enqueue('discards_within', null);
    await ledger.ends(id);
    await eventually(() => expect(seen).toEqual(['dead']));
    end();
    const next = await kyu().enqueue('child', null);
    expect(await waitFor(next.id)).toBeNull();
  });
});
