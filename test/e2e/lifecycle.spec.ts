import { Inject, Injectable, Module, type DynamicModule, type INestApplicationContext } from '@nestjs/common';
import { Interval, ScheduleModule, SchedulerRegistry } from '@nestjs/schedule';
import {
  defineJob,
  InvalidQueryError,
  JobHandler,
  KyuModule,
  KyuProducer,
  KyuReaper,
  KyuScheduler,
  KyuWorkers,
  NotAWorkerError,
  ShutdownError,
  type JobContext,
} from 'nestjs-kyu';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { Gate } from '../support/gate.js';
import { closeOnce, startApp } from '../support/kyu-app.js';
import { TestLedger } from '../support/test-ledger.js';

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await TestLedger.open('lifecycle');
});

afterAll(() => ledger.close());

/** Work whose end the test decides. */
class Work {
  readonly begun: JobContext[] = [];
  readonly aborted: unknown[] = [];
  private readonly endings: (() => void)[] = [];

  @JobHandler('work')
  async run(_payload: unknown, job: JobContext): Promise<string> {
    this.begun.push(job);
    await new Promise<void>((resolve) => this.endings.push(resolve));
    return 'finished';
  }

  @JobHandler('obedient')
  async obey(_payload: unknown, job: JobContext): Promise<void> {
    this.begun.push(job);
    await new Promise((_resolve, reject) => {
      job.signal.addEventListener('abort', () => {
        this.aborted.push(job.signal.reason);
        reject(new Error('stopped in the middle'));
      });
    });
  }

  @JobHandler('deaf')
  async ignore(_payload: unknown, job: JobContext): Promise<void> {
    this.begun.push(job);
    job.signal.addEventListener('abort', () => this.aborted.push(job.signal.reason));
    await new Promise(() => {});
  }

  finish(): void {
    for (const end of this.endings.splice(0)) end();
  }
}

async function startWork(more: Parameters<TestLedger['options']>[0] = {}) {
  const options = ledger.options(more);
  const app = await startApp({ providers: [Work], kyu: options });
  const work = app.get(Work);
  return { app, options, work, kyu: app.get(KyuProducer), workers: app.get(KyuWorkers) };
}

async function stateOfWorker(queue: string): Promise<string[]> {
  const rows = await ledger.sql<{ state: string }>(
    'select state from kyu_workers where $1 = any (queues) order by started_at',
    [queue],
  );
  return rows.map(({ state }) => state);
}

describe('a shutdown with work in flight', () => {
  it('lets it finish within the grace period, and jobs can be enqueued until it has', async () => {
    const { app, kyu, options, work, workers } = await startWork();
    const { id } = await kyu.enqueue('work', null);
    await eventually(() => expect(work.begun).toHaveLength(1));
    const closing = closeOnce(app);
    await eventually(() => expect(workers.status().state).toBe('draining'));
    await eventually(async () => expect(await stateOfWorker(options.queueName)).toEqual(['draining']));
    const late = await kyu.enqueue('work', 'too late for this process');
    work.finish();
    await closing;
    expect(await ledger.job(id)).toMatchObject({ status: 'completed', result: 'finished', run: 1 });
    expect(await ledger.job(late.id)).toMatchObject({ status: 'pending', run: 0 });
    expect(await stateOfWorker(options.queueName)).toEqual(['stopped']);
    expect(work.aborted).toEqual([]);
    const texts = options.logger.lines.map(({ message }) => message);
    expect(texts).toContainEqual('Shutting down: no new jobs; 1 runs have 5s to end.');
    expect(texts.at(-1)).toMatch(/^Drained in .+; 0 jobs handed back to their queues\.$/);
  });

  it.each(['obedient', 'deaf'])(
    'aborts it beyond the grace period and hands it back uncharged (%s)',
    async (type) => {
      const { app, kyu, options, work } = await startWork({ shutdownGrace: '150ms' });
      const { id } = await kyu.enqueue(type, null, { maxRetries: 1 });
      // One attempt is used already: it must neither be refunded nor used again.
      await eventually(() => expect(work.begun).toHaveLength(1));
      await ledger.sql('update kyu_jobs set retry_count = 1 where id = $1', [id]);
      const begunAt = performance.now();
      await closeOnce(app);
      expect(performance.now() - begunAt).toBeLessThan(150 + 3_000);
      expect(work.aborted).toEqual([expect.any(ShutdownError)]);
      expect(work.aborted[0]).toMatchObject({ code: 'KYU_SHUTDOWN', jobId: id });
      const before = await ledger.job(id);
      expect(before).toMatchObject({ status: 'pending', run: 1, crash_count: 0, error_message: null });
      expect(await ledger.attempts(id)).toMatchObject([{ run: 1, outcome: 'released', error_message: null }]);
      expect(options.logger.lines.at(-1)?.message).toContain('1 job handed back');

      // The next process runs it, as the second run of the same attempt.
      await startApp({ providers: [Successor], kyu: ledger.options({ queueName: options.queueName }) });
      expect(await ledger.ends(id)).toMatchObject({
        status: 'completed',
        run: 2,
        result: before.retry_count + 1,
      });
    },
  );

  class Successor {
    @JobHandler('obedient')
    @JobHandler('deaf')
    take(_payload: unknown, job: JobContext): number {
      return job.attempt;
    }
  }
});

