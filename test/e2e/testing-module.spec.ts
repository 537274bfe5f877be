import { connect, Socket } from 'node:net';
import { Injectable, Module, type DynamicModule } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  InjectKyuProducer,
  JobHandler,
  KyuAdmin,
  KyuConfigError,
  KyuModule,
  KyuProducer,
  KyuWorkers,
  NotAWorkerError,
  OnJobEvent,
  type JobSucceededEvent,
  type KyuModuleOptions,
} from 'nestjs-kyu';
import { KyuMetricsModule } from 'nestjs-kyu/metrics';
import { KyuHealthIndicator } from 'nestjs-kyu/terminus';
import { getTestbedToken, KyuTestbed, KyuTestingModule, VirtualClock } from 'nestjs-kyu/testing';
import { TerminusModule } from '@nestjs/terminus';
import { describe, expect, it, vi } from 'vitest';
import {
  Diary,
  DiaryInterceptor,
  handlesOf,
  Invoice,
  Mailer,
  MailModule,
  openMailApp,
  SILENT,
} from '../support/testing/mail-module.js';

describe('F114 KyuTestingModule', () => {
  it('F112 opens no socket, from its start to its end', async () => {
    const opened = vi.spyOn(Socket.prototype, 'connect').mockImplementation(() => {
      throw new Error('A socket was opened.');
    });
    const { app, kyu, producer } = await openMailApp();
    await app.init();
    await producer.enqueue('welcome', { age: '30' }, { delay: '1h' });
    await kyu.advance('1h');
    kyu.loseRedis();
    await kyu.drain();
    await app.close();
    expect(opened).not.toHaveBeenCalled();
    expect(() => connect(1)).toThrow('A socket was opened.');
    opened.mockRestore();
  });

  it('provides whatever KyuModule provides', () => {
    const provided = ({ imports = [] }: DynamicModule) => (imports[0] as DynamicModule).exports ?? [];
    const real = provided(KyuModule.forRoot({}));
    expect(real.length).toBeGreaterThan(5);
    expect(provided(KyuTestingModule.forRoot())).toEqual(expect.arrayContaining(real));
  });

  it('runs nothing by itself, neither before the first call nor between two', async () => {
    const { app, producer, diary, kyu } = await openMailApp();
    await app.init();
    for (const to of ['first', 'second']) {
      await producer.enqueue('send_email', { to });
      await letEverythingRun();
      expect(app.get(KyuWorkers).status()).toMatchObject({ state: 'running', inFlight: 0 });
      expect(diary.lines).not.toContain(`send to ${to}`);
      expect(await kyu.jobs({ status: 'pending' })).toHaveLength(1);
      await kyu.drain();
      expect(diary.lines).toContain(`send to ${to}`);
    }
  });

  it('starts once, with init() before, after, or never', async () => {
    const succeeded: string[] = [];
    @Injectable()
    class Listener {
      @OnJobEvent('succeeded')
      on(event: JobSucceededEvent): void {
        succeeded.push(event.jobId);
      }
    }
    const app = await Test.createTestingModule({
      imports: [KyuTestingModule.forRoot(), MailModule],
      providers: [Listener],
    }).compile();
    const { kyu, producer } = handlesOf(app);
    const first = await producer.enqueue('send_email', { to: '1' });
    await kyu.drain();
    await app.init();
    const second = await producer.enqueue('send_email', { to: '2' });
    await kyu.drain();
    expect(succeeded).toEqual([first.id, second.id]);
  });

  it('knows what decorators say before it has started', async () => {
    const { kyu, producer, diary } = await openMailApp({ handlers: { send_email: { queue: 'letters' } } });
    await producer.enqueue('send_email', { to: 'a@b.example' });
    await producer.enqueue('hang', {});
    expect(kyu.enqueued()).toMatchObject([
      { type: 'send_email', queue: 'letters', maxRetries: 2, timeoutMs: 30_000 },
      { type: 'hang', queue: 'kyu:default', maxRetries: 1, timeoutMs: 20_000 },
    ]);
    await kyu.advance('1m', { patience: '50ms' });
    expect(diary.lines).toContain('send to a@b.example');
  });

  it('takes the options of an application as they are, and leaves aside what names a store', async () => {
    const options: KyuModuleOptions = {
      dsn: 'postgres://nowhere.invalid/kyu',
      redis: 'redis://nowhere.invalid',
      migrationsRun: true,
      queueName: 'shop',
      interceptors: [DiaryInterceptor],
    };
    const { kyu, producer, diary } = await openMailApp(options);
    await producer.enqueue('send_email', { to: 'a@b.example' });
    await kyu.drain();
    expect(kyu.expectEnqueued('send_email').queue).toBe('shop');
    expect(diary.lines).toEqual(['before send_email 1', 'send to a@b.example', 'after send_email 1']);
  });

  it('refuses options that KyuModule refuses', async () => {
    const options = { wrokers: 3 } as object;
    const start = Test.createTestingModule({ imports: [KyuTestingModule.forRoot(options)] }).compile();
    await expect(start).rejects.toThrow(KyuConfigError);
    await expect(start).rejects.toThrow('did you mean "workers"?');
  });

  it('only enqueues with the role of a producer', async () => {
    const { kyu, producer } = await openMailApp({ role: 'producer' });
    await producer.enqueue('send_email', { to: 'a@b.example' });
    kyu.expectEnqueued('send_email');
    await expect(kyu.drain()).rejects.toThrow(NotAWorkerError);
  });

  it('stands in for the KyuModule of an application', async () => {
    const kyuModule = KyuModule.forRoot({ dsn: 'postgres://nowhere.invalid/kyu', redis: false });
    @Module({ imports: [kyuModule, MailModule] })
    class AppModule {}
    const app = await Test.createTestingModule({ imports: [AppModule] })
      .overrideModule(kyuModule)
      .useModule(KyuTestingModule.forRoot())
      .compile();
    const { kyu, producer } = handlesOf(app);
    await producer.enqueue('send_email', { to: 'a@b.example' });
    expect(await kyu.drain()).toMatchObject({ completed: 1 });
  });

  it('serves health and metrics as the real one does', async () => {
    const app = await Test.createTestingModule({
      imports: [KyuTestingModule.forRoot(), MailModule, TerminusModule, KyuMetricsModule.forRoot()],
      providers: [KyuHealthIndicator],
    }).compile();
    const { kyu, producer } = handlesOf(app);
    await app.init();
    await producer.enqueue('send_email', { to: 'a@b.example' });
    await kyu.advance('1d');
    const health = app.get(KyuHealthIndicator);
    expect(await health.isHealthy('kyu')).toMatchObject({
      kyu: { status: 'up', dispatcher: { mode: 'redis' } },
    });
    kyu.loseRedis();
    await kyu.advance('5s');
    expect(await health.isHealthy('kyu')).toMatchObject({ kyu: { dispatcher: { mode: 'postgres' } } });
  });

  it('ends when the application closes, with a handler still at work', async () => {
    const { app, kyu, producer } = await openMailApp();
    await producer.enqueue('hang', {});
    await kyu.advance('1s');
    expect(app.get(KyuWorkers).status().inFlight).toBe(1);
    await app.close();
    expect(app.get(KyuWorkers).status()).toMatchObject({ state: 'stopped', inFlight: 0 });
    expect(await kyu.jobs()).toMatchObject([{ type: 'hang', status: 'failed' }]);
    await expect(kyu.drain()).rejects.toThrow('the application is stopped');
  });

  it('ends when the application drains its own workers, and goes on after that', async () => {
    const { app, kyu, producer, diary } = await openMailApp();
    await producer.enqueue('hang', {});
    await kyu.advance('1s');
    await app.get(KyuWorkers).drain('5s');
    expect(await kyu.jobs()).toMatchObject([{ status: 'pending', retryCount: 0 }]);
    expect(diary.lines).toEqual(['ShutdownError']);
    await producer.enqueue('send_email', { to: 'a@b.example' });
    await kyu.advance('1s');
    expect(diary.lines).toContain('send to a@b.example');
  });
});

