import { DuplicateJobError, InvalidJobError, JobHandler, KyuProducer, type EnqueueOptions } from 'nestjs-kyu';
import { Injectable } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp } from '../support/kyu-app.js';
import { TestLedger } from '../support/test-ledger.js';

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await TestLedger.open('producing_unique');
});

afterAll(() => ledger.close());

async function startProducer(more: Parameters<TestLedger['options']>[0] = {}) {
  const options = ledger.options({ role: 'producer', ...more });
  const app = await startApp({ kyu: options });
  return { kyu: app.get(KyuProducer), queue: options.queueName };
}

describe('a unique job', () => {
  it('F15 is by default the same type with the same payload, whatever the order of its members', async () => {
    const { kyu, queue } = await startProducer();
    const first = await kyu.enqueue('sync', { tenant: 1, deep: { a: 1, b: [1, 2] } }, { unique: true });
    expect(first.created).toBe(true);
    const again = await kyu.enqueue('sync', { deep: { b: [1, 2], a: 1 }, tenant: 1 }, { unique: true });
    expect(again).toEqual({ id: first.id, created: false });
    expect(await kyu.enqueue('sync', { tenant: 2 }, { unique: true })).toMatchObject({ created: true });
    expect(await kyu.enqueue('other', { tenant: 2 }, { unique: true })).toMatchObject({ created: true });
    expect(await kyu.enqueue('sync', { tenant: 2 })).toMatchObject({ created: true });
    expect(await ledger.countJobs(queue)).toBe(4);
  });

  it('F14 has its key in one of three scopes', async () => {
    const { kyu, queue } = await startProducer();
    const other = ledger.newQueue();
    const isNew = async (type: string, scope: 'type' | 'queue' | 'app', to = queue): Promise<boolean> =>
      (await kyu.enqueue(type, {}, { queue: to, unique: { key: 'k', scope } })).created;

    expect([await isNew('a', 'type'), await isNew('a', 'type'), await isNew('b', 'type')]).toEqual([
      true,
      false,
      true,
    ]);
    expect(await isNew('a', 'type', other)).toBe(true);
    expect([await isNew('a', 'queue'), await isNew('b', 'queue')]).toEqual([true, false]);
    expect(await isNew('a', 'queue', other)).toBe(true);
    expect([await isNew('a', 'app'), await isNew('b', 'app', other)]).toEqual([true, false]);
  });

  it('shares an app-wide key with no other application of the ledger', async () => {
    const [one, other] = [await startProducer(), await startProducer()];
    const options: EnqueueOptions = { unique: { key: 'k', scope: 'app' } };
    expect(await one.kyu.enqueue('a', {}, options)).toMatchObject({ created: true });
    expect(await other.kyu.enqueue('a', {}, options)).toMatchObject({ created: true });
  });

  it('F14 answers a second one as it is told: its id, an error, or its new content', async () => {
    const { kyu } = await startProducer();
    const first = await kyu.enqueue('welcome', { to: 'a' }, { unique: { key: '42' }, delay: '1h' });
    const refused = kyu.enqueue('welcome', { to: 'b' }, { unique: { key: '42', onConflict: 'error' } });
    await expect(refused).rejects.toMatchObject({
      code: 'KYU_DUPLICATE_JOB',
      jobId: first.id,
      field: 'unique',
    });
    await expect(refused).rejects.toBeInstanceOf(DuplicateJobError);
    const options: EnqueueOptions = {
      unique: { key: '42', onConflict: 'replace' },
      priority: 'high',
      tags: ['vip'],
    };
    expect(await kyu.enqueue('welcome', { to: 'c' }, options)).toEqual({ id: first.id, created: false });
    expect(await ledger.job(first.id)).toMatchObject({
      status: 'pending',
      payload: { to: 'c' },
      priority: 10,
    });
  });

  it('F5 is one item of many, each with its own answer', async () => {
    const { kyu } = await startProducer();
    const unique = { key: 'one' };
    const results = await kyu.enqueueMany([
      { type: 'a', payload: 1, options: { unique } },
      { type: 'a', payload: 2, options: { unique } },
      { type: 'a', payload: 3, options: { unique: { ...unique, onConflict: 'error' } } },
      { type: 'a', payload: 4 },
      { type: 'a', payload: 5, options: { unique: { key: '' } } },
    ]);
    expect(results.map(({ status }) => status)).toEqual([
      'created',
      'existing',
      'rejected',
      'created',
      'rejected',
    ]);
    const [first, second, third, , fifth] = results;
    expect(second).toEqual({ status: 'existing', id: (first as { id: string }).id });
    expect(third).toMatchObject({ error: { code: 'KYU_DUPLICATE_JOB', field: 'items[2].unique' } });
    expect(fifth).toMatchObject({ error: { code: 'KYU_INVALID_JOB', field: 'items[4].unique.key' } });
  });

  it('does not hold up others that are enqueued at the same moment while it waits for a transaction', async () => {
    const { kyu } = await startProducer();
    const client = await ledger.client();
    try {
      await client.query('begin');
      await client.query(`select ${ledger.schema}.enqueue('held', unique_key => 'k', queue => 'held')`);
      const held = kyu.enqueue('held', {}, { queue: 'held', unique: { key: 'k' } });
      const others = await Promise.all([kyu.enqueue('a', 1), kyu.enqueue('b', 2), kyu.enqueue('c', 3)]);
      expect(others.every(({ created }) => created)).toBe(true);
      await client.query('commit');
      expect(await held).toMatchObject({ created: false });
    } finally {
      client.release(true);
    }
  });

  it('may be enqueued again by the one that has just ended', async () => {
    @Injectable()
    class Ticker {
      constructor(private readonly kyu: KyuProducer) {}

      @JobHandler('tick')
      async tick(round: number): Promise<void> {
        if (round < 3) await this.kyu.enqueue('tick', round + 1, { unique: { key: `round ${round + 1}` } });
      }
    }
    const options = ledger.options();
    const app = await startApp({ kyu: options, providers: [Ticker] });
    await app.get(KyuProducer).enqueue('tick', 1, { unique: { key: 'round 1' } });
    await ledger.untilFinished(options.queueName, 3);
    expect(await ledger.countJobs(options.queueName)).toBe(3);
  });
});

