import { Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import {
  defineJob,
  JobHandler,
  KyuClosedError,
  KyuPayloadError,
  KyuProducer,
  KyuScheduler,
  KyuWorkers,
  NotAWorkerError,
  type EnqueueOptions,
  type PayloadOf,
} from 'nestjs-kyu';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { closeOnce, startApp } from '../support/kyu-app.js';
import { TestLedger } from '../support/test-ledger.js';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await TestLedger.open('producing');
});

afterAll(() => ledger.close());

/** A process that only enqueues: what it wrote stays as it was written. */
async function startProducer(more: Parameters<TestLedger['options']>[0] = {}) {
  const options = ledger.options({ role: 'producer', ...more });
  const app = await startApp({ kyu: options });
  return { app, kyu: app.get(KyuProducer), queue: options.queueName };
}

/** How many statements wrote the jobs of a queue: each ran in a transaction of its own. */
async function countInserts(queue: string): Promise<number> {
  const text = 'select count(distinct xmin::text) as count from kyu_jobs where queue = $1';
  const [row] = await ledger.sql<{ count: string }>(text, [queue]);
  return Number(row?.count);
}

describe('one job', () => {
  it('F1 F2 is a row when the call is over, and its id sorts by time', async () => {
    const { kyu, queue } = await startProducer();
    const payload = { to: 'a@b.example', names: ['Ω', '“quoted”', 'line\nbreak'], at: new Date(0), no: null };
    const first = await kyu.enqueue('send_email', payload);
    const second = await kyu.enqueue('send_email', null);
    const third = await kyu.enqueue('send_email', 'text');

    expect(first).toEqual({ id: expect.stringMatching(UUID_V7), created: true });
    expect([first.id, second.id, third.id].sort()).toEqual([first.id, second.id, third.id]);
    expect(await ledger.job(first.id)).toMatchObject({
      queue,
      job_type: 'send_email',
      status: 'pending',
      priority: 0,
      run: 0,
      retry_count: 0,
      payload: { ...payload, at: '1970-01-01T00:00:00.000Z' },
      scheduled_at: null,
    });
    expect(await ledger.job(second.id)).toMatchObject({ payload: null });
    expect(await ledger.job(third.id)).toMatchObject({ payload: 'text' });
  });

  it('F8 F9 F10 F13 may say how it differs from its type', async () => {
    const { kyu } = await startProducer();
    const other = ledger.newQueue();
    const cases: [EnqueueOptions, object][] = [
      [{ priority: 10 }, { priority: 10 }],
      [{ priority: -2_147_483_648 }, { priority: -2_147_483_648 }],
      [{ maxRetries: 0 }, { max_retries: 0 }],
      [{ maxAttempts: 8 }, { max_retries: 7 }],
      [{ timeout: '1m30s' }, { timeout_ms: '90000' }],
      [{ timeout: 0 }, { timeout_ms: '0' }],
      [{ queue: other }, { queue: other }],
      [{ delay: '5m' }, { status: 'scheduled' }],
      [{ delay: 0 }, { status: 'pending' }],
      [
        { scheduledAt: new Date('2999-01-01') },
        { status: 'scheduled', scheduled_at: new Date('2999-01-01') },
      ],
      [{ scheduledAt: new Date('2001-01-01'), delay: '1h' }, { status: 'pending' }],
      [{ scheduledAt: null }, { status: 'pending', scheduled_at: null }],
    ];
    for (const [options, expected] of cases) {
      const { id } = await kyu.enqueue('send_email', 1, options);
      expect(await ledger.job(id), JSON.stringify(options)).toMatchObject(expected);
    }
  });

  it('F17 takes what it does not say from the options, the handler, the token and the defaults, in this order', async () => {
    const Token = defineJob('from_token', { maxRetries: 6, timeout: '6s' });
    class Handlers {
      @JobHandler('decorated', { maxRetries: 8, timeout: '8s', queue: `${ledger.schema}:mail` })
      decorated(): void {}
    }
    const kyu = ledger.options({
      autoStart: false,
      defaults: { maxRetries: 1, timeout: '1s' },
      handlers: { decorated: { timeout: '9s' } },
    });
    const app = await startApp({ providers: [Handlers], kyu });
    const producer = app.get(KyuProducer);
    const rows = [
      await producer.enqueue('plain', 1),
      await producer.enqueue(Token, 1),
      await producer.enqueue('decorated', 1),
      await producer.enqueue('decorated', 1, { maxRetries: 2, queue: kyu.queueName }),
    ].map(async ({ id }) => {
      const { queue, max_retries, timeout_ms } = await ledger.job(id);
      return [queue, max_retries, timeout_ms];
    });
    expect(await Promise.all(rows)).toEqual([
      [kyu.queueName, 1, '1000'],
      [kyu.queueName, 6, '6000'],
      [`${ledger.schema}:mail`, 8, '9000'],
      [kyu.queueName, 2, '9000'],
    ]);
  });
});

