import {
  Inject,
  Injectable,
  ParseIntPipe,
  Scope,
  UseInterceptors,
  UsePipes,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  type PipeTransform,
  type Type,
} from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import {
  Ctx,
  currentJob,
  getJobContext,
  JobHandler,
  KyuProducer,
  KyuWorkers,
  Payload,
  Signal,
  type JobContext,
} from 'nestjs-kyu';
import { map, type Observable } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { startApp } from '../support/kyu-app.js';
import { TestLedger } from '../support/test-ledger.js';

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await TestLedger.open('context');
});

afterAll(() => ledger.close());

/** A door that a handler waits at until the test opens it. */
class Gate {
  private open!: () => void; // set by the promise below
  readonly opened = new Promise<void>((resolve) => (this.open = resolve));

  release(): void {
    this.open();
  }
}

async function startWorker(handlers: Type | Type[], more: Parameters<TestLedger['options']>[0] = {}) {
  const options = ledger.options(more);
  const app = await startApp({ providers: [handlers].flat(), kyu: options });
  return { app, options, kyu: app.get(KyuProducer) };
}

describe('what a handler learns about its run', () => {
  it('F24 F25 is all there, and new for each run', async () => {
    const seen: Record<string, unknown>[] = [];
    class Curious {
      @JobHandler('curious', { maxRetries: 2 })
      look(payload: unknown, job: JobContext): void {
        const { id, type, queue, priority, run, attempt, maxAttempts, createdAt, scheduledAt, fence } = job;
        const context = {
          id,
          type,
          queue,
          priority,
          run,
          attempt,
          maxAttempts,
          createdAt,
          scheduledAt,
          fence,
        };
        seen.push({ ...context, payload, same: job.payload === payload, aborted: job.signal.aborted });
        if (attempt < 3) throw new Error('again');
      }
    }
    const { kyu, options } = await startWorker(Curious);
    const { id } = await kyu.enqueue('curious', { n: 1 }, { priority: 7, delay: 10 });
    const row = await ledger.reaches(id, 'completed');
    expect(seen).toHaveLength(3);
    for (const [index, context] of seen.entries()) {
      expect(context).toEqual({
        id,
        type: 'curious',
        queue: options.queueName,
        priority: 7,
        run: index + 1,
        attempt: index + 1,
        maxAttempts: 3,
        createdAt: row.created_at,
        scheduledAt: expect.any(Date),
        fence: `${id}:${index + 1}`,
        payload: { n: 1 },
        same: true,
        aborted: false,
      });
    }
  });

  it('F25 is the current job, at any depth below the handler, for each of many at once', async () => {
    const gate = new Gate();
    const pairs: [string, string | undefined][] = [];
    async function deepBelow(id: string): Promise<void> {
      await gate.opened;
      await new Promise(setImmediate);
      pairs.push([id, currentJob()?.id]);
    }
    class Deep {
      @JobHandler('deep')
      async run(_payload: unknown, job: JobContext): Promise<boolean> {
        await deepBelow(job.id);
        return currentJob() === job;
      }
    }
    const { app, kyu } = await startWorker(Deep);
    const ids = await Promise.all([1, 2, 3, 4, 5].map(async (n) => (await kyu.enqueue('deep', n)).id));
    await eventually(() => expect(app.get(KyuWorkers).status().inFlight).toBe(5));
    gate.release();
    for (const id of ids) expect(await ledger.ends(id)).toMatchObject({ result: true });
    expect(pairs).toHaveLength(5);
    for (const [id, current] of pairs) expect(current).toBe(id);
    expect(currentJob()).toBeUndefined();
  });

  it('may be given back as progress, of which the ledger keeps the latest', async () => {
    const gate = new Gate();
    class Slow {
      @JobHandler('slow')
      async run(_payload: unknown, job: JobContext): Promise<void> {
        await job.progress(10, 'begun');
        await gate.opened;
        for (let percent = 11; percent < 99; percent += 1) void job.progress(percent, `step ${percent}`);
        await job.progress(150);
      }
    }
    const { kyu } = await startWorker(Slow);
    const { id } = await kyu.enqueue('slow', null);
    await eventually(async () =>
      expect(await ledger.job(id)).toMatchObject({
        status: 'running',
        progress: { percent: 10, note: 'begun' },
      }),
    );
    gate.release();
    expect(await ledger.ends(id)).toMatchObject({
      status: 'completed',
      progress: { percent: 100, note: null },
    });
  });

  it('is on every line of its log', async () => {
    class Talkative {
      @JobHandler('talkative')
      run(_payload: unknown, job: JobContext): void {
        job.log('accepted as %s by %j', 'x1', { host: 'mx' }, 'at last');
      }
    }
    const { kyu, options } = await startWorker(Talkative);
    const { id } = await kyu.enqueue('talkative', null);
    await ledger.reaches(id, 'completed');
    const line = options.logger.lines.find(({ message }) => message.startsWith('accepted'));
    expect(line).toEqual({
      level: 'log',
      message: 'accepted as x1 by {"host":"mx"} at last',
      details: { jobId: id, jobType: 'talkative', queue: options.queueName, run: 1, attempt: 1 },
    });
  });
});