describe('the drain comes before the end of what the handlers need', () => {
  type Hook = 'onModuleDestroy' | 'beforeApplicationShutdown' | 'onApplicationShutdown';

  /** A service with connections of its own, which it closes in the hook that its author liked best. */
  function databaseClosedIn(hook: Hook) {
    class Database {
      readonly pool = new Pool({ connectionString: inject('databaseUrl'), max: 1 });
    }
    Object.defineProperty(Database.prototype, hook, {
      value(this: Database) {
        return this.pool.end();
      },
    });
    return Database;
  }

  it.each<[Hook, 'root' | 'feature']>([
    ['onModuleDestroy', 'root'],
    ['onModuleDestroy', 'feature'],
    ['beforeApplicationShutdown', 'root'],
    ['onApplicationShutdown', 'root'],
    ['onApplicationShutdown', 'feature'],
  ])('a pool that is closed in %s of the %s module serves the last job', async (hook, where) => {
    const Database = databaseClosedIn(hook);
    let finish = (): void => {};
    const begun = new Promise<void>((resolve) => (finish = resolve));
    let release = (): void => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    @Injectable()
    class Orders {
      constructor(private readonly database: InstanceType<typeof Database>) {}
      @JobHandler('order')
      async save(): Promise<number> {
        finish();
        await released;
        const { rows } = await this.database.pool.query<{ answer: number }>('select 42 as answer');
        return rows[0]?.answer ?? 0;
      }
    }
    Reflect.defineMetadata('design:paramtypes', [Database], Orders);
    const providers = [Database, Orders];
    @Module({ providers })
    class FeatureModule {}
    const kyu = ledger.options();
    const app =
      where === 'root'
        ? await startApp({ providers, kyu })
        : await startApp({ imports: [FeatureModule], kyu });
    const { id } = await app.get(KyuProducer).enqueue('order', null, { maxRetries: 0 });
    await begun;
    const closing = closeOnce(app);
    await eventually(() => expect(app.get(KyuWorkers).status().state).toBe('draining'));
    release();
    await closing;
    expect(await ledger.job(id)).toMatchObject({ status: 'completed', result: 42 });
  });
});

