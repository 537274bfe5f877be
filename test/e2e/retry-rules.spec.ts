import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  DiscardJob,
  JobHandler,
  JobTimeoutError,
  KyuProducer,
  type EnqueueOptions,
  type JobContext,
} from 'nestjs-kyu';
import { KyuTestbed, KyuTestingModule, type KyuTestingOptions } from 'nestjs-kyu/testing';
import { describe, expect, it } from 'vitest';
import { KyuRuntime } from '../../lib/kyu.runtime.js';
import { RecordingLogger } from '../support/observability/recording-logger.js';

class HttpError extends Error {
  constructor(readonly status: number) {
    super(`HTTP ${status}`);
  }
}
class TooManyRequests extends HttpError {}

const THROWN: Record<string, Error> = {
  'a plain error': new Error('out of paper'),
  'too many requests': new Error('cannot charge', { cause: new TooManyRequests(429) }),
  'no such address': Object.assign(new Error('550'), { name: 'NoSuchAddress' }),
  'a server error': new HttpError(503),
};

@Injectable()
class Handlers {
  @JobHandler('charge', {
    queue: 'payments',
    errors: [
      { error: TooManyRequests, backoff: { strategy: 'fixed', base: '1m' } },
      { error: 'NoSuchAddress', discard: true },
      { error: HttpError, maxRetries: 1 },
    ],
  })
  charge(what: string): void {
    throw THROWN[what] ?? new Error(what);
  }

  @JobHandler('print', { backoff: 'kyu' })
  print(what: string): void {
    throw THROWN[what] ?? new Error(what);
  }

  @JobHandler('hang', { timeout: '1s', errors: [{ error: JobTimeoutError, discard: true }] })
  hang(): Promise<void> {
    return new Promise(() => {});
  }
}

const OPTIONS: KyuTestingOptions = {
  defaults: { maxRetries: 2, backoff: 'asynqpg', errors: [{ error: DiscardJob }] },
  queues: {
    'kyu:default': 6,
    payments: {
      weight: 3,
      defaults: { maxRetries: 4, backoff: { strategy: 'fixed', base: '10s', jitter: 0 } },
    },
  },
};

async function openDesk() {
  const app = await Test.createTestingModule({
    imports: [KyuTestingModule.forRoot({ ...OPTIONS, logger: new RecordingLogger() })],
    providers: [Handlers],
  }).compile();
  const [kyu, producer] = [app.get(KyuTestbed), app.get(KyuProducer)];
  /** How long the job waits after its first run, in seconds. */
  const firstDelay = async (type: string, payload: string, options: EnqueueOptions = {}) => {
    const { id } = await producer.enqueue(type, payload, options);
    await kyu.drain();
    const { scheduledAt, status } = await kyu.job(id);
    return status === 'failed' ? (Number(scheduledAt) - kyu.now().getTime()) / 1_000 : status;
  };
  return { app, kyu, producer, firstDelay };
}

