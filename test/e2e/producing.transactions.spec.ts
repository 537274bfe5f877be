import type { INestApplicationContext } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { currentJob, JobHandler, KyuModule, KyuProducer, type JobContext } from 'nestjs-kyu';
import { DataSource, EntitySchema, type EntityManager } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { KyuRuntime } from '../../lib/kyu.runtime.js';
import { eventually } from '../support/eventually.js';
import { closeOnce, openApp } from '../support/kyu-app.js';
import { TestLedger } from '../support/test-ledger.js';

class Order {
  id!: number; // set by the ORM, here and below
  item!: string;
}

const started = new Map<string, number>();

class Payments {
  @JobHandler('pay')
  pay(_payload: unknown, job: JobContext): void {
    started.set(job.id, performance.now());
  }
}

let ledger: TestLedger;
let app: INestApplicationContext;
let dataSource: DataSource;
let kyu: KyuProducer;
let queue: string;
/** The ids that Kyu told its listeners of: the same moment at which it announces them. */
let announced: string[];

beforeAll(async () => {
  ledger = await TestLedger.open('transactions');
  await ledger.sql(`create schema "${ledger.schema}"`);
  await ledger.sql('create table orders (id serial primary key, item text not null)');
  const orders = new EntitySchema<Order>({
    target: Order,
    name: 'Order',
    tableName: 'orders',
    schema: ledger.schema,
    columns: { id: { type: Number, primary: true, generated: true }, item: { type: 'text' } },
  });
  const options = ledger.options();
  queue = options.queueName;
  app = await openApp({
    imports: [
      TypeOrmModule.forRoot({ type: 'postgres', url: inject('databaseUrl'), entities: [orders] }),
      KyuModule.forRootAsync({
        inject: [DataSource],
        useFactory: (source: DataSource) => ({ ...options, dsn: undefined, dataSource: source }),
      }),
    ],
    providers: [Payments],
  });
  dataSource = app.get(DataSource);
  kyu = app.get(KyuProducer);
  app.get(KyuRuntime).events.on('jobs.enqueued', ({ jobs }) => announced.push(...jobs.map(({ id }) => id)));
});

beforeEach(() => {
  announced = [];
});

afterAll(async () => {
  await closeOnce(app);
  await ledger.close();
});

function pay(manager: EntityManager): Promise<{ id: string }> {
  return kyu.enqueue('pay', { some: 'thing' }, { manager });
}

async function countOrders(item: string): Promise<number> {
  return (await ledger.sql('select from orders where item = $1', [item])).length;
}

async function exists(id: string): Promise<boolean> {
  return (await ledger.sql('select from kyu_jobs where id = $1', [id])).length === 1;
}

/** Rolls the work back, and lets nothing of that be seen. */
async function rolledBack(
  work: (manager: EntityManager) => Promise<unknown>,
  within: DataSource | EntityManager = dataSource,
): Promise<void> {
  const back = new Error('roll back');
  const transaction = within.transaction(async (manager) => {
    await work(manager);
    throw back;
  });
  await expect(transaction).rejects.toBe(back);
}

