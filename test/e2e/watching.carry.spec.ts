import { AsyncLocalStorage } from 'node:async_hooks';
import type { INestApplicationContext } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  currentJob,
  JobHandler,
  KyuAdmin,
  KyuContextError,
  KyuModule,
  KyuProducer,
  OnJobEvent,
  type CarriedContext,
  type JobContext,
} from 'nestjs-kyu';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { closeOnce, openApp } from '../support/kyu-app.js';
import { TestLedger } from '../support/test-ledger.js';

/** What an application knows of the request that it is in. */
const requests = new AsyncLocalStorage<Record<string, string | undefined>>();

const seen = new Map<string, CarriedContext>();

class Handlers {
  constructor(private readonly kyu: KyuProducer) {}

  @JobHandler('look')
  async look(_payload: unknown, job: JobContext): Promise<void> {
    await deepBelow(job);
  }

  /** A step that leads to another one. */
  @JobHandler('step')
  async step(): Promise<{ next: string }> {
    const { id } = await this.kyu.enqueue('look', {});
    return { next: id };
  }
}
Reflect.defineMetadata('design:paramtypes', [KyuProducer], Handlers);

/** The jobs that listeners believe to be in. */
const listened: unknown[] = [];

class Listener {
  @OnJobEvent('enqueued')
  @OnJobEvent('succeeded')
  hear(): void {
    listened.push(currentJob()?.context);
  }
}

/** Requests that handlers believe to be in. */
const foreign = new Set<unknown>();

async function deepBelow(job: JobContext): Promise<void> {
  await Promise.resolve();
  expect(currentJob()?.context).toBe(job.context);
  seen.set(job.id, job.context);
  foreign.add(requests.getStore());
}

let ledger: TestLedger;
let app: INestApplicationContext;
let kyu: KyuProducer;
let dataSource: DataSource;

beforeAll(async () => {
  ledger = await TestLedger.open('carry');
  const options = ledger.options({ carry: () => requests.getStore() });
  app = await openApp({
    imports: [
      TypeOrmModule.forRoot({ type: 'postgres', url: inject('databaseUrl') }),
      KyuModule.forRootAsync({
        inject: [DataSource],
        useFactory: (source: DataSource) => ({ ...options, dsn: undefined, dataSource: source }),
      }),
    ],
    providers: [Handlers, Listener],
  });
  kyu = app.get(KyuProducer);
  dataSource = app.get(DataSource);
});

afterAll(async () => {
  await closeOnce(app);
  await ledger.close();
});

async function contextSeenBy(id: string): Promise<CarriedContext | undefined> {
  expect(await ledger.ends(id)).toMatchObject({ status: 'completed', error_message: null });
  return seen.get(id);
}

const inRequest = <Answer>(requestId: string, work: () => Promise<Answer>): Promise<Answer> =>
  requests.run({ requestId, tenant: '42' }, work);

describe('what an enqueuing request carries', () => {
  it('F25 reaches the handler and everything below it, each job with its own', async () => {
    const names = Array.from({ length: 20 }, (_, number) => `r${number}`);
    const jobs = await Promise.all(names.map((name) => inRequest(name, async () => kyu.enqueue('look', {}))));
    for (const [index, { id }] of jobs.entries()) {
      expect(await contextSeenBy(id)).toEqual({ requestId: names[index], tenant: '42' });
    }
    const [row] = await ledger.sql('select context from kyu_jobs where id = $1', [jobs[0]?.id]);
    expect(row).toEqual({ context: { requestId: 'r0', tenant: '42' } });
    expect(await app.get(KyuAdmin).get(jobs[0]!.id)).toMatchObject({ context: { requestId: 'r0' } }); // 20 were enqueued
  });

  it('is nothing outside of a request', async () => {
    const { id } = await kyu.enqueue('look', {});
    expect(await contextSeenBy(id)).toEqual({});
    expect(await ledger.sql('select context from kyu_jobs where id = $1', [id])).toEqual([{ context: null }]);
  });

  it("goes into the caller's transaction, and with many jobs at once", async () => {
    const inTransaction = await inRequest('tx', () =>
      dataSource.transaction((manager) => kyu.enqueue('look', {}, { manager })),
    );
    const many = await inRequest('many', () =>
      kyu.enqueueMany([
        { type: 'look', payload: 1 },
        { type: 'look', payload: 2 },
      ]),
    );
    expect(await contextSeenBy(inTransaction.id)).toMatchObject({ requestId: 'tx' });
    for (const result of many) {
      const id = result.status === 'created' ? result.id : '';
      expect(await contextSeenBy(id)).toMatchObject({ requestId: 'many' });
    }
  });

  it('is inherited by the jobs that a handler enqueues', async () => {
    const { id } = await inRequest('parent', () => kyu.enqueue('step', {}));
    const { result } = await ledger.ends(id);
    expect(await contextSeenBy((result as { next: string }).next)).toEqual({
      requestId: 'parent',
      tenant: '42',
    });
  });

  it('is all that a handler sees of requests, whoever woke its worker', async () => {
    const jobs = Array.from({ length: 50 }, (_, number) =>
      inRequest(`w${number}`, () => kyu.enqueue('look', {})),
    );
    for (const { id } of await Promise.all(jobs)) await contextSeenBy(id);
    expect(foreign).toEqual(new Set([undefined]));
  });

  it('does not reach listeners of events, which belong to no job', async () => {
    const before = listened.length;
    for (let number = 0; number < 10; number += 1)
      await inRequest(`l${number}`, () => kyu.enqueue('step', {}));
    await eventually(() => expect(listened.length - before).toBeGreaterThanOrEqual(40));
    expect(new Set(listened)).toEqual(new Set([undefined]));
  });

  it('is refused when it is too large, before anything is written', async () => {
    const before = await ledger.sql('select id from kyu_jobs');
    const call = requests.run({ huge: 'x'.repeat(5_000) }, () => kyu.enqueue('look', {}));
    await expect(call).rejects.toThrow(KyuContextError);
    const many = await requests.run({ huge: 'x'.repeat(5_000) }, () =>
      kyu.enqueueMany([{ type: 'look', payload: {} }]),
    );
    expect(many).toMatchObject([{ status: 'rejected', error: { code: 'KYU_CONTEXT' } }]);
    expect(await ledger.sql('select id from kyu_jobs')).toHaveLength(before.length);
  });
});