describe('a failed run', () => {
  it('F36 F38 F39 F40 waits by the policy of its type, else of its queue, else of the app', async () => {
    const { app, firstDelay } = await openDesk();
    expect(await firstDelay('charge', 'a plain error')).toBe(10);
    expect(await firstDelay('print', 'a plain error')).toBe(1);
    await app.close();
  });

  it('F39 F40 waits by a backoff of its own, unless its error has a rule', async () => {
    const { app, firstDelay } = await openDesk();
    const backoff = { strategy: 'fixed', base: '7s', jitter: 0 } as const;
    expect(await firstDelay('print', 'a plain error', { backoff })).toBe(7);
    expect(await firstDelay('charge', 'a plain error', { backoff: { base: '8s' } })).toBe(8);
    expect(await firstDelay('charge', 'too many requests', { backoff })).toBe(60);
    await app.close();
  });

  it('F36 has the retries of its queue, unless it brings its own', async () => {
    const { app, kyu, producer } = await openDesk();
    const usual = await producer.enqueue('charge', 'a plain error');
    const single = await producer.enqueue('charge', 'a plain error', { maxRetries: 0 });
    await kyu.drain({ scheduled: true });
    expect(await kyu.job(usual.id)).toMatchObject({ status: 'dead', run: 5 });
    expect(await kyu.job(single.id)).toMatchObject({ status: 'dead', run: 1 });
    await app.close();
  });

  it('F36 F39 one that was put into another queue waits by the policy of that queue, as far as its type says nothing', async () => {
    const { app, kyu, producer, firstDelay } = await openDesk();
    const { id } = await producer.enqueue('print', 'a plain error', { queue: 'payments' });
    expect(await kyu.job(id)).toMatchObject({ maxRetries: 4 });
    expect(await firstDelay('print', 'a plain error', { queue: 'payments' })).toBe(1);
    // A queue without defaults leaves it what it had at home.
    expect(await firstDelay('charge', 'a plain error', { queue: 'kyu:default' })).toBe(10);
    await app.close();
  });

  it('F36 F40 follows the first rule that fits its error: by class, by name, and along its causes', async () => {
    const { app, kyu, producer, firstDelay } = await openDesk();
    expect(await firstDelay('charge', 'too many requests')).toBe(60);
    expect(await firstDelay('charge', 'no such address')).toBe('dead');
    expect(await firstDelay('charge', 'a server error')).toBe(10);
    const { id } = await producer.enqueue('charge', 'a server error');
    await kyu.drain({ scheduled: true });
    expect(await kyu.job(id)).toMatchObject({ status: 'dead', run: 2, errorMessage: 'HTTP 503' });
    await app.close();
  });

  it('F36 a timeout is an error of a class as well', async () => {
    const { app, kyu, producer } = await openDesk();
    const { id } = await producer.enqueue('hang', null);
    await kyu.advance('2s', { patience: '20ms' });
    expect(await kyu.job(id)).toMatchObject({ status: 'dead', run: 1 });
    await app.close();
  });
});

describe('a type under a prefix', () => {
  it('F20 runs in the test kit, also when somebody else made it up', async () => {
    const ran: string[] = [];
    @Injectable()
    class Reports {
      @JobHandler('report:*')
      report(_payload: unknown, job: JobContext): void {
        ran.push(job.type);
      }
    }
    const app = await Test.createTestingModule({
      imports: [KyuTestingModule.forRoot({ logger: new RecordingLogger() })],
      providers: [Reports],
    }).compile();
    const [kyu, producer] = [app.get(KyuTestbed), app.get(KyuProducer)];
    await producer.enqueue('report:first', null);
    await kyu.drain();
    const draft = {
      payload: 'null',
      priority: 0,
      maxRetries: 0,
      timeoutMs: 0,
      delayMs: 0,
      scheduledAt: null,
    };
    const { dispatcher, stores } = app.get(KyuRuntime);
    const id = '01900000-0000-7000-8000-000000000001';
    const made = { id, queue: 'kyu:default', type: 'report:silent', ...draft };
    await stores.intake.insert([made]);
    await dispatcher.announce(made.queue, [made]);
    await kyu.drain();
    expect(ran).toEqual(['report:first', 'report:silent']);
    await app.close();
  });
});

describe('a type that nobody handles', () => {
  const openUnknown = async (onUnknown: KyuTestingOptions['onUnknown']) => {
    const app = await Test.createTestingModule({
      imports: [
        KyuTestingModule.forRoot({
          logger: new RecordingLogger(),
          ...(onUnknown === undefined ? {} : { onUnknown }),
        }),
      ],
      providers: [Handlers],
    }).compile();
    return { app, kyu: app.get(KyuTestbed), producer: app.get(KyuProducer) };
  };

  it("F21 is dead a minute after it was first seen, with the reason, where onUnknown is 'dead'", async () => {
    const { app, kyu, producer } = await openUnknown('dead');
    const { id } = await producer.enqueue('send_emial', null, { maxRetries: 5 });
    await kyu.advance('50s');
    expect(await kyu.job(id)).toMatchObject({ status: 'pending', run: 0 });
    await kyu.advance('30s');
    expect(await kyu.job(id)).toMatchObject({
      status: 'dead',
      run: 1,
      errorMessage: expect.stringMatching(
        /"send_emial", which no living worker of queue "kyu:default" handles/,
      ),
    });
    await app.close();
  });

  it('F21 waits for ever where nothing is said', async () => {
    const { app, kyu, producer } = await openUnknown(undefined);
    const { id } = await producer.enqueue('send_emial', null);
    await kyu.advance('30d');
    expect(await kyu.job(id)).toMatchObject({ status: 'pending', run: 0 });
    await app.close();
  });
});
