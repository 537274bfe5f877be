import type { INestApplicationContext } from '@nestjs/common';
import { KyuProducer } from 'nestjs-kyu';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startProcess, type TestProcess } from '../support/child-process.js';
import { closeOnce, openApp } from '../support/kyu-app.js';
import { freePort } from '../support/stores/free-port.js';
import { startPostgres } from '../support/stores/start-postgres.js';
import { TestLedger } from '../support/test-ledger.js';

let ledger: TestLedger;
let producer: INestApplicationContext;

beforeAll(async () => {
  ledger = await TestLedger.open('processes');
  producer = await openApp({ kyu: ledger.options({ role: 'producer' }) });
});

afterAll(async () => {
  await closeOnce(producer);
  await ledger.close();
});

/** A worker process on a queue of its own. */
async function startWorker(
  more: Parameters<TestLedger['options']>[0] = {},
  settings: { shutdownHooks?: boolean } = { shutdownHooks: true },
): Promise<{ worker: TestProcess; queue: string }> {
  const { logger: _, ...kyu } = ledger.options(more);
  const worker = await startProcess('worker', { kyu, ...settings });
  await worker.says('ready');
  return { worker, queue: kyu.queueName };
}

async function enqueueBusy(queue: string, ms: number): Promise<string> {
  const { id } = await producer.get(KyuProducer).enqueue('busy', ms, { queue });
  return id;
}

describe('SIGTERM', () => {
  it('lets work in flight finish, and then ends the process', async () => {
    const { worker, queue } = await startWorker();
    const id = await enqueueBusy(queue, 500);
    await worker.says(`busy ${id}`);
    worker.kill('SIGTERM');
    expect(await worker.ended).toEqual({ code: null, signal: 'SIGTERM' });
    expect(await ledger.job(id)).toMatchObject({ status: 'completed', result: 'finished', run: 1 });
    const workers = await ledger.sql('select state from kyu_workers where $1 = any (queues)', [queue]);
    expect(workers).toEqual([{ state: 'stopped' }]);
  });

  it('F34 ends it within the grace period and 3 s, and hands back what did not finish', async () => {
    const { worker, queue } = await startWorker({ shutdownGrace: '300ms' });
    const id = await enqueueBusy(queue, 60_000);
    await worker.says(`busy ${id}`);
    const sentAt = performance.now();
    worker.kill('SIGTERM');
    expect(await worker.ended).toEqual({ code: null, signal: 'SIGTERM' });
    expect(performance.now() - sentAt).toBeLessThan(3_300);
    expect(await ledger.job(id)).toMatchObject({ status: 'pending', run: 1, retry_count: 0, crash_count: 0 });
    expect(await ledger.attempts(id)).toMatchObject([{ outcome: 'released' }]);
  });

  it('kills the work without shutdown hooks, of which a warning says what to do', async () => {
    const [plain, hooked] = await Promise.all([startWorker({}, {}), startWorker()]);
    expect(await plain.worker.says('Shutdown hooks are off')).toContain('app.enableShutdownHooks()');
    // Both wait for the same time; a job that falls due afterwards shows that it is over.
    const options = { queue: hooked.queue, delay: '2s' };
    const { id } = await producer.get(KyuProducer).enqueue('quick', 'later', options);
    await ledger.reaches(id, 'completed');
    expect(hooked.worker.output).not.toContain('Shutdown hooks');
    expect(plain.worker.output.match(/Shutdown hooks are off/g)).toHaveLength(1);

    const busy = await enqueueBusy(plain.queue, 60_000);
    await plain.worker.says(`busy ${busy}`);
    plain.worker.kill('SIGTERM');
    expect(await plain.worker.ended).toEqual({ code: null, signal: 'SIGTERM' });
    expect(await ledger.job(busy)).toMatchObject({ status: 'running', run: 1 });
  });
});

describe('a process', () => {
  it('ends by itself after app.close(): nothing is left open', async () => {
    const { logger: _, ...kyu } = ledger.options({ metricsPort: await freePort() });
    const life = await startProcess('short-life', { kyu });
    await life.says('quick "one job"');
    const page = await fetch(`http://127.0.0.1:${kyu.metricsPort}/metrics`);
    expect(page.status).toBe(200);
    life.kill('SIGUSR2');
    await life.says('closed');
    const closedAt = performance.now();
    expect(await life.ended).toEqual({ code: 0, signal: null });
    expect(performance.now() - closedAt).toBeLessThan(2_000);
    expect(life.output).not.toMatch(/warning/i);
  });

  it('ends by itself when the application refused to start: nothing is left open either', async () => {
    const { logger: _, ...kyu } = ledger.options({ metricsPort: await freePort() });
    const start = await startProcess('failing-start', { kyu });
    await start.says('refused: HandlerConflictError: Job type "quick" has two handlers');
    const refusedAt = performance.now();
    expect(await start.ended).toEqual({ code: 0, signal: null });
    expect(performance.now() - refusedAt).toBeLessThan(2_000);
  });

  it('that finds no PostgreSQL ends with an error that says what to do, and without the password', async () => {
    const dsn = `postgres://kyu:canary-0f-coalmine@127.0.0.1:${await freePort()}/kyu`;
    const start = await startProcess('worker', { kyu: { dsn, redis: false } });
    expect(await start.ended).toEqual({ code: 1, signal: null });
    expect(start.output).toContain('The ledger (PostgreSQL) did not answer');
    expect(start.output).toContain('Check that PostgreSQL runs');
    expect(start.output).not.toContain('canary-0f-coalmine');
  });
});

describe('while PostgreSQL is away', () => {
  it('a worker without Redis lives on, works again when it is back, and obeys SIGTERM in between', async () => {
    const postgres = await startPostgres();
    onTestFinished(() => postgres.remove());
    const kyu = { dsn: postgres.url, redis: false, migrationsRun: true, shutdownGrace: '300ms' } as const;
    const worker = await startProcess('worker', { kyu, shutdownHooks: true });
    await worker.says('ready');
    await postgres.stop();
    await worker.says('could not renew its lease');
    await postgres.start();
    const app = await openApp({
      kyu: { ...ledger.options(), ...kyu, schema: 'kyu', queueName: undefined, role: 'producer' },
    });
    onTestFinished(() => closeOnce(app));
    await app.get(KyuProducer).enqueue('quick', 'after the outage');
    await worker.says('quick "after the outage"');

    await postgres.stop();
    const sentAt = performance.now();
    worker.kill('SIGTERM');
    expect(await worker.ended).toEqual({ code: null, signal: 'SIGTERM' });
    expect(performance.now() - sentAt).toBeLessThan(3_300);
  });
});
