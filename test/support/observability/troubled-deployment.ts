import type { INestApplicationContext } from '@nestjs/common';
import { DeliveryFailure, KyuAdmin, KyuProducer, type KyuModuleOptions, type KyuNotifier } from 'nestjs-kyu';
import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { closeOnce, openApp } from '../kyu-app.js';
import { freePort } from '../stores/free-port.js';
import { startRedis, type PrivateRedis } from '../stores/start-redis.js';
import { TestLedger } from '../test-ledger.js';
import { CuttableLine } from './cuttable-line.js';
import { TroubledHandlers } from './troubled-handlers.js';

const QUEUES = { shop: 3, reports: 1 };
/** Enqueued by a process, and served by none. */
const LONELY = 'lonely';

/** Two processes that enqueue and two that work, each with its metrics on a port, on stores that can be taken away. */
export class TroubledDeployment {
  /** `host:port` of the metrics of every process. */
  readonly targets: string[] = [];
  private readonly apps: INestApplicationContext[] = [];

  private constructor(
    private readonly ledger: TestLedger,
    readonly redis: PrivateRedis,
    readonly database: CuttableLine,
  ) {}

  static async open(): Promise<TroubledDeployment> {
    const [ledger, redis, database] = await Promise.all([
      TestLedger.open('boards'),
      startRedis(),
      CuttableLine.to(inject('databaseUrl')),
    ]);
    const deployment = new TroubledDeployment(ledger, redis, database);
    await deployment.start({ role: 'producer' });
    await deployment.start(WORKER);
    await deployment.start(WORKER);
    await deployment.start({ role: 'producer', queueName: LONELY });
    return deployment;
  }

  get producer(): KyuProducer {
    return this.first.get(KyuProducer);
  }

  get admin(): KyuAdmin {
    return this.first.get(KyuAdmin);
  }

  /** Every way that a job can go, once; answers when all of them are under way or have ended. */
  async workOfEveryKind(): Promise<void> {
    const { admin, ledger, producer } = this;
    const types = ['completes', 'fails_once', 'always_fails', 'gives_up', 'asks_for_later'];
    const ids: string[] = [];
    for (const type of [...types, 'sleeps_in']) {
      ids.push((await producer.enqueue(type, null, { maxRetries: 1 })).id);
    }
    ids.push((await producer.enqueue('is_too_slow', null, { timeout: '30ms', maxRetries: 0 })).id);
    ids.push((await producer.enqueue('completes', null, { queue: 'reports', delay: 50 })).id);
    await producer.enqueueMany([1, 2, 3].map(() => ({ type: 'completes', payload: null })));
    await producer.enqueue('completes', null, { delay: '1h' });
    // Nobody waits for it: retention takes it away a second after its end.
    await producer.enqueue('passes', null);
    const { id: running } = await producer.enqueue('takes_long', 60_000, { timeout: '2m' });
    await ledger.reaches(running, 'running');
    await admin.cancel(running);
    for (const id of [...ids, running]) await ledger.ends(id, 15_000);
  }

  /** A run that goes on for so long; answers when it has begun. */
  async keepBusy(ms: number): Promise<void> {
    const { id } = await this.producer.enqueue('takes_long', ms, { timeout: '2m' });
    await this.ledger.reaches(id, 'running', 20_000);
  }

  /** A worker that died with a job, and one that was believed dead: its run settles too late. */
  async loseWorkers(): Promise<void> {
    const { id: late } = await this.producer.enqueue('takes_long', 300);
    await this.ledger.reaches(late, 'running');
    const worker = randomUUID();
    await this.ledger.sql(
      `insert into kyu_workers (id, host, pid, version, queues, concurrency, state, lease_expires_at)
       values ($1, 'gone', 1, '1', '{shop}', 5, 'dead', now() - interval '1 hour')`,
      [worker],
    );
    await this.ledger.sql(
      `update kyu_jobs set run = run + 1, locked_by = $2, max_retries = 3 where id = $1 and status = 'running'`,
      [late, worker],
    );
    await this.ledger.ends(late, 20_000);
  }

  /** A queue that rests while jobs wait in it, one that nobody serves, and a job that has waited for ten minutes. */
  async neglectQueues(): Promise<void> {
    await this.admin.pause('reports', { actor: 'somebody' });
    await this.admin.pauseType('ticks', 'shop');
    await this.producer.enqueue('completes', null, { queue: 'reports' });
    await this.producer.enqueue('completes', null, { queue: LONELY });
    await this.ledger.sql(
      `update kyu_jobs set updated_at = now() - interval '10 minutes' where queue = 'reports' and status = 'pending'`,
    );
  }

  async close(): Promise<void> {
    this.database.mend();
    await Promise.all(this.apps.map(closeOnce));
    await this.database.close();
    await this.redis.remove();
    await this.ledger.close();
  }

  private get first(): INestApplicationContext {
    const [app] = this.apps;
    if (app === undefined) throw new Error('No process of the deployment was started.');
    return app;
  }

  private async start(options: KyuModuleOptions): Promise<void> {
    const metricsPort = await freePort();
    this.targets.push(`127.0.0.1:${metricsPort}`);
    const providers = options.role === 'producer' ? [] : [TroubledHandlers];
    const kyu = this.ledger.options({
      dsn: this.database.through(inject('databaseUrl')),
      redis: this.redis.url,
      queueName: 'shop',
      // Beats often, so that a short outage is enough to miss some.
      lease: { beat: '300ms', length: '15s', watchdog: false },
      pollInterval: '1s',
      metricsPort,
      ...options,
    });
    this.apps.push(await openApp({ providers, kyu }));
  }
}

const brokenPager: KyuNotifier = {
  name: 'pager',
  on: ['dead'],
  deliver() {
    throw new DeliveryFailure('nobody carries this pager any more', { isFinal: true });
  },
};

const WORKER: KyuModuleOptions = {
  workers: 10,
  queues: QUEUES,
  schedules: [{ name: 'every-second', cron: '* * * * * *', type: 'ticks' }],
  retention: { types: { passes: { completed: '1s' } }, every: '1s' },
  notifiers: [brokenPager],
};