describe('F114 named instances', () => {
  it('have a testbed of their own, and may share a clock', async () => {
    @Injectable()
    class Reports {
      made: unknown[] = [];
      constructor(@InjectKyuProducer('reports') readonly producer: KyuProducer) {}

      @JobHandler('make_report', { instance: 'reports' })
      make(payload: unknown): void {
        this.made.push(payload);
      }
    }
    const clock = new VirtualClock('2027-05-01T12:00:00Z');
    const app = await Test.createTestingModule({
      imports: [
        KyuTestingModule.forRoot({ clock }),
        KyuTestingModule.forRoot({ clock, name: 'reports', queueName: 'reports' }),
        MailModule,
      ],
      providers: [Reports],
    }).compile();
    const { kyu } = handlesOf(app);
    const reports = app.get<KyuTestbed>(getTestbedToken('reports'));
    await app.get(Reports).producer.enqueue('make_report', { month: 5 }, { delay: '1h' });
    kyu.refuteEnqueued('make_report');
    expect(reports.expectEnqueued('make_report', { month: 5 }).scheduledAt).toEqual(
      new Date('2027-05-01T13:00:00Z'),
    );
    await kyu.advance('1h');
    expect(reports.now()).toEqual(new Date('2027-05-01T13:00:00Z'));
    expect(await reports.drain()).toMatchObject({ completed: 1 });
    expect(app.get(Reports).made).toEqual([{ month: 5 }]);
  });
});

