import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  JobHandler,
  KyuJobEvents,
  KyuProducer,
  OnJobEvent,
  type CarriedContext,
  type JobContext,
  type JobEventName,
  type JobEvents,
  type KyuModuleOptions,
  type KyuNotifier,
} from 'nestjs-kyu';
import { createJobContext, KyuTestbed, KyuTestingModule, runJob } from 'nestjs-kyu/testing';
import { TerminusModule } from '@nestjs/terminus';
import { KyuHealthIndicator } from 'nestjs-kyu/terminus';
import { describe, expect, it } from 'vitest';
import type { EventBus } from '../../lib/core/event-bus.js';
import { JOB_EVENT_NAMES } from '../../lib/core/job-events.js';
import { KyuRuntime } from '../../lib/kyu.runtime.js';
import { RecordingLogger } from '../support/observability/recording-logger.js';
import { claim, EVERY_END, settlement } from '../support/observability/runs.js';
import { settled } from '../support/worker/claims.js';

@Injectable()
class Handlers {
  readonly seen: CarriedContext[] = [];

  constructor(private readonly kyu: KyuProducer) {}

  @JobHandler('first')
  async first(_payload: unknown, job: JobContext): Promise<void> {
    this.seen.push(job.context);
    await this.kyu.enqueue('second', {});
  }

  @JobHandler('second')
  second(_payload: unknown, job: JobContext): void {
    this.seen.push(job.context);
  }
}

describe('F114 what a job carries', () => {
  it('is there in tests as it is in life', async () => {
    let tenant: string | undefined = '42';
    const app = await Test.createTestingModule({
      imports: [KyuTestingModule.forRoot({ carry: () => ({ tenant }) })],
      providers: [Handlers],
    }).compile();
    await app.get(KyuProducer).enqueue('first', {});
    tenant = undefined;
    expect(await app.get(KyuTestbed).drain()).toMatchObject({ completed: 2 });
    expect(app.get(Handlers).seen).toEqual([{ tenant: '42' }, { tenant: '42' }]);
    await app.close();
  });

  it('can be said to a handler that is called by itself', async () => {
    expect(createJobContext({ context: { tenant: '42' } }).context).toEqual({ tenant: '42' });
    expect(createJobContext().context).toEqual({});
    const { result } = await runJob((_payload, job) => job.context, {}, { context: { tenant: '7' } });
    expect(result).toEqual({ tenant: '7' });
  });
});

describe('F114 notifiers', () => {
  it('are left aside: a test calls nobody', async () => {
    const calls: string[] = [];
    const notifier: KyuNotifier = {
      name: 'pager',
      on: ['succeeded'],
      deliver: ({ text }) => Promise.resolve(void calls.push(text)),
    };
    const options: KyuModuleOptions = { notifiers: [notifier] };
    const app = await Test.createTestingModule({
      imports: [KyuTestingModule.forRoot(options)],
      providers: [Handlers],
    }).compile();
    await app.get(KyuProducer).enqueue('second', {});
    await app.get(KyuTestbed).drain();
    await app.close();
    expect(calls).toEqual([]);
  });
});

/** What the engine says for each of the ten. */
const CAUSES: Record<JobEventName, (events: EventBus) => void> = {
  enqueued: (events) => events.emit('jobs.enqueued', { queue: 'shop', jobs: [{ id: 'j', type: 't' }] }),
  started: (events) => events.emit('runs.claimed', { queue: 'shop', claims: [claim()], hints: 1 }),
  succeeded: (events) => events.emit('runs.settled', { settlements: [settlement(EVERY_END['completed'])] }),
  failed: (events) => events.emit('runs.settled', { settlements: [settlement(EVERY_END['failed'])] }),
  retried: (events) => events.emit('runs.settled', { settlements: [settlement(EVERY_END['timedOut'])] }),
  dead: (events) => events.emit('runs.settled', { settlements: [settlement(EVERY_END['discarded'])] }),
  cancelled: (events) => events.emit('job.cancelled', { job: RESCUED, reason: 'duplicate' }),
  rescued: (events) => events.emit('jobs.rescued', { jobs: [RESCUED] }),
  snoozed: (events) => events.emit('runs.settled', { settlements: [settlement(EVERY_END['snoozed'])] }),
  stalled: (events) => events.emit('runs.lost', { settlements: [settlement()] }),
};

const RESCUED = {
  id: 'j',
  queue: 'shop',
  type: 't',
  priority: 0,
  run: 1,
  status: 'pending',
  workerId: 'w',
} as const;

/** A listener of every event, by decorator. */
class Listener {
  readonly heard: [JobEventName, JobEvents[JobEventName]][] = [];
}
for (const name of JOB_EVENT_NAMES) {
  const listen = function (this: Listener, event: JobEvents[JobEventName]): void {
    this.heard.push([name, event]);
  };
  Object.defineProperty(Listener.prototype, `on_${name}`, { value: listen, writable: true });
  const descriptor = Object.getOwnPropertyDescriptor(Listener.prototype, `on_${name}`)!; // defined above
  OnJobEvent(name)(Listener.prototype, `on_${name}`, descriptor);
}

describe('F99 every job event', () => {
  it.each(JOB_EVENT_NAMES)('is heard by decorator and by subscription: %s', async (name) => {
    const app = await Test.createTestingModule({
      imports: [KyuTestingModule.forRoot({ logger: new RecordingLogger() })],
      providers: [Listener],
    }).compile();
    await app.init();
    const bySubscription: unknown[] = [];
    app.get(KyuJobEvents).on(name, (event) => bySubscription.push(event));
    CAUSES[name](app.get(KyuRuntime).events);
    await settled();
    const byDecorator = app
      .get(Listener)
      .heard.filter(([heard]) => heard === name)
      .map(([, event]) => event);
    expect(byDecorator).toHaveLength(1);
    expect(byDecorator).toEqual(bySubscription);
    expect(byDecorator[0]).toMatchObject({
      jobId: expect.any(String),
      jobType: expect.any(String),
      queue: 'shop',
    });
    await app.close();
  });
});

describe('the health of named instances', () => {
  it('F111 is asked for by name, and an unknown one is refused', async () => {
    const app = await Test.createTestingModule({
      imports: [
        TerminusModule.forRoot({ logger: false }),
        KyuTestingModule.forRoot({ name: 'reports', redis: false }),
        KyuTestingModule.forRoot({ name: 'shop' }),
      ],
      providers: [KyuHealthIndicator],
    }).compile();
    await app.init();
    const health = app.get(KyuHealthIndicator);
    expect(await health.isHealthy('kyu', { instance: 'reports' })).toMatchObject({
      kyu: { dispatcher: { mode: 'postgres' } },
    });
    expect(await health.isHealthy('kyu', { instance: 'shop' })).toMatchObject({
      kyu: { dispatcher: { mode: 'redis' } },
    });
    expect(await health.ledger('ledger', { instance: 'shop' })).toMatchObject({ ledger: { status: 'up' } });
    for (const instance of ['report', undefined]) {
      await expect(health.isHealthy('kyu', { ...(instance && { instance }) })).rejects.toMatchObject({
        code: 'KYU_INVALID_QUERY',
        field: 'instance',
      });
    }
    await app.close();
  });
});
