import type { CallHandler, ExecutionContext, NestInterceptor, Type } from '@nestjs/common';
import { UseInterceptors } from '@nestjs/common';
import { getJobContext, JobHandler, KyuAdmin, KyuProducer, KyuWorkers, type JobContext } from 'nestjs-kyu';
import { finalize, of, tap, type Observable } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { Gate } from '../support/gate.js';
import { startApp } from '../support/kyu-app.js';
import { TestLedger } from '../support/test-ledger.js';

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await TestLedger.open('pools');
});

afterAll(() => ledger.close());

async function startWorker(handlers: Type, more: Parameters<TestLedger['options']>[0] = {}) {
  const options = ledger.options(more);
  const app = await startApp({ providers: [handlers], kyu: options });
  return { app, options, kyu: app.get(KyuProducer), workers: app.get(KyuWorkers) };
}

describe('the pool of a process', () => {
  it('F22 F60 a slow type fills its own slots, and holds up no other type', async () => {
    const gate = new Gate();
    const mailed: unknown[] = [];
    class Mixed {
      @JobHandler('slow_report', { concurrency: 2 })
      report(): Promise<void> {
        return gate.opened;
      }
      @JobHandler('mail')
      mail(payload: unknown): void {
        mailed.push(payload);
      }
    }
    const { kyu, options, workers } = await startWorker(Mixed, { workers: 5 });
    await kyu.enqueueMany(Array.from({ length: 30 }, () => ({ type: 'slow_report', payload: null })));
    await eventually(() => expect(workers.status().inFlight).toBe(2));
    await kyu.enqueueMany(Array.from({ length: 100 }, (_, index) => ({ type: 'mail', payload: index })));
    await eventually(() => expect(mailed).toHaveLength(100));
    const running = `select job_type from kyu_jobs where queue = $1 and status = 'running'`;
    expect(await ledger.sql(running, [options.queueName])).toEqual(
      Array.from({ length: 2 }, () => ({ job_type: 'slow_report' })),
    );
    gate.release();
  });

  it.each(['Redis', 'PostgreSQL alone'])(
    'F22 with %s, a queue has no more runs at once than its own limit, and leaves the others the rest',
    async (stores) => {
      const gate = new Gate();
      const running: Record<string, number> = {};
      let mostOfReports = 0;
      class Counter {
        @JobHandler('counted')
        async count(_payload: unknown, { queue }: JobContext): Promise<void> {
          running[queue] = (running[queue] ?? 0) + 1;
          mostOfReports = Math.max(mostOfReports, running[reports] ?? 0);
          await gate.opened;
          running[queue] -= 1;
        }
      }
      const [shop, reports] = [ledger.newQueue(), ledger.newQueue()];
      const { kyu } = await startWorker(Counter, {
        workers: 8,
        queues: { [shop]: 1, [reports]: { weight: 6, concurrency: 2 } },
        ...(stores === 'Redis' ? {} : { redis: false }),
      });
      const enqueueInto = (queue: string) =>
        kyu.enqueueMany(
          Array.from({ length: 20 }, () => ({ type: 'counted', payload: null, options: { queue } })),
        );
      await enqueueInto(reports);
      await eventually(() => expect(running).toEqual({ [reports]: 2 }), { withinMs: 20_000 });
      await enqueueInto(shop);
      await eventually(() => expect(running).toEqual({ [shop]: 6, [reports]: 2 }), { withinMs: 20_000 });
      gate.release();
      const left = `select from kyu_jobs where queue = any($1) and status <> 'completed'`;
      await eventually(async () => expect(await ledger.sql(left, [[shop, reports]])).toEqual([]), {
        withinMs: 20_000,
      });
      expect(mostOfReports).toBe(2);
    },
  );

  it('F23 grows with the work and shrinks without it, between its bounds', async () => {
    const gate = new Gate();
    class Patient {
      @JobHandler('patient')
      wait(): Promise<void> {
        return gate.opened;
      }
    }
    const { kyu, options, workers } = await startWorker(Patient, {
      workers: { min: 1, max: 6, threshold: 2, checkInterval: '30ms', idleTimeout: '200ms' },
    });
    expect(workers.status().size).toBe(1);
    await kyu.enqueueMany(Array.from({ length: 40 }, () => ({ type: 'patient', payload: null })));
    await eventually(() => expect(workers.status()).toMatchObject({ size: 6, inFlight: 6 }));
    gate.release();
    await eventually(() => expect(workers.status()).toMatchObject({ size: 1, inFlight: 0 }));
    const count = `select count(*)::int from kyu_jobs where queue = $1 and status = 'completed'`;
    expect(await ledger.sql(count, [options.queueName])).toEqual([{ count: 40 }]);
    const said = options.logger.lines.map(({ message }) => message).join('\n');
    expect(said).toMatch(/This process has 2 workers now instead of 1/);
    expect(said).toMatch(/1 to 6 workers/);
  });
});