describe('KyuWorkers', () => {
  it('waits to be started with autoStart: false, stops, and starts again', async () => {
    const { kyu, options, work, workers } = await startWork({ autoStart: false });
    expect(workers.status()).toEqual({
      state: 'stopped',
      workerId: undefined,
      inFlight: 0,
      size: 0,
      unhandledTypes: [],
      queues: [options.queueName],
    });
    const { id } = await kyu.enqueue('work', 1);
    expect(await stateOfWorker(options.queueName)).toEqual([]);

    await Promise.all([workers.start(), workers.start()]);
    await workers.start();
    expect(await stateOfWorker(options.queueName)).toEqual(['alive']);
    await eventually(() => expect(work.begun).toHaveLength(1));
    const { workerId, ...status } = workers.status();
    expect(status).toEqual({
      state: 'running',
      inFlight: 1,
      size: 5,
      unhandledTypes: [],
      queues: [options.queueName],
    });
    expect((await ledger.job(id)).locked_by).toBe(workerId);
    const draining = workers.drain();
    work.finish();
    await draining;
    expect(workers.status()).toMatchObject({ state: 'stopped', workerId: undefined, inFlight: 0 });
    expect(await ledger.job(id)).toMatchObject({ status: 'completed' });

    const second = await kyu.enqueue('work', 2);
    expect(await stateOfWorker(options.queueName)).toEqual(['stopped']);
    expect(await ledger.job(second.id)).toMatchObject({ status: 'pending' });
    await workers.start();
    await eventually(() => expect(work.begun).toHaveLength(2));
    expect(workers.status().workerId).not.toBe(workerId);
    expect(await stateOfWorker(options.queueName)).toEqual(['stopped', 'alive']);
    work.finish();
    await ledger.reaches(second.id, 'completed');
    const later = await kyu.enqueue('deaf', null, { delay: 100 });
    await ledger.reaches(later.id, 'running');
    await workers.drain('100ms');
    expect(await ledger.job(later.id)).toMatchObject({ status: 'pending', run: 1 });
  });

  it('that is told to start while it drains starts when it has drained', async () => {
    const { kyu, options, work, workers } = await startWork();
    const { id } = await kyu.enqueue('work', 1);
    await eventually(() => expect(work.begun).toHaveLength(1));
    const draining = workers.drain();
    const starting = workers.start();
    expect(workers.status().state).toBe('draining');
    work.finish();
    await draining;
    await starting;
    expect(workers.status().state).toBe('running');
    expect(await ledger.job(id)).toMatchObject({ status: 'completed' });
    expect(await stateOfWorker(options.queueName)).toEqual(['stopped', 'alive']);
  });

  it('cannot be started before the application, and says so', async () => {
    const refusals: unknown[] = [];
    class Hasty {
      constructor(@Inject(KyuWorkers) private readonly workers: KyuWorkers) {}
      async onModuleInit(): Promise<void> {
        refusals.push(await this.workers.start().catch((error: unknown) => error));
      }
      async onApplicationBootstrap(): Promise<void> {
        await this.workers.start();
      }
    }
    const app = await startApp({ providers: [Work, Hasty], kyu: ledger.options({ autoStart: false }) });
    expect(refusals).toEqual([expect.any(NotAWorkerError)]);
    expect(refusals[0]).toMatchObject({ message: expect.stringContaining('has not started yet') });
    expect(app.get(KyuWorkers).status().state).toBe('running');
  });

  it('refuses a grace that is none', async () => {
    const { workers } = await startWork();
    await expect(workers.drain('a moment')).rejects.toBeInstanceOf(InvalidQueryError);
    await expect(workers.drain(-1)).rejects.toMatchObject({ field: 'grace' });
    expect(workers.status().state).toBe('running');
  });
});