describe('the options of an enqueue', () => {
  it('F7 give names to priorities, which the instance may choose', async () => {
    const { kyu } = await startProducer();
    const priorityOf = async (producer: KyuProducer, priority: string): Promise<number> =>
      (await ledger.job((await producer.enqueue('a', {}, { priority })).id)).priority;
    expect([
      await priorityOf(kyu, 'high'),
      await priorityOf(kyu, 'normal'),
      await priorityOf(kyu, 'low'),
    ]).toEqual([10, 0, -10]);
    const own = await startProducer({ priorities: { urgent: 6, default: 3 } });
    expect(await priorityOf(own.kyu, 'urgent')).toBe(6);
    await expect(own.kyu.enqueue('a', {}, { priority: 'urgnt' })).rejects.toThrow(/did you mean "urgent"/);
    await expect(own.kyu.enqueue('a', {}, { priority: 'high' })).rejects.toBeInstanceOf(InvalidJobError);
  });

  it.each<[EnqueueOptions, RegExp]>([
    [{ tags: ['a', ''] }, /tags/],
    [{ tags: Array.from({ length: 21 }, (_, index) => `t${index}`) }, /at most 20/],
    [{ deadlineAt: 'tomorrow' as unknown as Date }, /deadlineAt/],
    [{ unique: 'yes' as unknown as boolean }, /unique/],
    [{ unique: { kee: 'x' } as object }, /unique\.kee/],
    [{ unique: { scope: 'world' as 'app' } }, /unique\.scope/],
    [{ unique: { until: 'noon' } }, /unique\.until/],
    [{ unique: { until: 0 } }, /unique\.until/],
    [{ unique: { payload: 1 as unknown as boolean } }, /unique\.payload/],
    [{ unique: { onConflict: 'merge' as 'skip' } }, /unique\.onConflict/],
  ])('are refused with words when they are not usable: %j', async (options, words) => {
    const { kyu, queue } = await startProducer();
    const refused = kyu.enqueue('a', {}, options);
    await expect(refused).rejects.toBeInstanceOf(InvalidJobError);
    await expect(refused).rejects.toThrow(words);
    expect(await ledger.countJobs(queue)).toBe(0);
  });
});

describe('a job from plain SQL', () => {
  @Injectable()
  class Listener {
    static readonly started = new Map<string, number>();

    @JobHandler('from_sql', { maxRetries: 9 })
    run(payload: { name: string }): void {
      Listener.started.set(payload.name, Date.now());
    }
  }

  async function startedAfterMs(redis: 'with Redis' | 'without Redis'): Promise<number> {
    const options = ledger.options(redis === 'with Redis' ? {} : { redis: false });
    await startApp({ kyu: options, providers: [Listener] });
    const call = `${ledger.schema}.enqueue('from_sql', $1::jsonb, app => $2)`;
    const begun = Date.now();
    const [job] = await ledger.sql<{ id: string }>(`select id from ${call}`, [
      JSON.stringify({ name: redis }),
      options.queueName,
    ]);
    await ledger.untilFinished(options.queueName, 1);
    expect(await ledger.job(job?.id ?? '')).toMatchObject({ status: 'completed', max_retries: 9 });
    return (Listener.started.get(redis) ?? Infinity) - begun;
  }

  it('starts within two seconds while Redis dispatches', async () => {
    const after = await startedAfterMs('with Redis');
    console.log(`SQL enqueue → start with Redis: ${after} ms.`);
    expect(after).toBeLessThanOrEqual(2_000);
  });

  it('starts at once where PostgreSQL dispatches', async () => {
    const after = await startedAfterMs('without Redis');
    console.log(`SQL enqueue → start without Redis: ${after} ms.`);
    expect(after).toBeLessThanOrEqual(500);
  });
});
