import type { Type } from '@nestjs/common';
import { JobHandler, KyuProducer, KyuWorkers, type JobContext, type KyuModuleOptions } from 'nestjs-kyu';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { startApp } from '../support/kyu-app.js';
import { TestLedger } from '../support/test-ledger.js';

let ledger: TestLedger;
const served: { queue: string; priority: number; payload: unknown }[] = [];

class Counter {
  @JobHandler('counted')
  count(payload: unknown, { priority, queue }: JobContext): void {
    served.push({ queue, priority, payload });
  }
}

beforeAll(async () => {
  ledger = await TestLedger.open('order');
});

afterAll(() => ledger.close());

/** An application whose workers wait for the word, so that all jobs are there when they begin. */
async function prepare(handlers: Type, more: Omit<KyuModuleOptions, 'logger'>) {
  served.length = 0;
  const app = await startApp({ providers: [handlers], kyu: ledger.options({ ...more, autoStart: false }) });
  return { kyu: app.get(KyuProducer), workers: app.get(KyuWorkers) };
}

function jobs(queue: string, count: number) {
  return Array.from({ length: count }, (_, index) => ({
    type: 'counted',
    payload: index,
    options: { queue },
  }));
}

describe.each(['Redis', 'PostgreSQL alone'])('with %s', (stores) => {
  const place = stores === 'Redis' ? {} : { redis: false as const };

  it('F56 of 7,000 jobs a queue of weight 6 gets six times as many as one of weight 1', async () => {
    const [heavy, light] = [ledger.newQueue(), ledger.newQueue()];
    const { kyu, workers } = await prepare(Counter, {
      ...place,
      workers: 20,
      queues: { [heavy]: 6, [light]: 1 },
    });
    await kyu.enqueueMany([...jobs(heavy, 6_600), ...jobs(light, 1_600)]);
    await workers.start();
    await eventually(() => expect(served.length).toBeGreaterThanOrEqual(7_000), { withinMs: 20_000 });
    const first = served.slice(0, 7_000);
    const ofHeavy = first.filter(({ queue }) => queue === heavy).length;
    const ratio = ofHeavy / (first.length - ofHeavy);
    // Jobs come by the claim: at either end of what is counted there may be one more of the heavy queue, or one less.
    expect(ratio).toBeGreaterThan(5);
    expect(ratio).toBeLessThan(7.2);
  });

  it('F57 in strict order a lighter queue is served when the heavier ones have nothing', async () => {
    const [heavy, light] = [ledger.newQueue(), ledger.newQueue()];
    const { kyu, workers } = await prepare(Counter, {
      ...place,
      workers: 4,
      queues: { [light]: 1, [heavy]: 6 },
      queueOrder: 'strict',
    });
    await kyu.enqueueMany([...jobs(light, 200), ...jobs(heavy, 300)]);
    await workers.start();
    await eventually(() => expect(served).toHaveLength(500));
    expect(new Set(served.slice(0, 300).map(({ queue }) => queue))).toEqual(new Set([heavy]));
  });

  it('F54 F55 the highest priority comes first, and inside one the oldest', async () => {
    const queue = ledger.newQueue();
    const { kyu, workers } = await prepare(Counter, { ...place, workers: 1, queueName: queue });
    const priorities = [0, 5, -3, 5, 0, 1];
    for (const [index, priority] of priorities.entries()) await kyu.enqueue('counted', index, { priority });
    await workers.start();
    await eventually(() => expect(served).toHaveLength(priorities.length));
    expect(served.map(({ payload }) => payload)).toEqual([1, 3, 5, 0, 4, 2]);
  });

  it('F61 an idle worker is woken by an enqueue: its poll is far away', async () => {
    const queue = ledger.newQueue();
    // A process that starts its own jobs itself would not have to be woken.
    const idle = { queueName: queue, pollInterval: '1h', localClaim: false };
    const { kyu, workers } = await prepare(Counter, { ...place, ...idle });
    await workers.start();
    const first = await kyu.enqueue('counted', 'first');
    await ledger.reaches(first.id, 'completed');
    const beganMs = performance.now();
    const second = await kyu.enqueue('counted', 'second');
    await ledger.reaches(second.id, 'completed');
    expect(performance.now() - beganMs).toBeLessThan(900); // without Redis it would look once a second
  });
});

describe('aging', () => {
  it('F55 an unimportant job is reached though more important ones keep coming', async () => {
    const queue = ledger.newQueue();
    class Feeder {
      @JobHandler('counted')
      async count(payload: unknown, { priority }: JobContext): Promise<void> {
        served.push({ queue, priority, payload });
        // Two more for each that ends: there is always something more important, until the old one had its turn.
        if (served.some((job) => job.payload === 'old') || served.length > 3_000) return;
        const next = { type: 'counted', payload: 'new', options: { priority: 3 } };
        await kyu.enqueueMany([next, next]);
      }
    }
    const { kyu, workers } = await prepare(Feeder, { workers: 1, queueName: queue, aging: '200ms' });
    await kyu.enqueue('counted', 'old');
    await kyu.enqueue('counted', 'new', { priority: 3 });
    await workers.start();
    await eventually(() => expect(served.map(({ payload }) => payload)).toContain('old'), {
      withinMs: 10_000,
    });
    expect(served.findIndex(({ payload }) => payload === 'old')).toBeGreaterThan(2);
    expect(served.find(({ payload }) => payload === 'old')).toMatchObject({ priority: 3 });
  });
});