describe.each(['Redis', 'PostgreSQL alone'])('with %s', (stores) => {
  it('no more jobs run at once than workers, nor more of a type than its concurrency', async () => {
    const gate = new Gate();
    const running: Record<string, number> = { narrow: 0, wide: 0 };
    const most: Record<string, number> = { narrow: 0, wide: 0, all: 0 };
    async function occupy(type: string): Promise<void> {
      running[type]! += 1; // both types are above
      most[type] = Math.max(most[type]!, running[type]!); // as above
      most['all'] = Math.max(most['all']!, running['narrow']! + running['wide']!); // as above
      await gate.opened;
      await new Promise(setImmediate);
      running[type]! -= 1; // as above
    }
    class Limited {
      @JobHandler('narrow', { concurrency: 2 })
      narrow(): Promise<void> {
        return occupy('narrow');
      }
      @JobHandler('wide', { concurrency: 1 })
      wide(): Promise<void> {
        return occupy('wide');
      }
    }
    const { app, kyu, options } = await startWorker(Limited, {
      workers: 5,
      handlers: { wide: { concurrency: 10 } },
      ...(stores === 'Redis' ? {} : { redis: false }),
    });
    for (const type of ['narrow', 'wide']) {
      await kyu.enqueueMany(Array.from({ length: 20 }, (_, index) => ({ type, payload: index })));
    }
    await eventually(() => expect(running['narrow']! + running['wide']!).toBe(5)); // as above
    expect(app.get(KyuWorkers).status().inFlight).toBe(5);
    expect(running['narrow']).toBeLessThanOrEqual(2);
    gate.release();
    await eventually(async () => {
      const left = await ledger.sql(`select from kyu_jobs where queue = $1 and status <> 'completed'`, [
        options.queueName,
      ]);
      expect(left).toHaveLength(0);
    });
    expect(most['narrow']).toBeLessThanOrEqual(2);
    expect(most['wide']).toBeGreaterThanOrEqual(3);
    expect(most['all']).toBe(5);
  });
});

describe('what Nest puts around a handler', () => {
  const trace: string[] = [];

  abstract class Tracing implements NestInterceptor {
    abstract readonly name: string;
    intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
      const { id } = getJobContext(context);
      trace.push(`${this.name} before ${context.getClass().name}.${context.getHandler().name}`);
      expect([context.getType(), currentJob()?.id]).toEqual(['kyu', id]);
      return next.handle().pipe(map((result) => `${String(result)} < ${this.name}`));
    }
  }
  @Injectable()
  class First extends Tracing {
    readonly name = 'first';
  }
  @Injectable()
  class Second extends Tracing {
    readonly name = 'second';
  }
  @Injectable()
  class OfClass extends Tracing {
    readonly name = 'class';
  }
  @Injectable()
  class OfMethod extends Tracing {
    readonly name = 'method';
  }
  class Trim implements PipeTransform {
    transform(value: unknown): unknown {
      return typeof value === 'string' ? value.trim() : value;
    }
  }

  @UseInterceptors(OfClass)
  class Wrapped {
    @JobHandler('wrapped')
    @UseInterceptors(OfMethod)
    @UsePipes(Trim)
    run(
      @Payload('name') name: string,
      @Ctx() job: JobContext,
      @Payload('copies', ParseIntPipe) copies: number,
      @Signal() signal: AbortSignal,
    ): string {
      trace.push('handler');
      return `${name} × ${copies + 1} ${job.type} ${signal === job.signal}`;
    }
  }

  it('is there on a real run: interceptors from the module in, pipes, parameter decorators', async () => {
    trace.length = 0;
    const { kyu } = await startWorker(Wrapped, { interceptors: [First, Second] });
    const { id } = await kyu.enqueue('wrapped', { name: '  Ann ', copies: '41' });
    expect(await ledger.ends(id)).toMatchObject({
      status: 'completed',
      result: 'Ann × 42 wrapped true < method < class < second < first',
    });
    const of = 'Wrapped.run';
    expect(trace).toEqual([
      ...['first', 'second', 'class', 'method'].map((name) => `${name} before ${of}`),
      'handler',
    ]);
  });

  it('fails the run when it refuses the payload', async () => {
    const { kyu } = await startWorker(Wrapped);
    const { id } = await kyu.enqueue('wrapped', { name: 'Ann', copies: 'many' }, { maxRetries: 0 });
    const job = await ledger.ends(id);
    expect(job.status).toBe('dead');
    expect(job.error_message).toContain('numeric string is expected');
  });

  it('may be made for each job (request scope), with the job where a request would be', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class Tenant {
      readonly name: string;
      constructor(@Inject(REQUEST) job: JobContext<{ tenant: string }>) {
        this.name = job.payload.tenant;
      }
    }
    let made = 0;
    @Injectable()
    class Scoped {
      constructor(private readonly tenant: Tenant) {
        made += 1;
      }
      @JobHandler('scoped')
      async run(): Promise<string> {
        await new Promise(setImmediate);
        return this.tenant.name;
      }
    }
    const { kyu } = await startWorker([Tenant, Scoped]);
    const names = ['acme', 'globex', 'initech'];
    const ids = await Promise.all(names.map((tenant) => kyu.enqueue('scoped', { tenant })));
    for (const [index, { id }] of ids.entries()) {
      expect(await ledger.ends(id)).toMatchObject({ status: 'completed', result: names[index] });
    }
    expect(made).toBe(3);
  });
});
