import type { INestApplicationContext } from '@nestjs/common';
import { JobHandler, KyuProducer, KyuWorkers, type KyuModuleOptions } from 'nestjs-kyu';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProcess, type TestProcess } from '../support/child-process.js';
import { eventually } from '../support/eventually.js';
import { closeOnce, openApp, startApp } from '../support/kyu-app.js';
import { TestLedger } from '../support/test-ledger.js';

let ledger: TestLedger;
let producer: INestApplicationContext;
let kyu: KyuProducer;

beforeAll(async () => {
  ledger = await TestLedger.open('run_once');
  producer = await openApp({ kyu: ledger.options({ role: 'producer' }) });
  kyu = producer.get(KyuProducer);
});

afterAll(async () => {
  await closeOnce(producer);
  await ledger.close();
});

/** What crontab would do; the program has ended when this resolves. */
async function runOnce(options: KyuModuleOptions): Promise<TestProcess> {
  const { logger: _, ...rest } = options;
  const run = await startProcess('run-once', { kyu: rest });
  expect(await run.ended).toEqual({ code: 0, signal: null });
  expect(run.lines).toContain('drained');
  expect(run.lines.at(-1)).toBe('closed');
  return run;
}

/** Until then nobody can know that the worker of a job is dead, and a run-once leaves to the living what they run. */
async function untilLeaseIsOver(jobId: string): Promise<void> {
  await eventually(async () => {
    const [owner] = await ledger.sql<{ is_over: boolean }>(
      `select lease_expires_at <= clock_timestamp() as is_over
       from kyu_workers where id = (select locked_by from kyu_jobs where id = $1)`,
      [jobId],
    );
    expect(owner).toEqual({ is_over: true });
  });
}

async function statusesOf(queue: string): Promise<Record<string, number>> {
  const rows = await ledger.sql<{ status: string; count: number }>(
    'select status, count(*)::int as count from kyu_jobs where queue = $1 group by status',
    [queue],
  );
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
}

describe.each(['Redis', 'PostgreSQL alone'])('runOnce with %s', (stores) => {
  const redis: KyuModuleOptions = stores === 'Redis' ? {} : { redis: false };

  it('F33 runs what is pending and what has fallen due, leaves what backs off or lies ahead, and exits with 0', async () => {
    const options = ledger.options(redis);
    const queue = options.queueName;
    await kyu.enqueueMany(
      Array.from({ length: 120 }, (_, index) => ({ type: 'quick', payload: index, options: { queue } })),
    );
    const due = await kyu.enqueue('quick', 'was scheduled', { queue, delay: '1h' });
    // Due since then, and nobody was there to promote it.
    await ledger.sql(`update kyu_jobs set scheduled_at = now() - interval '1 hour' where id = $1`, [due.id]);
    const ahead = await kyu.enqueue('quick', 'tomorrow', { queue, delay: '1d' });
    const failing = await kyu.enqueue('fails', null, { queue, maxRetries: 3 });
    const unknown = await kyu.enqueue('nobody_handles_this', null, { queue });

    const run = await runOnce(options);
    expect(await statusesOf(queue)).toEqual({ completed: 121, failed: 1, scheduled: 1, pending: 1 });
    expect(run.output).toContain('quick "was scheduled"');
    expect(await ledger.job(ahead.id)).toMatchObject({ status: 'scheduled', run: 0 });
    expect(await ledger.job(unknown.id)).toMatchObject({ status: 'pending', run: 0 });
    const backingOff = await ledger.job(failing.id);
    expect(backingOff).toMatchObject({ status: 'failed', run: 1, retry_count: 1 });
    expect(backingOff.scheduled_at!.getTime()).toBeGreaterThan(Date.now() + 3_000_000); // a failed job has one
    expect(run.output).not.toContain('Shutdown hooks are off');

    // The next time it finds nothing to do.
    const again = await runOnce(options);
    expect(again.output).not.toMatch(/^quick /m);
    expect(await statusesOf(queue)).toMatchObject({ completed: 121, failed: 1 });
  });
});

describe('runOnce', () => {
  it('takes back what a dead worker left, and runs it', async () => {
    const options = ledger.options({ lease: { beat: '200ms', length: '1s' } });
    const { logger: _, ...rest } = options;
    const worker = await startProcess('worker', { kyu: rest });
    await worker.says('ready');
    const left = await kyu.enqueue('busy', 400, { queue: options.queueName, maxRetries: 2 });
    await worker.says(`busy ${left.id}`);
    worker.kill('SIGKILL');
    await worker.ended;
    expect(await ledger.job(left.id)).toMatchObject({ status: 'running', run: 1 });
    await untilLeaseIsOver(left.id);

    await runOnce(options);
    expect(await ledger.job(left.id)).toMatchObject({
      status: 'completed',
      result: 'finished',
      run: 2,
      crash_count: 0,
    });
    const attempts = await ledger.attempts(left.id);
    expect(attempts.map(({ run, outcome }) => [run, outcome])).toEqual([
      [1, 'crashed'],
      [2, 'completed'],
    ]);
    expect(attempts[0]?.error_message).toContain(`pid ${worker.pid}`);
  });

  it('sees to jobs that its jobs add, and that fall due while it runs', async () => {
    class Chain {
      constructor(private readonly next: KyuProducer) {}
      @JobHandler('link')
      async link(left: number): Promise<void> {
        if (left > 0) await this.next.enqueue('link', left - 1);
      }
      @JobHandler('again')
      again(): void {}
    }
    Reflect.defineMetadata('design:paramtypes', [KyuProducer], Chain);
    const options = ledger.options({ runOnce: true });
    await kyu.enqueue('link', 30, { queue: options.queueName });
    await kyu.enqueue('again', null, { queue: options.queueName, delay: 1 });
    const app = await startApp({ providers: [Chain], kyu: options });
    // It is over when the application has started.
    expect(app.get(KyuWorkers).status()).toMatchObject({ state: 'stopped', inFlight: 0 });
    expect(await statusesOf(options.queueName)).toEqual({ completed: 32 });
  });

  it('waits for nothing when there is nothing', async () => {
    class Idle {
      @JobHandler('idle')
      run(): void {}
    }
    const begunAt = performance.now();
    await startApp({ providers: [Idle], kyu: ledger.options({ runOnce: true }) });
    expect(performance.now() - begunAt).toBeLessThan(3_000);
  });
});
