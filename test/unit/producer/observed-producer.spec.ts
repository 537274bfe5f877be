import { describe, expect, it } from 'vitest';
import { EventBus } from '../../../lib/core/event-bus.js';
import type { JobDraft } from '../../../lib/core/job.js';
import type { KyuEvents } from '../../../lib/core/events.js';
import { ObservedProducer } from '../../../lib/kyu.observed-producer.js';
import type { Dispatcher } from '../../../lib/core/ports/dispatcher.js';
import { JobWaiter } from '../../../lib/producer/job-waiter.js';
import { ManualClock } from '../../support/observability/manual-clock.js';

/** A ledger that takes 30 ms for everything. */
function stage() {
  let nowMs = 0;
  let lastId = 0;
  const events = new EventBus();
  const timed: KyuEvents['enqueue.timed'][] = [];
  events.on('enqueue.timed', (event) => timed.push(event));
  const producer = new ObservedProducer(
    {
      intake: {
        insert: (drafts: readonly JobDraft[]) => {
          nowMs += 30;
          return Promise.resolve(drafts.map(({ id }) => ({ id, status: 'pending', created: true }) as const));
        },
        insertAndClaim: () => Promise.reject(new Error('no workers are here')),
        afterCommit: (_transaction, action) => action(),
      },
      dispatcher: { announce: () => Promise.resolve() } as unknown as Dispatcher,
      events,
      newJobId: () => `01900000-0000-7000-8000-${String((lastId += 1)).padStart(12, '0')}`,
      defaultsFor: () => ({ queue: 'shop', maxRetries: 3, timeoutMs: 0 }),
      payloadLimitBytes: 1_024,
      app: 'shop',
      priorities: new Map(),
      waiter: new JobWaiter({ clock: new ManualClock(), events, outcomes: { standings: async () => [] } }),
    },
    { clock: { monotonicMs: () => nowMs }, events, telemetry: undefined },
  );
  return { producer, timed };
}

describe('the time of an enqueue', () => {
  it('F104 is told once for each call, with the job types in it', async () => {
    const { producer, timed } = stage();
    await producer.enqueue('send_email', {});
    const items = ['send_email', 'report', 'report'].map((type) => ({ type, payload: {} }));
    await producer.enqueueMany(items);
    expect(timed).toEqual([
      { types: ['send_email'], tookMs: 30 },
      { types: ['send_email', 'report'], tookMs: 30 },
    ]);
  });

  it('is not told of what was refused', async () => {
    const { producer, timed } = stage();
    await expect(producer.enqueue('not a name', {})).rejects.toThrow();
    const results = await producer.enqueueMany([null as never, { type: 'report', payload: {} }]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'created']);
    expect(timed).toEqual([{ types: ['report'], tookMs: 30 }]);
  });

  it('fails no call whose items the caller has taken away', async () => {
    const { producer, timed } = stage();
    const items = [{ type: 'report', payload: {} }];
    const call = producer.enqueueMany(items);
    items.length = 0;
    expect(await call).toMatchObject([{ status: 'created' }]);
    expect(timed).toEqual([{ types: [], tookMs: 30 }]);
  });
});
