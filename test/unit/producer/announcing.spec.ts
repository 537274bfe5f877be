import { describe, expect, it } from 'vitest';
import { EventBus } from '../../../lib/core/event-bus.js';
import type { Hint, InsertedJob, JobDraft } from '../../../lib/core/job.js';
import type { Dispatcher } from '../../../lib/core/ports/dispatcher.js';
import { JobWaiter } from '../../../lib/producer/job-waiter.js';
import { Producer } from '../../../lib/producer/producer.js';
import { ManualClock } from '../../support/observability/manual-clock.js';
import { deferred, settled } from '../../support/worker/claims.js';

/** A ledger that takes everything, and a dispatcher that remembers its calls. */
function stage({
  refuses = () => false,
  heard = () => Promise.resolve(),
}: { refuses?: (draft: JobDraft) => boolean; heard?: (queue: string) => Promise<void> } = {}) {
  const announced: { queue: string; ids: string[] }[] = [];
  const enqueued: number[] = [];
  const order: string[] = [];
  const events = new EventBus();
  events.on('jobs.enqueued', ({ jobs }) => enqueued.push(jobs.length));
  let lastId = 0;
  const insert = async (drafts: readonly JobDraft[]): Promise<InsertedJob[]> => {
    order.push(`insert ${drafts.length}`);
    if (drafts.some(refuses)) throw new Error('a bad row');
    return drafts.map(({ id }) => ({ id, status: 'pending', created: true }));
  };
  const announce = async (queue: string, hints: readonly Hint[]): Promise<void> => {
    order.push(`announce ${hints.length}`);
    announced.push({ queue, ids: hints.map(({ id }) => id) });
    await heard(queue);
  };
  const producer = new Producer<unknown>({
    intake: {
      insert,
      insertAndClaim: () => Promise.reject(new Error('no workers are here')),
      afterCommit: (_transaction, action) => action(),
    },
    dispatcher: { announce } as unknown as Dispatcher,
    events,
    newJobId: () => `job-${(lastId += 1)}`,
    defaultsFor: () => ({ queue: 'shop', maxRetries: 3, timeoutMs: 0 }),
    payloadLimitBytes: 1_024,
    app: 'shop',
    priorities: new Map(),
    waiter: new JobWaiter({ clock: new ManualClock(), events, outcomes: { standings: async () => [] } }),
  });
  return { producer, announced, enqueued, order };
}

describe('the announcement of jobs', () => {
  it('is one for all that are enqueued one by one at the same moment', async () => {
    const { producer, announced, enqueued } = stage();
    const jobs = await Promise.all([1, 2, 3].map((order) => producer.enqueue('send_email', { order })));
    await producer.close();
    expect(announced).toEqual([{ queue: 'shop', ids: jobs.map(({ id }) => id) }]);
    expect(enqueued).toEqual([3]);
  });

  it('is one for each queue among them', async () => {
    const { producer, announced } = stage();
    await Promise.all(
      ['shop', 'reports', 'shop'].map((queue) => producer.enqueue('send_email', {}, { queue })),
    );
    await producer.close();
    expect(announced).toEqual([
      { queue: 'shop', ids: ['job-1', 'job-3'] },
      { queue: 'reports', ids: ['job-2'] },
    ]);
  });

  it('names every job once, though its neighbour in the batch could not be written', async () => {
    const { producer, announced } = stage({ refuses: ({ id }) => id === 'job-2' });
    const results = await Promise.allSettled([1, 2, 3].map(() => producer.enqueue('send_email', {})));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(announced.flatMap(({ ids }) => ids)).toEqual(['job-1', 'job-3']);
  });

  it('goes behind the next INSERT of callers who were answered together', async () => {
    const { producer, order } = stage();
    const enqueueTwice = async (): Promise<void> => {
      await producer.enqueue('send_email', {});
      await producer.enqueue('send_email', {});
    };
    await Promise.all([enqueueTwice(), enqueueTwice()]);
    await producer.close();
    expect(order).toEqual(['insert 2', 'insert 2', 'announce 2', 'announce 2']);
  });

  it('goes first where one caller was answered: nobody else has a job in hand, and somebody may wait for this one', async () => {
    const { producer, order } = stage();
    await producer.enqueue('send_email', {});
    await producer.enqueue('send_email', {});
    expect(order).toEqual(['insert 1', 'announce 1', 'insert 1', 'announce 1']);
  });

  it('is one at a time for each queue: what is committed meanwhile shares the next', async () => {
    const answers = [deferred<void>(), deferred<void>()];
    const waiting = [...answers];
    const heard = (queue: string): Promise<void> =>
      queue === 'shop' ? waiting.shift()!.promise : Promise.resolve(); // two announcements of that queue
    const { producer, announced } = stage({ heard });
    const transaction = {};
    for (const queue of ['shop', 'shop', 'reports', 'shop', 'reports']) {
      await producer.enqueue('send_email', {}, { queue, manager: transaction });
    }
    expect(announced).toEqual([
      { queue: 'shop', ids: ['job-1'] },
      { queue: 'reports', ids: ['job-3'] },
      { queue: 'reports', ids: ['job-5'] },
    ]);
    let isClosed = false;
    const closing = producer.close().then(() => (isClosed = true));
    answers[0]?.resolve();
    await settled();
    expect(announced.slice(3)).toEqual([{ queue: 'shop', ids: ['job-2', 'job-4'] }]);
    expect(isClosed).toBe(false);
    answers[1]?.resolve();
    await closing;
  });

  it('is waited for at the end, though it had not begun', async () => {
    const answer = deferred<void>();
    const { producer } = stage({ heard: () => answer.promise });
    await Promise.all([producer.enqueue('send_email', {}), producer.enqueue('send_email', {})]);
    let isClosed = false;
    const closing = producer.close().then(() => (isClosed = true));
    await settled();
    expect(isClosed).toBe(false);
    answer.resolve();
    await closing;
  });

  it('is there for a job with a key of its own as well', async () => {
    const { producer, announced } = stage();
    await producer.enqueue('send_email', {}, { unique: { key: 'order-1' } });
    expect(announced).toEqual([{ queue: 'shop', ids: ['job-1'] }]);
  });
});