describe('F114 drain', () => {
  it('runs interceptors, pipes and what handlers enqueue, and says how it went', async () => {
    const { kyu, producer, diary } = await openMailApp();
    await producer.enqueue('welcome', { age: '30' });
    await producer.enqueue('send_email', { to: 'nobody' });
    await producer.enqueue('send_email', { to: 'later' }, { delay: '1s' });
    await producer.enqueue('nobody_handles_this', {});
    const summary = await kyu.drain();
    expect(summary).toEqual({ completed: 2, failed: 0, dead: 1, cancelled: 0, snoozed: 0, crashed: 0 });
    expect(diary.lines.filter((line) => !line.startsWith('send'))).toEqual([
      'before welcome 1',
      'welcome at 30',
      'after welcome 1',
    ]);
    expect(diary.lines).toContain('send to a@b.example');
    expect(await kyu.jobs({ status: ['pending', 'scheduled'] })).toMatchObject([
      { type: 'send_email', status: 'scheduled' },
      { type: 'nobody_handles_this', status: 'pending' },
    ]);
    expect(await kyu.drain()).toMatchObject({ completed: 0 });
  });

  it('runs one after the other, by priority, with one worker', async () => {
    const { kyu, producer, diary } = await openMailApp({ workers: 1 });
    await producer.enqueue('send_email', { to: 'low' });
    await producer.enqueue('send_email', { to: 'high' }, { priority: 10 });
    await kyu.drain();
    expect(diary.lines).toEqual(['send to high', 'send to low']);
  });

  it('stops at a job that enqueues itself, and says which', async () => {
    const { kyu, producer } = await openMailApp();
    await producer.enqueue('tick', {});
    await expect(kyu.drain({ maxRuns: 50 })).rejects.toThrow(
      /^drain\(\) ran 50 jobs and more are due: 50 × "tick"\. Does a handler enqueue its own type/,
    );
    expect(await kyu.jobs({ status: 'pending' })).toHaveLength(1);
  });

  it('does not wait for ever for a handler that does not end, and says which', async () => {
    const { kyu, producer } = await openMailApp();
    const { id } = await producer.enqueue('hang', {});
    await expect(kyu.drain({ patience: '50ms' })).rejects.toThrow(
      `still under way: "hang" (job ${id}, run 1)`,
    );
  });

  it('notices that it was not awaited', async () => {
    const { kyu, producer } = await openMailApp();
    await producer.enqueue('send_email', { to: 'a@b.example' });
    const first = kyu.drain();
    await expect(kyu.advance('1s')).rejects.toThrow('advance() was called while drain() is under way');
    expect(await first).toMatchObject({ completed: 1 });
  });
});