describe('middleware', () => {
  const trace: string[] = [];

  class Around implements NestInterceptor {
    constructor(private readonly name: string) {}
    intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
      trace.push(`${this.name} (`);
      return next.handle().pipe(finalize(() => trace.push(`) ${this.name}`)));
    }
  }
  class Cached implements NestInterceptor {
    intercept(): Observable<unknown> {
      return of('from the cache');
    }
  }
  const seen: Record<string, unknown>[] = [];
  class Logging implements NestInterceptor {
    intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
      const { attempt, id, priority, queue, type } = getJobContext(context);
      const startedMs = performance.now();
      const note = (outcome: string): void => {
        seen.push({ id, type, queue, priority, attempt, outcome, tookMs: performance.now() - startedMs });
      };
      return next
        .handle()
        .pipe(tap({ complete: () => note('ok'), error: (error: Error) => note(error.message) }));
    }
  }
  class Handlers {
    @JobHandler('wrapped')
    @UseInterceptors(new Around('of the type'))
    wrapped(): void {
      trace.push('handler');
    }
    @JobHandler('cached')
    @UseInterceptors(new Cached())
    cached(): void {
      trace.push('never called');
    }
    @JobHandler('bare', { maxRetries: 0 })
    async bare(payload: string, job: JobContext): Promise<void> {
      await new Promise((resolve) => setTimeout(resolve, 20)); // the handler's work, which is timed
      if (payload === 'bad') throw new Error(`no luck on attempt ${job.attempt}`);
    }
  }

  it('F27 F28 the first of the module is the outermost, that of the type lies inside; each may answer by itself', async () => {
    trace.length = 0;
    const { kyu } = await startWorker(Handlers, {
      interceptors: [new Around('first'), new Around('second')],
    });
    const wrapped = await kyu.enqueue('wrapped', null);
    await ledger.reaches(wrapped.id, 'completed');
    expect(trace).toEqual([
      'first (',
      'second (',
      'of the type (',
      'handler',
      ') of the type',
      ') second',
      ') first',
    ]);
    const cached = await kyu.enqueue('cached', null);
    expect(await ledger.reaches(cached.id, 'completed')).toMatchObject({ result: 'from the cache' });
    expect(trace).not.toContain('never called');
  });

  it('F30 F31 logs and times every run in a few lines, outcome and error included', async () => {
    const { kyu, options } = await startWorker(Handlers, { interceptors: [Logging] });
    const good = await kyu.enqueue('bare', 'good', { priority: 3 });
    const bad = await kyu.enqueue('bare', 'bad');
    await Promise.all([ledger.ends(good.id), ledger.ends(bad.id)]);
    const of = (id: string) => seen.find((line) => line['id'] === id);
    const common = { type: 'bare', queue: options.queueName, attempt: 1, tookMs: expect.any(Number) };
    expect(of(good.id)).toEqual({ id: good.id, ...common, priority: 3, outcome: 'ok' });
    expect(of(bad.id)).toEqual({ id: bad.id, ...common, priority: 0, outcome: 'no luck on attempt 1' });
    expect(of(good.id)?.['tookMs']).toBeGreaterThan(15);
  });
});

describe('a process', () => {
  it('F32 starts its workers in the background, and lets the application go on', async () => {
    const gate = new Gate();
    class Slow {
      @JobHandler('slow')
      run(): Promise<void> {
        return gate.opened;
      }
    }
    const options = ledger.options();
    const producer = await startApp({ kyu: { ...options, role: 'producer' } });
    const { id } = await producer.get(KyuProducer).enqueue('slow', null);
    const app = await startApp({ providers: [Slow], kyu: options }); // it would never resolve if the start waited
    await ledger.reaches(id, 'running');
    expect(await app.get(KyuAdmin).get(id)).toMatchObject({ status: 'running' });
    gate.release();
    await ledger.reaches(id, 'completed');
  });
});