describe('jobs that are enqueued at the same moment', () => {
  it('share an INSERT', async () => {
    const { kyu, queue } = await startProducer();
    const jobs = await Promise.all(Array.from({ length: 300 }, (_, index) => kyu.enqueue('single', index)));
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(300);
    expect(await ledger.countJobs(queue)).toBe(300);
    expect(await countInserts(queue)).toBeLessThanOrEqual(4);
  });

  it('F5 are one statement per thousand with enqueueMany, with an answer for each in input order', async () => {
    const { kyu, queue } = await startProducer();
    const items = Array.from({ length: 2_500 }, (_, index) => ({
      type: 'bulk',
      payload: { index },
      options: { priority: index % 3 },
    }));
    const results = await kyu.enqueueMany(items);
    expect(results.every(({ status }) => status === 'created')).toBe(true);
    const rows = await ledger.sql<{ id: string }>(
      `select id from kyu_jobs where queue = $1 order by (payload->>'index')::int`,
      [queue],
    );
    expect(results.map((result) => (result.status === 'created' ? result.id : ''))).toEqual(
      rows.map(({ id }) => id),
    );
    expect(await countInserts(queue)).toBe(3);
    expect(await kyu.enqueueMany([])).toEqual([]);
  });

  it('F3 are written without those that are not usable, which are named by their index', async () => {
    const { kyu, queue } = await startProducer();
    const results = await kyu.enqueueMany([
      { type: 'good', payload: 1 },
      { type: 'bad payload', payload: 2 },
      { type: 'good', payload: 3, options: { delay: -1 } },
      { type: 'good', payload: { amount: 4n } },
      { type: 'good', payload: 5 },
    ]);
    const [first, ...others] = results;
    expect(first).toEqual({ status: 'created', id: expect.stringMatching(UUID_V7) });
    expect(others).toEqual([
      {
        status: 'rejected',
        error: expect.objectContaining({ code: 'KYU_INVALID_JOB', field: 'items[1].type' }),
      },
      { status: 'rejected', error: expect.objectContaining({ field: 'items[2].delay' }) },
      {
        status: 'rejected',
        error: expect.objectContaining({
          code: 'KYU_PAYLOAD',
          field: 'items[3].payload.amount',
          message: expect.stringMatching(/^Item 3: .*BigInt/),
          remedy: 'Pass it as text.',
        }),
      },
      { status: 'created', id: expect.stringMatching(UUID_V7) },
    ]);
    expect(await ledger.countJobs(queue)).toBe(2);
  });
});

describe.each(['Redis', 'PostgreSQL alone'])('with %s', (stores) => {
  const redis = stores === 'Redis' ? {} : { redis: false as const };

  it('F7 F54 higher priority runs first, and equal priority in the order of enqueueing', async () => {
    const order: unknown[] = [];
    class Handlers {
      @JobHandler('ordered')
      run(payload: unknown): void {
        order.push(payload);
      }
    }
    const kyu = ledger.options({ ...redis, autoStart: false, workers: 1 });
    const app = await startApp({ providers: [Handlers], kyu });
    const producer = app.get(KyuProducer);
    const priorities = [0, 5, -3, 5, 0, 10, -3, 5, 2_147_483_647, -2_147_483_648];
    for (const [index, priority] of priorities.entries()) {
      await producer.enqueue('ordered', `${priority} ${index}`, { priority });
    }
    await app.get(KyuWorkers).start();
    await ledgerEmpties(kyu.queueName);
    expect(order).toEqual([
      '2147483647 8',
      '10 5',
      '5 1',
      '5 3',
      '5 7',
      '0 0',
      '0 4',
      '-3 2',
      '-3 6',
      '-2147483648 9',
    ]);
  });

  it('F47 a delayed or scheduled job runs at its time, at most a second late and never early', async () => {
    class Handlers {
      @JobHandler('later')
      run(): void {}
    }
    const app = await startApp({ providers: [Handlers], kyu: ledger.options(redis) });
    const producer = app.get(KyuProducer);
    const soon = new Date(Date.now() + 700);
    const ids = [
      (await producer.enqueue('later', 1, { delay: 300 })).id,
      (await producer.enqueue('later', 2, { delay: '1s' })).id,
      (await producer.enqueue('later', 3, { scheduledAt: soon })).id,
    ];
    for (const id of ids) {
      const { scheduled_at } = await ledger.reaches(id, 'completed');
      const [run] = await ledger.attempts(id);
      const lateMs = run!.started_at.getTime() - scheduled_at!.getTime(); // it ran, and it was scheduled
      expect(lateMs).toBeGreaterThanOrEqual(0);
      expect(lateMs).toBeLessThanOrEqual(1_000);
    }
  });
});

