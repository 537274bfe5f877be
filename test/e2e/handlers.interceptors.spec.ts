import { AsyncLocalStorage } from 'node:async_hooks';
import {
  Injectable,
  Module,
  Scope,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  type Type,
} from '@nestjs/common';
import { defer, EMPTY, firstValueFrom, of, tap, timeout, type Observable } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { KyuConfigError, KyuError } from '../../lib/core/errors.js';
import { JobHandler } from '../../lib/handlers/job-handler.decorator.js';
import { Payload } from '../../lib/handlers/job-parameters.decorator.js';
import { getJobContext, isKyuContext } from '../../lib/handlers/kyu-execution-context.js';
import { fakeJobContext } from '../support/handlers/job-context.js';
import { startHandlers } from '../support/handlers/start-handlers.js';

const completed = (result: unknown): unknown => ({ kind: 'completed', result });

/** An interceptor class that writes down when the call comes in and goes out. */
function recorder(name: string, log: string[]): Type<NestInterceptor> {
  @Injectable()
  class Recorder implements NestInterceptor {
    intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
      log.push(`${name} in`);
      return next.handle().pipe(tap({ complete: () => log.push(`${name} out`) }));
    }
  }
  return Recorder;
}

describe('a handler with nothing around it', () => {
  class Plain {
    readonly answer = Promise.resolve('done');

    @JobHandler('plain')
    run(...received: unknown[]): unknown {
      return received.length === 2 && this instanceof Plain ? this.answer : received;
    }
  }

  it('is called directly with payload and job, and its own promise comes back', async () => {
    const { app, table } = await startHandlers({ providers: [Plain] });
    const spy = vi.spyOn(app.get(Plain), 'run');
    const payload = { to: 'a@b.example' };
    const job = fakeJobContext(payload);

    expect(table.find('plain')?.invoke(payload, job)).toBe(app.get(Plain).answer);
    expect(spy.mock.calls).toEqual([[payload, job]]);
    expect(spy.mock.calls[0]?.[0]).toBe(payload);
    expect(spy.mock.calls[0]?.[1]).toBe(job);
  });

  it('may throw at once, and may return a stream whose last value counts', async () => {
    class Streams {
      @JobHandler('throws')
      throws(): never {
        throw new TypeError('at once');
      }
      @JobHandler('streams')
      streams(): Observable<number> {
        return of(1, 2, 3);
      }
      @JobHandler('streams_later')
      async later(@Payload() _payload: unknown): Promise<Observable<number>> {
        return Promise.resolve(of(4, 5));
      }
    }
    const { run } = await startHandlers({ providers: [Streams] });
    expect(await run('throws')).toEqual({ kind: 'failed', error: new TypeError('at once') });
    expect(await run('streams')).toEqual(completed(3));
    expect(await run('streams_later')).toEqual(completed(5));
  });
});

