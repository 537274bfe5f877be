import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from 'vitest';
import { EventBus } from '../../../lib/core/event-bus.js';
import { JOB_EVENT_NAMES, type JobEventName } from '../../../lib/core/job-events.js';
import { SnoozeJob, type RunOutcome } from '../../../lib/core/outcome.js';
import { settle } from '../../../lib/core/settlement.js';
import { JobEventHub } from '../../../lib/observability/job-event-hub.js';
import { claimOf, handlerOf, settled } from '../../support/worker/claims.js';

const times = { startedAfterMs: 2, finishedAfterMs: 12 };

function stage(...names: JobEventName[]) {
  const events = new EventBus();
  const errors: unknown[] = [];
  const hub = new JobEventHub(events, (name, error) => errors.push([name, error]));
  const heard: unknown[] = [];
  for (const name of names) hub.on(name, (event) => heard.push([name, event]));
  const end = (outcome: RunOutcome, changes = {}): void => {
    const settlement = settle(claimOf(changes), outcome, times, handlerOf().retryPolicy, () => 0);
    events.emit('runs.settled', { settlements: [settlement] });
  };
  return { events, hub, heard, errors, end };
}

describe('F99 JobEventHub', () => {
  it('tells of a job that was enqueued, of its start and of its success', async () => {
    const { events, heard, end } = stage('enqueued', 'started', 'succeeded');
    events.emit('jobs.enqueued', { queue: 'shop', jobs: [{ id: 'j1', type: 'send_email' }] });
    events.emit('runs.claimed', { queue: 'shop', claims: [claimOf({ waitedMs: 7 })], hints: 1 });
    end({ kind: 'completed', result: null });
    await settled();
    expect(heard).toMatchObject([
      ['enqueued', { jobId: 'j1', jobType: 'send_email', queue: 'shop' }],
      ['started', { run: 1, attempt: 1, waitedMs: 7 }],
      ['succeeded', { durationMs: 10 }],
    ]);
  });

  it('tells of a failure, and of what follows from it', async () => {
    const { heard, end } = stage('failed', 'retried', 'dead');
    end({ kind: 'failed', error: new Error('boom') });
    end({ kind: 'failed', error: new Error('boom') }, { retryCount: 3 });
    await settled();
    expect(heard).toMatchObject([
      ['failed', { error: 'boom', outcome: 'failed' }],
      ['retried', { delayMs: 1_000 }],
      ['failed', { attempt: 4 }],
      ['dead', { attempt: 4, error: 'boom' }],
    ]);
  });

  it('tells of a snooze, which is no failure', async () => {
    const { heard, end } = stage('failed', 'snoozed');
    end({ kind: 'snoozed', delayMs: new SnoozeJob('30s').delayMs });
    end({ kind: 'released' });
    await settled();
    expect(heard).toMatchObject([['snoozed', { delayMs: 30_000 }]]);
  });

  it('tells of a run that was cancelled with its reason, and of nothing else', async () => {
    const { heard, end } = stage(...JOB_EVENT_NAMES);
    end({ kind: 'cancelled', reason: 'the shop is closed' });
    end({ kind: 'cancelled', reason: null });
    await settled();
    expect(heard).toMatchObject([
      ['cancelled', { jobType: 'send_email', queue: 'shop', reason: 'the shop is closed' }],
      ['cancelled', { reason: null }],
    ]);
  });

  it('tells of a job that was called off when it was taken back from a dead worker', async () => {
    const { events, heard } = stage(...JOB_EVENT_NAMES);
    const job = { id: 'j1', type: 't', queue: 'shop', priority: 0, run: 3, attempt: 2, workerId: 'w' };
    events.emit('jobs.rescued', { jobs: [{ ...job, status: 'cancelled', cancelReason: 'duplicate' }] });
    events.emit('jobs.rescued', { jobs: [{ ...job, status: 'pending', cancelReason: null }] });
    await settled();
    const base = { jobId: 'j1', jobType: 't', queue: 'shop' };
    expect(heard).toEqual([
      ['rescued', { ...base, run: 3, workerId: 'w' }],
      ['cancelled', { ...base, reason: 'duplicate' }],
      ['rescued', { ...base, run: 3, workerId: 'w' }],
    ]);
  });

  it('tells of a rescue, of a job that died with its worker, of a stalled run and of a cancellation', async () => {
    const { events, heard } = stage('rescued', 'dead', 'stalled', 'cancelled');
    const job = {
      id: 'j1',
      type: 't',
      queue: 'shop',
      priority: 0,
      run: 3,
      attempt: 2,
      workerId: 'w',
      cancelReason: null,
      status: 'dead',
    } as const;
    events.emit('jobs.rescued', { jobs: [job] });
    const lost = settle(claimOf(), { kind: 'released' }, times, handlerOf().retryPolicy, () => 0);
    events.emit('runs.lost', { settlements: [lost] });
    events.emit('job.cancelled', { job, reason: 'duplicate' });
    await settled();
    expect(heard.map((entry) => (entry as [string])[0])).toEqual(['rescued', 'dead', 'stalled', 'cancelled']);
    expect(heard[1]).toMatchObject(['dead', { run: 3, attempt: 2 }]);
    expect(heard[3]).toMatchObject(['cancelled', { jobId: 'j1', reason: 'duplicate' }]);
  });

  it('tells after the one who caused the event has gone on', async () => {
    const { heard, end } = stage('succeeded');
    end({ kind: 'completed', result: null });
    expect(heard).toEqual([]);
    await settled();
    expect(heard).toHaveLength(1);
  });

  it('tells each event once, however many came before it', async () => {
    const { heard, end } = stage('succeeded');
    for (const id of ['first', 'second', 'third']) {
      end({ kind: 'completed', result: null }, { id });
      await settled();
    }
    expect(heard).toMatchObject(['first', 'second', 'third'].map((jobId) => ['succeeded', { jobId }]));
  });

  it('tells what a listener caused after all that waited for its turn before', async () => {
    const { events, hub } = stage();
    const order: string[] = [];
    hub.on('enqueued', ({ jobId }) => {
      order.push(jobId);
      if (jobId === 'first') enqueued('caused');
    });
    const enqueued = (id: string): void => {
      events.emit('jobs.enqueued', { queue: 'shop', jobs: [{ id, type: 't' }] });
    };
    enqueued('first');
    enqueued('second');
    setImmediate(() => order.push('something else'));
    await settled();
    expect(order).toEqual(['first', 'second', 'something else', 'caused']);
  });

  it('tells outside the context of the job or request that caused the event', async () => {
    const context = new AsyncLocalStorage<string>();
    const { hub, end } = stage();
    const contexts: (string | undefined)[] = [];
    hub.on('succeeded', () => contexts.push(context.getStore()));
    context.run('a job', () => end({ kind: 'completed', result: null }));
    await settled();
    context.run('a request', () => end({ kind: 'completed', result: null }));
    await settled();
    expect(contexts).toEqual([undefined, undefined]);
  });

  it('keeps no room for events that nobody listens to', async () => {
    const { events, hub, heard, end } = stage('succeeded');
    end({ kind: 'completed', result: null });
    const snoozed = Array.from({ length: 10_000 }, () =>
      settle(claimOf(), { kind: 'snoozed', delayMs: 5 }, times, handlerOf().retryPolicy, () => 0),
    );
    events.emit('runs.settled', { settlements: snoozed });
    await settled();
    expect(heard).toHaveLength(1);
    expect(hub.dropped).toBe(0);
  });

  it('survives listeners that throw and reject, and tells the others', async () => {
    const { hub, heard, errors, end } = stage();
    hub.on('succeeded', () => {
      throw new Error('first');
    });
    hub.on('succeeded', async () => Promise.reject(new Error('second')));
    hub.on('succeeded', (event) => heard.push(event));
    end({ kind: 'completed', result: null });
    await settled();
    expect(heard).toHaveLength(1);
    expect(errors).toMatchObject([
      ['succeeded', { message: 'first' }],
      ['succeeded', { message: 'second' }],
    ]);
  });

  it('drops and counts the oldest events when listeners do not keep up, instead of filling the memory', async () => {
    const { events, hub, heard } = stage('enqueued');
    const jobs = Array.from({ length: 10_005 }, (_, index) => ({ id: `j${index}`, type: 't' }));
    events.emit('jobs.enqueued', { queue: 'shop', jobs });
    await settled();
    expect(hub.dropped).toBe(5);
    expect(heard).toHaveLength(10_000);
    expect(heard[0]).toMatchObject(['enqueued', { jobId: 'j5' }]);
  });

  it('ends a subscription', async () => {
    const { hub, end } = stage();
    let calls = 0;
    const unsubscribe = hub.on('succeeded', () => (calls += 1));
    unsubscribe();
    end({ kind: 'completed', result: null });
    await settled();
    expect(calls).toBe(0);
  });
});