describe('a job in the transaction of the caller', () => {
  it('F4 exists with the order when it commits, and not before', async () => {
    const { id } = await dataSource.transaction(async (manager) => {
      const order = await manager.save(Order, { item: 'together' });
      const job = await kyu.enqueue('pay', { orderId: order.id }, { manager });
      expect(job).toEqual({ id: expect.any(String), created: true });
      expect(await exists(job.id)).toBe(false);
      expect(announced).toEqual([]);
      return job;
    });
    expect(announced).toEqual([id]);
    await ledger.reaches(id, 'completed');
    expect(await countOrders('together')).toBe(1);
  });

  it('is gone with the order when it rolls back, and is never announced', async () => {
    let id = '';
    await rolledBack(async (manager) => {
      await manager.save(Order, { item: 'neither' });
      ({ id } = await pay(manager));
    });
    expect(await exists(id)).toBe(false);
    expect(await countOrders('neither')).toBe(0);
    // What comes next on the same connections does not take it along.
    const next = await dataSource.transaction(pay);
    expect(announced).toEqual([next.id]);
  });

  it('is not announced when the commit itself is refused', async () => {
    await ledger.sql('create table picky (item text unique deferrable initially deferred)');
    let id = '';
    const transaction = dataSource.transaction(async (manager) => {
      ({ id } = await pay(manager));
      await manager.query(`insert into "${ledger.schema}".picky values ('twice'), ('twice')`);
    });
    await expect(transaction).rejects.toThrow('duplicate key');
    expect(await exists(id)).toBe(false);
    expect(announced).toEqual([]);
  });

  it('starts within 500 ms of the commit', async () => {
    const delaysMs: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const { id } = await dataSource.transaction(pay);
      const committedAt = performance.now();
      await eventually(() => expect(started.has(id)).toBe(true));
      delaysMs.push(started.get(id)! - committedAt); // waited for just above
    }
    expect(app.get(KyuRuntime).dispatcher.mode).toBe('redis');
    expect(delaysMs.sort((left, right) => left - right)[2]).toBeLessThan(500);
  });

  it('F6 may be one of many (enqueueMany)', async () => {
    const items = [
      { type: 'pay', payload: 1 },
      { type: 'pay', payload: 2 },
    ];
    await rolledBack((manager) => kyu.enqueueMany(items, { manager }));
    expect(announced).toEqual([]);
    const results = await dataSource.transaction((manager) => kyu.enqueueMany(items, { manager }));
    const ids = results.map((result) => (result.status === 'created' ? result.id : ''));
    expect(announced).toEqual(ids);
    for (const id of ids) await ledger.reaches(id, 'completed');
  });

  it('may be written through a query runner that the caller drives', async () => {
    const runner = dataSource.createQueryRunner();
    try {
      await runner.startTransaction();
      const lost = await pay(runner.manager);
      await runner.rollbackTransaction();
      await runner.startTransaction();
      const kept = await pay(runner.manager);
      expect(announced).toEqual([]);
      await runner.commitTransaction();
      expect(announced).toEqual([kept.id]);
      expect(await exists(lost.id)).toBe(false);
      await ledger.reaches(kept.id, 'completed');
    } finally {
      await runner.release();
    }
  });

  it('is announced at once when the manager has no transaction open', async () => {
    const { id } = await pay(dataSource.manager);
    expect(announced).toEqual([id]);
    await ledger.reaches(id, 'completed');
  });

  it('that is refused leaves the transaction usable', async () => {
    await dataSource.transaction(async (manager) => {
      await manager.save(Order, { item: 'survives' });
      await expect(kyu.enqueue('pay', { amount: 1n }, { manager })).rejects.toMatchObject({
        code: 'KYU_PAYLOAD',
      });
      await expect(kyu.enqueue('pay', 1, { manager, priority: 0.5 })).rejects.toMatchObject({
        code: 'KYU_INVALID_JOB',
      });
      await pay(manager);
    });
    expect(await countOrders('survives')).toBe(1);
    expect(announced).toHaveLength(1);
  });

  it('may be enqueued by a handler, with the work of the handler', async () => {
    const seen: unknown[] = [];
    class Chain {
      @JobHandler('parent')
      async parent(): Promise<void> {
        await dataSource.transaction(pay);
        seen.push(currentJob()?.type);
      }
    }
    const second = await openApp({
      imports: [KyuModule.forRoot(ledger.options({ queueName: queue }))],
      providers: [Chain],
    });
    try {
      const { id } = await kyu.enqueue('parent', null);
      await ledger.reaches(id, 'completed');
      expect(seen).toEqual(['parent']);
      await ledger.reaches(announced[1]!, 'completed'); // the parent was the first
    } finally {
      await closeOnce(second);
    }
  });
});

describe('nested transactions (savepoints)', () => {
  it('a released savepoint announces nothing before the outer commit', async () => {
    const ids: string[] = [];
    await dataSource.transaction(async (outer) => {
      ids.push((await pay(outer)).id);
      await outer.transaction(async (inner) => {
        ids.push((await pay(inner)).id);
        await inner.transaction(async (innermost) => {
          ids.push((await pay(innermost)).id);
        });
        expect(announced).toEqual([]);
      });
      expect(announced).toEqual([]);
      ids.push((await pay(outer)).id);
    });
    expect(announced.sort()).toEqual(ids.sort());
    for (const id of ids) await ledger.reaches(id, 'completed');
  });

  it('a savepoint that rolls back takes its jobs with it, and only those', async () => {
    const kept: string[] = [];
    const lost: string[] = [];
    await dataSource.transaction(async (outer) => {
      kept.push((await pay(outer)).id);
      await rolledBack(async (inner) => {
        lost.push((await pay(inner)).id);
        await inner.transaction(async (innermost) => {
          lost.push((await pay(innermost)).id);
        });
      }, outer);
      await outer.transaction(async (inner) => {
        kept.push((await pay(inner)).id);
        await rolledBack(async (innermost) => {
          lost.push((await pay(innermost)).id);
        }, inner);
      });
    });
    expect(announced.sort()).toEqual(kept.sort());
    for (const id of kept) await ledger.reaches(id, 'completed');
    expect(await Promise.all(lost.map(exists))).toEqual([false, false, false]);
  });

  it('an outer rollback takes what a released savepoint held', async () => {
    let id = '';
    await rolledBack(async (outer) => {
      await outer.transaction(async (inner) => {
        ({ id } = await pay(inner));
      });
    });
    expect(announced).toEqual([]);
    expect(await exists(id)).toBe(false);
  });
});