describe('F114 run', () => {
  it('calls a handler through its schema and pipes, and stores nothing', async () => {
    const { kyu, diary } = await openMailApp();
    expect(await kyu.run(Invoice, { cents: 5 })).toBe('invoice over 5');
    await kyu.run('welcome', { age: '7' }, { attempt: 3 });
    expect(diary.lines).toEqual(['before welcome 3', 'welcome at 7', 'after welcome 3']);
    expect(await kyu.jobs({ type: ['invoice', 'welcome'] })).toEqual([]);
  });

  it('rejects with what the handler, a pipe or the schema throws', async () => {
    const { kyu } = await openMailApp();
    await expect(kyu.run('send_email', { to: 'nobody' })).rejects.toThrow('no such address');
    await expect(kyu.run('welcome', { age: 'old' })).rejects.toThrow('numeric string is expected');
    await expect(kyu.run(Invoice, { cents: -1 })).rejects.toThrow('payload.cents is refused by its schema');
  });

  it('hands out the payload as the ledger would', async () => {
    const { app, kyu } = await openMailApp();
    const send = vi.spyOn(app.get(Mailer), 'send');
    const at = new Date('2027-01-01T00:00:00Z');
    await kyu.run('send_email', { to: 'a@b.example', at });
    expect(send.mock.calls[0]?.[0]).toEqual({ to: 'a@b.example', at: '2027-01-01T00:00:00.000Z' });
    await expect(kyu.run('send_email', { to: () => 1 })).rejects.toThrow('payload.to');
  });

  it('names the handlers there are', async () => {
    const { kyu } = await openMailApp();
    await expect(kyu.run('send_emial', {})).rejects.toThrow(
      /No handler of "send_emial" was found\. Did you mean "send_email"\? There are: send_email, welcome/,
    );
  });
});

describe('F114 transaction', () => {
  it('lets jobs exist when it commits, and only then', async () => {
    const { app, kyu, producer } = await openMailApp();
    await kyu.transaction(async (manager) => {
      const { id } = await producer.enqueue('send_email', { to: 'a@b.example' }, { manager });
      kyu.refuteEnqueued('send_email');
      expect(await app.get(KyuAdmin).get(id, { manager })).toMatchObject({ status: 'pending' });
      expect(await kyu.drain()).toMatchObject({ completed: 0 });
    });
    kyu.expectEnqueued('send_email', { to: 'a@b.example' });
    expect(await kyu.drain()).toMatchObject({ completed: 1 });
  });

  it('leaves nothing behind when it rolls back', async () => {
    const { kyu, producer } = await openMailApp();
    const work = kyu.transaction(async (manager) => {
      await producer.enqueueMany([{ type: 'send_email', payload: { to: 'a@b.example' } }], { manager });
      throw new Error('the order was refused');
    });
    await expect(work).rejects.toThrow('the order was refused');
    expect(kyu.enqueued()).toEqual([]);
    expect(await kyu.jobs()).toEqual([]);
  });

  it('has what its mock has, and takes any other mock for no transaction at all', async () => {
    const { kyu, producer } = await openMailApp();
    const save = vi.fn(async () => ({ id: 7 }));
    await kyu.transaction(async (manager) => expect(await manager.save({})).toEqual({ id: 7 }), { save });
    const manager = { save } as never;
    await producer.enqueue('send_email', { to: 'a@b.example' }, { manager });
    kyu.expectEnqueued('send_email');
    expect(await kyu.drain()).toMatchObject({ completed: 1 });
  });
});

describe('F114 clear', () => {
  it('forgets jobs, records and plans, and lets time go on', async () => {
    const { kyu, producer, diary } = await openMailApp();
    await producer.enqueue('send_email', { to: 'a@b.example' });
    kyu.crashBeforeSettle('send_email');
    await kyu.advance('1s');
    await producer.enqueue('send_email', { to: 'c@d.example' });
    kyu.clear();
    expect(kyu.enqueued()).toEqual([]);
    expect(await kyu.jobs()).toEqual([]);
    expect(await kyu.advance('1m')).toMatchObject({ completed: 0 });
    expect(diary.lines).toEqual(['send to a@b.example']);
    expect(kyu.now()).toEqual(new Date('2026-01-01T00:01:01Z'));
    await producer.enqueue('send_email', { to: 'e@f.example' });
    expect(await kyu.drain()).toMatchObject({ completed: 1, crashed: 0 });
  });
});

/** More turns of the event loop than a worker needs from a wake-up to the end of a job. */
async function letEverythingRun(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

it('F114 keeps the applications of two tests apart, though they import the same module', async () => {
  const kyuModule = KyuTestingModule.forRoot();
  const open = async () => {
    const app = await Test.createTestingModule({ imports: [kyuModule, MailModule] })
      .setLogger(SILENT)
      .compile();
    return handlesOf(app);
  };
  const first = await open();
  await first.producer.enqueue('send_email', { to: 'a@b.example' });
  await first.kyu.advance('1h');
  const second = await open();
  expect(second.kyu.enqueued()).toEqual([]);
  expect(second.kyu.now()).toEqual(new Date('2026-01-01T00:00:00Z'));
  expect(second.app.get(Diary).lines).toEqual([]);
});