describe("the host's SchedulerRegistry", () => {
  it('shows the intervals of Kyu while they run, and those of the host fire once', async () => {
    const ticks: number[] = [];
    class Host {
      @Interval('host', 80)
      tick(): void {
        ticks.push(performance.now());
      }
    }
    const first = ledger.options();
    const second: DynamicModule = KyuModule.forRoot({ ...ledger.options(), name: 'second' });
    const app = await startApp({
      imports: [ScheduleModule.forRoot(), second],
      providers: [Host, Work],
      kyu: first,
    });
    const registry = app.get(SchedulerRegistry);
    const own = ['kyu:heartbeat', 'kyu:scheduler', 'kyu:reaper', 'kyu:reconciler', 'kyu:cron'];
    const all = ['host', ...own, ...own.map((name) => `${name}:second`)];
    expect(registry.getIntervals().sort()).toEqual(all.sort());

    await eventually(() => expect(ticks.length).toBeGreaterThanOrEqual(6));
    // Twice as many would come in half the time.
    expect(ticks[5]! - ticks[0]!).toBeGreaterThanOrEqual(5 * 80 * 0.75); // six are there

    const scheduler = app.get(KyuScheduler);
    const reaper = app.get(KyuReaper);
    await eventually(() => expect(scheduler.status().turns).toBeGreaterThan(1));
    expect(scheduler.status()).toMatchObject({ duty: 'promote', running: true, lastError: null });
    expect(reaper.status()).toMatchObject({ duty: 'rescue', running: true, lastError: null });
    expect(await reaper.sweep()).toBe(0);
    await app.get(KyuWorkers).drain();
    expect(scheduler.status().running).toBe(false);
    expect(registry.getIntervals().sort()).toEqual(['host', ...own.map((name) => `${name}:second`)].sort());
    await app.get(KyuWorkers).start();
    expect(registry.getIntervals().sort()).toEqual(all.sort());
  });
});

describe('the start of the workers', () => {
  it('comes after every other onApplicationBootstrap, so that handlers find what is made there', async () => {
    const seen: string[] = [];
    const made = new Gate();
    class Late {
      private ready = '';
      async onApplicationBootstrap(): Promise<void> {
        await made.opened;
        this.ready = 'made at bootstrap';
      }
      @JobHandler('late')
      run(): void {
        seen.push(this.ready);
      }
    }
    const options = ledger.options();
    const producer = await startApp({ kyu: { ...options, role: 'producer' } });
    const { id } = await producer.get(KyuProducer).enqueue('late', null);
    const starting = startApp({ providers: [Late], kyu: options });
    // A worker that did not wait would run its job while another application starts and runs one of its own.
    const { kyu, work } = await startWork();
    await kyu.enqueue('work', null);
    await eventually(() => expect(work.begun).toHaveLength(1));
    work.finish();
    expect(await ledger.job(id)).toMatchObject({ status: 'pending', run: 0 });
    made.release();
    await starting;
    await ledger.reaches(id, 'completed');
    expect(seen).toEqual(['made at bootstrap']);
  });
});

describe('the start', () => {
  function textsOf(
    app: INestApplicationContext,
    { lines }: { lines: readonly { message: string }[] },
  ): string[] {
    expect(app).toBeDefined();
    return lines.map(({ message }) => message);
  }

  it('prints one table of what was found', async () => {
    const Report = defineJob('report', { timeout: 0 });
    class Reports {
      @JobHandler(Report, { queue: `${ledger.schema}:reports`, concurrency: 2 })
      make(): void {}
      @JobHandler('digest', { timeout: '1m30s' })
      digest(): void {}
    }
    const kyu = ledger.options({ workers: 7 });
    const app = await startApp({ providers: [Reports], kyu });
    const table = textsOf(app, kyu.logger).filter((text) => text.startsWith('Kyu started'));
    expect(table).toHaveLength(1);
    const lines = table[0]!.split('\n').map((line) => line.replace(/ +/g, ' ').trim()); // there is one
    expect(lines).toEqual([
      'Kyu started',
      'instance default, 7 workers',
      expect.stringMatching(/^version \d+\.\d+\.\d+/),
      `stores PostgreSQL (schema ${ledger.schema}, version 3) and Redis (connected)`,
      `queues ${kyu.queueName}, ${ledger.schema}:reports`,
      `handlers report Reports.make ${ledger.schema}:reports concurrency 2 timeout none`,
      `digest Reports.digest ${kyu.queueName} concurrency 7 timeout 1m30s`,
    ]);
  });

  it('says so when a worker has no handler at all', async () => {
    const kyu = ledger.options();
    const app = await startApp({ kyu });
    expect(textsOf(app, kyu.logger).join('\n')).toContain('This worker has no @JobHandler.');
    const producer = ledger.options({ role: 'producer' });
    const quiet = await startApp({ kyu: producer });
    expect(textsOf(quiet, producer.logger).join('\n')).not.toContain('@JobHandler');
  });
});