async function ledgerEmpties(queue: string): Promise<void> {
  const [last] = await ledger.sql<{ id: string }>(
    'select id from kyu_jobs where queue = $1 order by priority, id desc limit 1',
    [queue],
  );
  await ledger.ends(last!.id); // the queue is not empty when this is asked
}

describe('a typed job', () => {
  const SendEmail = defineJob('typed_email', {
    schema: z.object({ to: z.email(), at: z.coerce.date().optional(), copies: z.number().default(1) }),
  });
  const seen: unknown[] = [];
  class Mailer {
    @JobHandler(SendEmail)
    send(mail: PayloadOf<typeof SendEmail>): void {
      seen.push(mail);
    }
  }

  it('is checked at enqueue and before the run, and the handler gets what the schema makes of it', async () => {
    const app = await startApp({ providers: [Mailer], kyu: ledger.options() });
    const kyu = app.get(KyuProducer);
    const { id } = await kyu.enqueue(SendEmail, { to: 'a@b.example', at: '2026-01-02' });
    await ledger.reaches(id, 'completed');
    expect(seen).toEqual([{ to: 'a@b.example', at: new Date('2026-01-02'), copies: 1 }]);
    expect((await ledger.job(id)).payload).toEqual({ to: 'a@b.example', at: '2026-01-02' });
  });

  it('is refused with the path, and one from elsewhere is dead with the same message', async () => {
    const kyu = ledger.options();
    const app = await startApp({ providers: [Mailer], kyu });
    const refusal = await app
      .get(KyuProducer)
      .enqueue(SendEmail, { to: 'nobody' })
      .catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(KyuPayloadError);
    expect(refusal).toMatchObject({ code: 'KYU_PAYLOAD', field: 'payload.to' });
    expect(await ledger.countJobs(kyu.queueName)).toBe(0);

    const [row] = await ledger.sql<{ id: string }>(
      `insert into kyu_jobs (id, queue, job_type, payload) values (gen_random_uuid(), $1, $2, '{"to":"nobody"}')
       returning id`,
      [kyu.queueName, SendEmail.type],
    );
    const dead = await ledger.ends(row!.id); // it was just inserted
    expect(dead).toMatchObject({ status: 'dead', run: 1 });
    expect(dead.error_message).toContain((refusal as Error).message);
  });
});

describe('a process that only enqueues', () => {
  it('F16 runs nothing, registers no worker, and says so when it is asked to', async () => {
    class Handlers {
      @JobHandler('elsewhere')
      run(): string {
        return 'ran in the worker';
      }
    }
    const options = ledger.options();
    const producer = await startApp({ providers: [Handlers], kyu: { ...options, role: 'producer' } });
    const { id } = await producer.get(KyuProducer).enqueue('elsewhere', null);
    const registered = 'select from kyu_workers where $1 = any (queues)';
    expect(await ledger.sql(registered, [options.queueName])).toEqual([]);
    await expect(producer.get(KyuWorkers).start()).rejects.toBeInstanceOf(NotAWorkerError);
    expect(() => producer.get(KyuScheduler).status()).toThrow(NotAWorkerError);
    expect(options.logger.lines[0]?.message).toMatch(/instance +default, producer only/);
    expect(await ledger.job(id)).toMatchObject({ status: 'pending', run: 0 });

    await startApp({ providers: [Handlers], kyu: options });
    expect(await ledger.ends(id)).toMatchObject({ result: 'ran in the worker' });
  });
});

describe('the producer in the life of an application', () => {
  it('works from onModuleInit on', async () => {
    const ids: string[] = [];
    @Injectable()
    class Early implements OnModuleInit, OnApplicationBootstrap {
      constructor(private readonly kyu: KyuProducer) {}
      async onModuleInit(): Promise<void> {
        ids.push((await this.kyu.enqueue('early', 'init')).id);
      }
      async onApplicationBootstrap(): Promise<void> {
        ids.push((await this.kyu.enqueue('early', 'bootstrap')).id);
      }
      @JobHandler('early', { maxRetries: 7 })
      run(payload: unknown): unknown {
        return payload;
      }
    }
    await startApp({ providers: [Early], kyu: ledger.options() });
    expect(await ledger.ends(ids[0]!)).toMatchObject({ result: 'init' }); // both hooks have run
    expect(await ledger.ends(ids[1]!)).toMatchObject({ result: 'bootstrap' });
  });

  it('refuses jobs when it is closed', async () => {
    const { app, kyu, queue } = await startProducer();
    await closeOnce(app);
    await expect(kyu.enqueue('late', 1)).rejects.toBeInstanceOf(KyuClosedError);
    await expect(kyu.enqueueMany([{ type: 'late', payload: 1 }])).rejects.toMatchObject({
      code: 'KYU_CLOSED',
      remedy: expect.stringContaining('before'),
    });
    expect(await ledger.countJobs(queue)).toBe(0);
  });
});