describe('interceptors', () => {
  it('run in the order module list, class, method; the first is outermost', async () => {
    const log: string[] = [];
    const [ListA, ListB] = [recorder('list a', log), recorder('list b', log)];
    const [OnClass, OnMethod] = [recorder('class', log), recorder('method', log)];

    @UseInterceptors(OnClass)
    class Ordered {
      @JobHandler('ordered')
      @UseInterceptors(OnMethod)
      run(): string {
        log.push('handler');
        return 'ok';
      }
    }
    const { run } = await startHandlers({ providers: [Ordered] }, { interceptors: [ListA, new ListB()] });
    expect(await run('ordered')).toEqual(completed('ok'));
    const inwards = ['list a in', 'list b in', 'class in', 'method in'];
    const outwards = ['method out', 'class out', 'list b out', 'list a out'];
    expect(log).toEqual([...inwards, 'handler', ...outwards]);
  });

  it('of the list are taken from the module that provides them, with its private dependencies', async () => {
    @Injectable()
    class Times {
      readonly types: string[] = [];
    }
    @Injectable()
    class Timing implements NestInterceptor {
      constructor(private readonly times: Times) {}
      intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
        this.times.types.push(getJobContext(context).type);
        return next.handle();
      }
    }
    class Timed {
      @JobHandler('timed')
      run(): void {}
    }
    @Module({ providers: [Times, Timing, Timed] })
    class TimedModule {}
    const { app, run } = await startHandlers({ imports: [TimedModule] }, { interceptors: [Timing] });
    await run('timed');
    expect(app.get(Times).types).toEqual(['timed']);
  });

  it('of the list that cannot be had stop the start, by name', async () => {
    class NeedsMore implements NestInterceptor {
      constructor(readonly missing: Date) {}
      intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
        return next.handle();
      }
    }
    Injectable()(NeedsMore);
    Reflect.defineMetadata('design:paramtypes', [Date], NeedsMore);
    class Any {
      @JobHandler('any')
      run(): void {}
    }
    const start = startHandlers({ providers: [Any] }, { interceptors: [NeedsMore] });
    await expect(start).rejects.toThrow(KyuConfigError);
    await expect(start).rejects.toThrow(/interceptors: got NeedsMore \(/);
    const noInterceptor = startHandlers({ providers: [Any] }, { interceptors: [{} as NestInterceptor] });
    await expect(noInterceptor).rejects.toThrow(/interceptors: got Object \(it has no method intercept\)/);
  });

  it('see the job in their context', async () => {
    const seen: unknown[] = [];
    @Injectable()
    class Looking implements NestInterceptor {
      intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
        const rpc = context.switchToRpc();
        seen.push(context.getType(), isKyuContext(context), context.getClass(), context.getHandler());
        seen.push(context.getArgs(), rpc.getData(), rpc.getContext(), getJobContext(context));
        return next.handle();
      }
    }
    class Looked {
      @JobHandler('looked')
      @UseInterceptors(Looking)
      run(): void {}
    }
    const { run } = await startHandlers({ providers: [Looked] });
    const job = fakeJobContext('payload');
    await run('looked', 'payload', job);
    expect(seen.slice(0, 4)).toEqual(['kyu', true, Looked, Reflect.get(Looked.prototype, 'run')]);
    expect(seen.slice(4)).toEqual([['payload', job], 'payload', job, job]);
  });

  it('may put another payload in place, may recover, and may answer without the handler', async () => {
    const handled: unknown[] = [];
    const unwrap: NestInterceptor = {
      intercept(context, next) {
        const values = context.getArgs<unknown[]>();
        values[0] = `unwrapped ${String(values[0])}`;
        return next.handle();
      },
    };
    const cached: NestInterceptor = { intercept: () => of('from cache') };
    class Handlers {
      @JobHandler('unwrapped')
      @UseInterceptors(unwrap)
      unwrapped(payload: unknown): void {
        handled.push(payload);
      }
      @JobHandler('cached')
      @UseInterceptors(cached)
      cached(): void {
        handled.push('never');
      }
    }
    const { run } = await startHandlers({ providers: [Handlers] });
    await run('unwrapped', 'secret');
    expect(await run('cached')).toEqual(completed('from cache'));
    expect(handled).toEqual(['unwrapped secret']);
  });

  it('that end without a value have not completed the job', async () => {
    const swallow: NestInterceptor = { intercept: () => EMPTY };
    class Swallowed {
      @JobHandler('swallowed')
      @UseInterceptors(swallow)
      run(): void {}
    }
    const { run } = await startHandlers({ providers: [Swallowed] });
    expect(await run('swallowed')).toMatchObject({ kind: 'failed', error: { name: 'EmptyError' } });
  });

  it('leave nothing behind when nobody waits any more: no rejection, no stream', async () => {
    const started: string[] = [];
    let fail: (error: Error) => void = () => undefined;
    let succeed: (stream: Observable<unknown>) => void = () => undefined;
    const failing = new Promise<never>((_resolve, reject) => (fail = reject));
    const streaming = new Promise<Observable<unknown>>((resolve) => (succeed = resolve));
    const impatient: NestInterceptor = {
      intercept: (_context, next) => next.handle().pipe(timeout({ first: 1 })),
    };
    @UseInterceptors(impatient)
    class Slow {
      @JobHandler('fails')
      fails(): Promise<never> {
        return failing;
      }
      @JobHandler('streams')
      streams(): Promise<Observable<unknown>> {
        return streaming;
      }
    }
    const { run } = await startHandlers({ providers: [Slow] });
    expect(await run('fails')).toMatchObject({ kind: 'failed', error: { name: 'TimeoutError' } });
    expect(await run('streams')).toMatchObject({ kind: 'failed', error: { name: 'TimeoutError' } });
    fail(new Error('too late')); // Vitest fails the run on an unhandled rejection.
    succeed(defer(() => of(started.push('too late'))));
    await expect(failing).rejects.toThrow('too late');
    await streaming;
    expect(started).toEqual([]);
  });

  it('that are transient or on a class from a factory are there as well', async () => {
    const log: string[] = [];
    @Injectable({ scope: Scope.TRANSIENT })
    class Transient implements NestInterceptor {
      private readonly constructed = true;
      intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
        log.push(`transient ${this.constructed}`);
        return next.handle();
      }
    }
    @Injectable()
    class Dependency {
      readonly name = 'dependency';
    }
    @Injectable()
    class WithDependency implements NestInterceptor {
      constructor(private readonly dependency: Dependency) {}
      intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
        log.push(this.dependency.name);
        return next.handle();
      }
    }
    class Shared {
      @JobHandler('shared')
      @UseInterceptors(Transient)
      run(): void {}
    }
    class FromFactory {
      @JobHandler('from_factory')
      @UseInterceptors(WithDependency)
      run(): void {}
    }
    const factory = { provide: 'FACTORY', useFactory: () => new FromFactory() };
    const { run } = await startHandlers({ providers: [Shared, Dependency, factory] });
    expect(await run('shared')).toEqual(completed(undefined));
    expect(await run('from_factory')).toEqual(completed(undefined));
    expect(log).toEqual(['transient true', 'dependency']);
  });

  it('carry AsyncLocalStorage to the handler and through everything below', async () => {
    const tenants = new AsyncLocalStorage<string>();
    const withTenant: NestInterceptor = {
      intercept: (_context, next) => tenants.run('acme', () => next.handle()),
    };
    const elsewhere: NestInterceptor = {
      // Subscribes on its own, outside: what is below still belongs to the call of handle().
      intercept: async (_context, next) => {
        const stream = next.handle();
        return tenants.run('other', () => defer(() => firstValueFrom(stream)));
      },
    };
    class Tenants {
      @JobHandler('tenants')
      @UseInterceptors(withTenant, elsewhere)
      async run(): Promise<unknown> {
        const before = tenants.getStore();
        await Promise.resolve();
        return [before, tenants.getStore()];
      }
    }
    const { run } = await startHandlers({ providers: [Tenants] });
    expect(await run('tenants')).toEqual(completed(['acme', 'acme']));
    expect(tenants.getStore()).toBeUndefined();
  });
});

it('getJobContext says what to do where there is no job', () => {
  const http = { getType: () => 'http' } as unknown as ExecutionContext;
  expect(isKyuContext(http)).toBe(false);
  expect(() => getJobContext(http)).toThrow(KyuError);
  expect(() => getJobContext(http)).toThrow(/type "http".*isKyuContext/);
});
