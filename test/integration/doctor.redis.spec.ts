import type { INestApplicationContext } from '@nestjs/common';
import { Redis } from 'ioredis';
import { KyuAdmin, KyuProducer } from 'nestjs-kyu';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { DispatchKeys } from '../../lib/dispatch/keys.js';
import { openDispatcher } from '../support/dispatch/open-dispatcher.js';
import { closeOnce, openApp } from '../support/kyu-app.js';
import { TestLedger } from '../support/test-ledger.js';

const TYPE = 'send_email';
const WAITING = 300;
const WINDOW = 200;

let ledger: TestLedger;
let app: INestApplicationContext;
let admin: KyuAdmin;
let redis: Redis;
let keys: DispatchKeys;
let queue: string;

beforeAll(async () => {
  ledger = await TestLedger.open('doctor_redis');
  // Nobody works, so that what is in Redis is what the tests put there.
  const kyu = ledger.options({ role: 'producer', dispatchWindow: WINDOW });
  queue = kyu.queueName;
  keys = new DispatchKeys(`kyu:${ledger.schema}`);
  redis = new Redis(inject('redisUrl'));
  app = await openApp({ kyu });
  admin = app.get(KyuAdmin);
  await app
    .get(KyuProducer)
    .enqueueMany(Array.from({ length: WAITING }, (_, payload) => ({ type: TYPE, payload })));
});

afterEach(async () => {
  await redis.del(keys.ready(queue, TYPE), keys.epoch(queue), keys.more(queue));
  await admin.rebuild();
});

afterAll(async () => {
  redis.disconnect();
  await closeOnce(app);
  await ledger.close();
});

async function found(): Promise<string[]> {
  const codes = (await admin.doctor()).map(({ code }) => code);
  return codes.filter((code) => code.startsWith('redis-')).sort();
}

const held = (): Promise<number> => redis.zcard(keys.ready(queue, TYPE));

describe('the doctor and a real Redis', () => {
  it('F85 is content with a window that is full, though more waits in the ledger', async () => {
    await admin.rebuild();
    expect(await held()).toBe(WINDOW);
    expect(await found()).toEqual([]);
  });

  it('F85 finds a flush, and the fix fills the window again', async () => {
    await redis.del(keys.epoch(queue), keys.ready(queue, TYPE), keys.more(queue));
    expect(await found()).toEqual(['redis-behind', 'redis-forgot']);
    await admin.fix('redis-forgot');
    expect(await found()).toEqual([]);
    expect(await held()).toBe(WINDOW);
  });

  it('F85 finds a window that lost its hints, and one that holds hints of jobs that nobody knows', async () => {
    await admin.rebuild();
    await redis.zremrangebyrank(keys.ready(queue, TYPE), 20, -1);
    expect(await found()).toEqual(['redis-behind']);
    await admin.fix('redis-behind');
    expect(await found()).toEqual([]);
    const strangers = Array.from({ length: 2 * WAITING + 1_001 }, (_, index) => [0, `unknown-${index}`]);
    await redis.zadd(keys.ready(queue, TYPE), ...strangers.flat());
    expect(await found()).toEqual(['redis-ahead']);
    await admin.fix('redis-ahead');
    expect(await found()).toEqual([]);
  });

  it.each([
    ['the ready set', () => keys.ready(queue, TYPE)],
    ['the epoch', () => keys.epoch(queue)],
    ['the set of types', () => keys.more(queue)],
  ])('F85 finds that another program has written %s, and touches nothing', async (_, keyOf) => {
    // A dispatcher of the test's own is asked at once: within two seconds PostgreSQL dispatches, and it is asked no more.
    const prefix = `kyu:${ledger.schema}`;
    await using open = await openDispatcher({ redis: inject('redisUrl'), prefix, queues: [queue] });
    await redis.del(keyOf());
    await redis.hset(keyOf(), 'theirs', '1');
    const survey = await open.dispatcher.survey?.(queue, [TYPE]);
    expect(survey?.foreign).toEqual([expect.objectContaining({ key: keyOf(), found: 'hash' })]);
    expect(await redis.hgetall(keyOf())).toEqual({ theirs: '1' });
  });

  it('F85 says nothing about keys beside its own, of a Redis that others use as well', async () => {
    await admin.rebuild();
    const beside = [`bull:${queue}:wait`, keys.ready(queue, 'a_type_of_an_older_release')];
    for (const key of beside) await redis.set(key, 'theirs');
    expect(await found()).toEqual([]);
    expect(await redis.del(...beside)).toBe(2);
  });
});
