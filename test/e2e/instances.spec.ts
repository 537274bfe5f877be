import { Injectable } from '@nestjs/common';
import {
  HandlerConflictError,
  InjectKyuAdmin,
  InjectKyuProducer,
  InjectKyuReaper,
  InjectKyuScheduler,
  InjectKyuWorkers,
  JobHandler,
  KyuAdmin,
  KyuModule,
  KyuProducer,
  KyuReaper,
  KyuScheduler,
  KyuWorkers,
} from 'nestjs-kyu';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KyuMetricsHost } from '../../lib/kyu.metrics-host.js';
import { tokenFor } from '../../lib/kyu.tokens.js';
import { eventually } from '../support/eventually.js';
import { closeOnce, startApp, startError } from '../support/kyu-app.js';
import { TestLedger } from '../support/test-ledger.js';

let shop: TestLedger;
let reports: TestLedger;

beforeAll(async () => {
  shop = await TestLedger.open('shop');
  reports = await TestLedger.open('reports');
});

afterAll(async () => {
  await shop.close();
  await reports.close();
});

const ran: string[] = [];

@Injectable()
class Handlers {
  @JobHandler('mail')
  mail(): void {
    ran.push('mail in the shop');
  }

  @JobHandler('digest', { instance: 'reports' })
  digest(): void {
    ran.push('digest in reports');
  }

  /** The same type in both, and one method for both. */
  @JobHandler('count')
  @JobHandler('count', { instance: 'reports' })
  count(_payload: unknown, { queue }: { queue: string }): string {
    return `counted in ${queue}`;
  }
}

@Injectable()
class User {
  constructor(
    readonly producer: KyuProducer,
    readonly admin: KyuAdmin,
    readonly workers: KyuWorkers,
    readonly scheduler: KyuScheduler,
    readonly reaper: KyuReaper,
    @InjectKyuProducer() readonly sameProducer: KyuProducer,
    @InjectKyuProducer('reports') readonly reportsProducer: KyuProducer,
    @InjectKyuAdmin('reports') readonly reportsAdmin: KyuAdmin,
    @InjectKyuWorkers('reports') readonly reportsWorkers: KyuWorkers,
    @InjectKyuScheduler('reports') readonly reportsScheduler: KyuScheduler,
    @InjectKyuReaper('reports') readonly reportsReaper: KyuReaper,
  ) {}
}

async function startBoth() {
  // What they share, they would share on the way through the dispatcher: no job goes around it.
  const first = shop.options({ workers: 2, localClaim: false });
  const second = reports.options({ workers: 3, redis: false, localClaim: false });
  const app = await startApp({
    imports: [KyuModule.forRoot(first), KyuModule.forRoot({ ...second, name: 'reports' })],
    providers: [Handlers, User],
  });
  return { app, first, second, user: app.get(User) };
}

