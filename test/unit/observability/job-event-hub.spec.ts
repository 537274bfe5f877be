import { describe, expect, it } from 'vitest';
import { EventBus } from '../../../lib/core/event-bus.js';
import type { JobEventName } from '../../../lib/core/job-events.js';
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
  });

  it('tells after the one who caused the event has gone on', async () => {
    const { heard, end } = stage('succeeded');
    end({ kind: 'completed', result: null });
    expect(heard).toEqual([]);
    await settled();
    expect(heard).toHaveLength(1);
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
