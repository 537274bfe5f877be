import { Redis } from 'ioredis';
import { JobHandler, KyuProducer } from 'nestjs-kyu';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { JobIdSource } from '../../lib/core/job-id.js';
import { startApp } from '../support/kyu-app.js';
import { TestLedger } from '../support/test-ledger.js';

const JOBS = 60;
/** More than a worker gets rid of while the test lasts. */
const FLOOD = 200_000;
const FLOOD_AT_ONCE = 5_000;
/** With five jobs at each poll alone it would be a minute. */
const LONGEST_MS = 15_000;

class Handlers {
  @JobHandler('needed')
  needed(): void {}
}

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await TestLedger.open('flooded');
});

afterAll(() => ledger.close());

describe('a Redis that is full of foreign ids', () => {
  it('holds up no job: the worker finds them in the ledger', async () => {
    const options = ledger.options({ workers: 5, pollInterval: '5s' });
    const app = await startApp({ providers: [Handlers], kyu: options });
    const producer = app.get(KyuProducer);
    const { id } = await producer.enqueue('needed', null);
    await ledger.reaches(id, 'completed');
    const redis = new Redis(inject('redisUrl'));
    const readySet = `kyu:${ledger.schema}:{${options.queueName}}:ready:needed`;
    onTestFinished(async () => {
      await redis.del(readySet);
      redis.disconnect();
    });
    const ids = new JobIdSource(() => Date.now());
    for (let made = 0; made < FLOOD; made += FLOOD_AT_ONCE)
      await redis.zadd(
        readySet,
        ...Array.from({ length: FLOOD_AT_ONCE }, () => [-1_000_000, ids.next()]).flat(),
      );

    // It is in the way of every job: to get rid of it by five at a time takes longer than the test.
    expect(await redis.zcard(readySet)).toBeGreaterThan(FLOOD / 2);
    const begunAt = performance.now();
    await producer.enqueueMany(Array.from({ length: JOBS }, () => ({ type: 'needed', payload: null })));
    await ledger.untilFinished(options.queueName, JOBS + 1, LONGEST_MS);
    const left = await redis.zcard(readySet);
    console.log(
      `A flood of ${FLOOD} ids: ${JOBS} jobs done in ${Math.round(performance.now() - begunAt)} ms, ${left} ids left.`,
    );
    expect(left).toBeLessThan(FLOOD);
  });
});