describe('two instances in one process', () => {
  it('are injected apart', async () => {
    const { app, user } = await startBoth();
    expect(user.sameProducer).toBe(user.producer);
    expect(user.producer).toBeInstanceOf(KyuProducer);
    const pairs: [object, object, abstract new (...parts: never[]) => object][] = [
      [user.producer, user.reportsProducer, KyuProducer],
      [user.admin, user.reportsAdmin, KyuAdmin],
      [user.workers, user.reportsWorkers, KyuWorkers],
      [user.scheduler, user.reportsScheduler, KyuScheduler],
      [user.reaper, user.reportsReaper, KyuReaper],
    ];
    for (const [unnamed, named, type] of pairs) {
      expect(unnamed).toBeInstanceOf(type);
      expect(named).toBeInstanceOf(type);
      expect(named).not.toBe(unnamed);
      expect(app.get(type)).toBe(unnamed);
    }
  });

  it('have schemas, queues and workers of their own, and each runs its own handlers', async () => {
    ran.length = 0;
    const { first, second, user } = await startBoth();
    const mail = await user.producer.enqueue('mail', null);
    const digest = await user.reportsProducer.enqueue('digest', null);
    await shop.reaches(mail.id, 'completed');
    await reports.reaches(digest.id, 'completed');
    expect(ran.sort()).toEqual(['digest in reports', 'mail in the shop']);

    // A type that only the other instance handles is left in its queue.
    const strayMail = await user.reportsProducer.enqueue('mail', null);
    const strayDigest = await user.producer.enqueue('digest', null);
    const counts = [await user.producer.enqueue('count', 1), await user.reportsProducer.enqueue('count', 2)];
    expect(await shop.ends(counts[0]!.id)).toMatchObject({ result: `counted in ${first.queueName}` }); // two were added above
    expect(await reports.ends(counts[1]!.id)).toMatchObject({ result: `counted in ${second.queueName}` });
    expect(await reports.job(strayMail.id)).toMatchObject({ status: 'pending', run: 0 });
    expect(await shop.job(strayDigest.id)).toMatchObject({ status: 'pending', run: 0 });
    expect(ran).toHaveLength(2);

    expect(user.workers.status()).toMatchObject({ state: 'running', queues: [first.queueName] });
    expect(user.reportsWorkers.status()).toMatchObject({ state: 'running', queues: [second.queueName] });
    const alive = `select concurrency, queues from kyu_workers where state = 'alive'`;
    expect(await shop.sql(alive)).toEqual([{ concurrency: 2, queues: [first.queueName] }]);
    expect(await reports.sql(alive)).toEqual([{ concurrency: 3, queues: [second.queueName] }]);
  });

  it('count in registries of their own', async () => {
    const { app, first, second, user } = await startBoth();
    const pageOf = async (instance?: string) =>
      (await app.get<KyuMetricsHost>(tokenFor(KyuMetricsHost, instance)).get()).registry.metrics();
    await pageOf();
    await pageOf('reports');
    for (const payload of [1, 2]) await user.producer.enqueue('count', payload);
    await user.reportsProducer.enqueue('count', 3);
    await eventually(async () => {
      expect(await pageOf()).toContain('kyu_jobs_processed_total{status="completed"} 2');
      expect(await pageOf('reports')).toContain('kyu_jobs_processed_total{status="completed"} 1');
    });
    expect(await pageOf()).toContain(`kyu_queue_depth{queue="${first.queueName}"}`);
    expect(await pageOf()).not.toContain(second.queueName);
    expect(await pageOf('reports')).not.toContain(first.queueName);
  });

  it('say who they are in their start table, and stop apart', async () => {
    const { app, first, second, user } = await startBoth();
    const tableOf = ({ logger }: typeof first) =>
      logger.lines.find(({ message }) => message.startsWith('Kyu started'))?.message ?? '';
    expect(tableOf(first)).toMatch(/instance +default, 2 workers/);
    expect(tableOf(second)).toMatch(/instance +reports, 3 workers/);
    expect(tableOf(first)).not.toContain('Handlers.digest');
    expect(tableOf(second)).not.toContain('Handlers.mail');

    await user.reportsWorkers.drain();
    expect(user.reportsWorkers.status().state).toBe('stopped');
    const { id } = await user.producer.enqueue('mail', null);
    await shop.reaches(id, 'completed');
    await closeOnce(app);
    expect(user.workers.status().state).toBe('stopped');
  });
});

it('two handlers of one type in one instance stop the start', async () => {
  class Twice {
    @JobHandler('mail')
    again(): void {}
  }
  const error = await startError({ providers: [Handlers, Twice], kyu: shop.options() });
  expect(error).toBeInstanceOf(HandlerConflictError);
  expect(error).toMatchObject({ code: 'KYU_HANDLER_CONFLICT', field: 'mail' });
  expect(error.message).toContain('Handlers.mail');
  expect(error.message).toContain('Twice.again');
});
