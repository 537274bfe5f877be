import { Injectable, type INestApplicationContext } from '@nestjs/common';
import { CronJob, JobHandler, KyuAdmin, KyuProducer, type JobContext } from 'nestjs-kyu';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, onTestFinished } from 'vitest';
import { eventually } from '../support/eventually.js';
import { closeOnce, openApp } from '../support/kyu-app.js';
import { startPgBouncer, type PrivatePgBouncer } from '../support/stores/start-pgbouncer.js';
import { TestLedger, type InstanceOptions } from '../support/test-ledger.js';

/** What the handlers saw. */
const seen: string[] = [];

@Injectable()
class Handlers {
  @JobHandler('echo')
  echo(payload: unknown): unknown {
    return payload;
  }

  @JobHandler('hold', { timeout: '1m' })
  async hold(_payload: unknown, { signal }: JobContext): Promise<void> {
    seen.push('started');
    await new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    });
  }

  @CronJob('* * * * * *', { name: 'each_second' })
  tick(): void {
    seen.push('tick');
  }
}

describe.each([
  ['and Redis', () => inject('redisUrl')],
  ['alone', () => false as const],
])('an application behind PgBouncer in transaction mode, with PostgreSQL %s', (_, redisOf) => {
  let pooler: PrivatePgBouncer;
  let ledger: TestLedger;
  let kyu: InstanceOptions;
  let app: INestApplicationContext;

  beforeAll(async () => {
    // Fewer connections than the application would like to have: they are shared, transaction by transaction.
    pooler = await startPgBouncer(inject('databaseUrl'), { poolSize: 4, say: console.log });
    ledger = await TestLedger.open('pgbouncer');
    kyu = {
      ...ledger.options({ workers: 10, redis: redisOf() }),
      dsn: pooler.url,
      pollInterval: '5s',
      lease: {},
      shutdownGrace: '200ms',
    };
    app = await openApp({ providers: [Handlers], kyu });
  });

  beforeEach(() => void seen.splice(0));

  afterAll(async () => {
    await closeOnce(app);
    await ledger.close();
    await pooler.remove();
  });

  it('makes its schema, enqueues and runs', async () => {
    const producer = app.get(KyuProducer);
    const { id } = await producer.enqueue('echo', 'started by this process itself');
    expect(await ledger.ends(id)).toMatchObject({ result: 'started by this process itself' });
    // What is enqueued together goes through the dispatcher.
    const [one] = await producer.enqueueMany([{ type: 'echo', payload: 'one' }]);
    if (one === undefined || one.status === 'rejected') throw new Error('it was refused');
    const enqueuedAt = performance.now();
    expect(await ledger.ends(one.id)).toMatchObject({ status: 'completed', result: 'one' });
    // LISTEN does not pass the pooler: without Redis the poll of a second finds the job.
    expect(performance.now() - enqueuedAt).toBeLessThan(2_000);
    const many = await producer.enqueueMany(
      Array.from({ length: 200 }, (_, payload) => ({ type: 'echo', payload })),
    );
    expect(many.every(({ status }) => status !== 'rejected')).toBe(true);
    await ledger.untilFinished(kyu.queueName, 202);
  });

  it('enqueues in transactions of the application that go through the pooler as well', async () => {
    const source = await new DataSource({ type: 'postgres', url: pooler.url }).initialize();
    onTestFinished(() => source.destroy());
    const producer = app.get(KyuProducer);
    const { id } = await source.transaction((manager) => producer.enqueue('echo', 'committed', { manager }));
    const undone = source.transaction(async (manager) => {
      await producer.enqueue('echo', 'undone', { manager });
      throw new Error('roll back');
    });
    await expect(undone).rejects.toThrow('roll back');
    expect(await ledger.ends(id)).toMatchObject({ result: 'committed' });
    expect(await ledger.sql(`select from kyu_jobs where payload = '"undone"'`)).toEqual([]);
  });

  it('schedules: in time, and from a clock time as well', async () => {
    await eventually(() => expect(seen.filter((word) => word === 'tick').length).toBeGreaterThanOrEqual(2));
    const { id } = await app.get(KyuProducer).enqueue('echo', 'later', { delay: '300ms' });
    expect(await ledger.ends(id)).toMatchObject({ result: 'later' });
  });

  it('cancels what runs', async () => {
    const { id } = await app.get(KyuProducer).enqueue('hold', {});
    await eventually(() => expect(seen).toContain('started'));
    await app.get(KyuAdmin).cancel(id, { reason: 'withdrawn' });
    expect(await ledger.ends(id)).toMatchObject({ status: 'cancelled' });
  });

  it('leaves no setting of its own in the sessions that others use, and complains of nothing', async () => {
    const source = await new DataSource({ type: 'postgres', url: pooler.url }).initialize();
    onTestFinished(() => source.destroy());
    const readers = Array.from({ length: 8 }, () =>
      source.query<{ scan: string; pid: number }[]>(
        `select current_setting('enable_seqscan') as scan, pg_backend_pid() as pid, pg_sleep(0.05)`,
      ),
    );
    const sessions = (await Promise.all(readers)).flat();
    expect(new Set(sessions.map(({ scan }) => scan))).toEqual(new Set(['on']));
    const complaints = kyu.logger.lines.filter(({ level }) => level === 'error' || level === 'warn');
    // This test's application has no signal to listen to, and on a busy machine its duties may come late.
    const isExpected = /^Shutdown hooks are off|the duties stood still/;
    expect(complaints.filter(({ message }) => !isExpected.test(message))).toEqual([]);
  });

  it('drains, and hands back what does not end in time', async () => {
    const { id } = await app.get(KyuProducer).enqueue('hold', {});
    await eventually(() => expect(seen).toContain('started'));
    await closeOnce(app);
    expect(await ledger.job(id)).toMatchObject({ status: 'pending', crash_count: 0, retry_count: 0 });
    const [worker] = await ledger.sql<{ state: string }>('select state from kyu_workers');
    expect(worker?.state).toBe('stopped');
  });
});
