import {
  Catch,
  Inject,
  Injectable,
  Scope,
  UseInterceptors,
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
  type INestApplication,
  type NestInterceptor,
  type PipeTransform,
} from '@nestjs/common';
import {
  APP_FILTER,
  APP_GUARD,
  APP_INTERCEPTOR,
  APP_PIPE,
  ContextIdFactory,
  REQUEST,
  type ContextId,
  type HostComponentInfo,
} from '@nestjs/core';
import { map, type Observable } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { JobContext } from '../../lib/core/job-context.js';
import { JobHandler } from '../../lib/handlers/job-handler.decorator.js';
import { Payload } from '../../lib/handlers/job-parameters.decorator.js';
import { fakeJobContext } from '../support/handlers/job-context.js';
import { startHandlers } from '../support/handlers/start-handlers.js';

const log: string[] = [];

/** All four kinds in one, for HTTP: it writes down that it was asked. */
@Catch()
class Everything implements CanActivate, NestInterceptor, PipeTransform, ExceptionFilter {
  constructor(private readonly name: string) {}
  canActivate(): boolean {
    log.push(`${this.name} guard`);
    return true;
  }
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    log.push(`${this.name} interceptor`);
    return next.handle();
  }
  transform(value: unknown): unknown {
    log.push(`${this.name} pipe`);
    return value;
  }
  catch(_error: unknown, _host: ArgumentsHost): void {
    log.push(`${this.name} filter`);
  }
}

describe('global enhancers of the application', () => {
  class Handlers {
    @JobHandler('works')
    works(@Payload() payload: unknown): unknown {
      log.push('handler');
      return payload;
    }

    @JobHandler('fails')
    fails(): never {
      throw new Error('it failed');
    }
  }
  const app = new Everything('app');
  const listed = new Everything('list');
  const metadata = {
    providers: [
      Handlers,
      ...[APP_GUARD, APP_INTERCEPTOR, APP_PIPE, APP_FILTER].map((provide) => ({ provide, useValue: app })),
    ],
  };
  const used = new Everything('use');
  const prepare = (application: INestApplication): void => {
    application.useGlobalGuards(used).useGlobalInterceptors(used).useGlobalPipes(used).useGlobalFilters(used);
  };

  it('do not apply to jobs', async () => {
    log.length = 0;
    const { run } = await startHandlers(metadata, { prepare, interceptors: [listed] });
    expect(await run('works', 1)).toEqual({ kind: 'completed', result: 1 });
    expect(await run('fails')).toEqual({ kind: 'failed', error: new Error('it failed') });
    expect(log).toEqual(['list interceptor', 'handler', 'list interceptor']);
  });

  it('apply with inheritAppConfig, around the list of the module', async () => {
    log.length = 0;
    const { run } = await startHandlers(metadata, {
      prepare,
      interceptors: [listed],
      inheritAppConfig: true,
    });
    expect(await run('works', 1)).toEqual({ kind: 'completed', result: 1 });
    const guards = log.splice(0, 2);
    expect(guards.sort()).toEqual(['app guard', 'use guard']);
    expect(log.slice(0, 2).sort()).toEqual(['app interceptor', 'use interceptor']);
    expect(log[2]).toBe('list interceptor');
    expect(log.slice(3, 5).sort()).toEqual(['app pipe', 'use pipe']);
    expect(log[5]).toBe('handler');

    expect(await run('fails')).toEqual({ kind: 'failed', error: new Error('it failed') });
    expect(log.at(-1)).toMatch(/^(app|use) filter$/);
  });

  it('may be request-scoped: then they are made for each job', async () => {
    const jobs: unknown[] = [];
    @Injectable({ scope: Scope.REQUEST })
    class PerRequest implements NestInterceptor {
      constructor(@Inject(REQUEST) private readonly job: JobContext) {}
      intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
        jobs.push(this.job.id);
        return next.handle();
      }
    }
    const providers = [Handlers, { provide: APP_INTERCEPTOR, useClass: PerRequest }];
    const { run, discovered } = await startHandlers({ providers }, { inheritAppConfig: true });
    expect(discovered.every(({ isRequestScoped }) => !isRequestScoped)).toBe(true);
    await run('works', 1, fakeJobContext(1, { id: 'first' }));
    await run('works', 2, fakeJobContext(2, { id: 'second' }));
    expect(jobs).toEqual(['first', 'second']);

    const apart = await startHandlers({ providers });
    await apart.run('works', 3);
    expect(jobs).toHaveLength(2);
  });
});

it('transient interceptors of a handler are there when a global one is request-scoped', async () => {
  const seen: string[] = [];
  @Injectable({ scope: Scope.TRANSIENT })
  class Transient implements NestInterceptor {
    private readonly constructed = true;
    intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
      seen.push(`transient ${this.constructed}`);
      return next.handle();
    }
  }
  @Injectable({ scope: Scope.REQUEST })
  class PerRequest implements NestInterceptor {
    intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
      seen.push('per request');
      return next.handle();
    }
  }
  class Handlers {
    @JobHandler('mixed')
    @UseInterceptors(Transient)
    run(): void {}
  }
  const providers = [Handlers, { provide: APP_INTERCEPTOR, useClass: PerRequest }];
  const { run } = await startHandlers({ providers }, { inheritAppConfig: true });
  expect(await run('mixed')).toEqual({ kind: 'completed', result: undefined });
  expect(seen).toEqual(['per request', 'transient true']);
});

describe('request-scoped handlers', () => {
  @Injectable({ scope: Scope.REQUEST })
  class Unit {
    constructor(@Inject(REQUEST) readonly job: JobContext) {}
  }
  @Injectable()
  class Counting implements NestInterceptor {
    constructor(private readonly unit: Unit) {}
    intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
      log.push(`interceptor ${this.unit.job.id}`);
      return next.handle();
    }
  }
  @Injectable()
  class Scoped {
    private calls = 0;
    constructor(
      private readonly unit: Unit,
      @Inject(REQUEST) private readonly job: JobContext,
    ) {}

    @JobHandler('scoped')
    @UseInterceptors(Counting)
    run(@Payload() payload: unknown): unknown {
      this.calls += 1;
      return { payload, calls: this.calls, same: this.unit.job === this.job, job: this.job };
    }
  }

  it('get an instance for each job, and the job where a request would be', async () => {
    log.length = 0;
    const { run, discovered } = await startHandlers({ providers: [Scoped, Unit] });
    expect(discovered[0]).toMatchObject({ source: 'Scoped.run', isRequestScoped: true });
    const jobs = ['first', 'second'].map((id) => fakeJobContext(id, { id }));
    const outcomes = await Promise.all(jobs.map((job) => run('scoped', job.id, job)));
    expect(outcomes).toEqual(
      jobs.map((job) => ({ kind: 'completed', result: { payload: job.id, calls: 1, same: true, job } })),
    );
    expect(log.sort()).toEqual(['interceptor first', 'interceptor second']);
  });

  it('make a static handler scoped when their interceptor is', async () => {
    class Static {
      @JobHandler('static')
      @UseInterceptors(Counting)
      run(): string {
        return 'ok';
      }
    }
    log.length = 0;
    const { run, discovered } = await startHandlers({ providers: [Static, Unit] });
    expect(discovered[0]?.isRequestScoped).toBe(true);
    await run('static', null, fakeJobContext(null, { id: 'only' }));
    expect(log).toEqual(['interceptor only']);
  });

  it('that cannot be made fail their run', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class Broken {
      constructor(@Inject(REQUEST) job: JobContext) {
        throw new Error(`no tenant for ${job.id}`);
      }

      @JobHandler('broken')
      run(): void {}
    }
    const { run } = await startHandlers({ providers: [Broken] });
    expect(await run('broken', null, fakeJobContext(null, { id: 'a job' }))).toMatchObject({
      kind: 'failed',
      error: { message: 'no tenant for a job' },
    });
  });

  it('share what is durable among the jobs of one tenant', async () => {
    const tenants = new Map<string, ContextId>();
    ContextIdFactory.apply({
      attach(contextId: ContextId, job: JobContext<{ tenant: string }>) {
        const { tenant } = job.payload;
        if (!tenants.has(tenant)) tenants.set(tenant, ContextIdFactory.create());
        const ofTenant = tenants.get(tenant)!; // set above
        return {
          resolve: (info: HostComponentInfo) => (info.isTreeDurable ? ofTenant : contextId),
          payload: { tenant },
        };
      },
    });
    onTestFinished(() => ContextIdFactory.apply(undefined as never));

    let made = 0;
    @Injectable({ scope: Scope.REQUEST, durable: true })
    class TenantInterceptor implements NestInterceptor {
      private readonly number = (made += 1);
      intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
        return next.handle().pipe(map((result) => [this.number, result as unknown]));
      }
    }
    @Injectable({ scope: Scope.REQUEST, durable: true })
    class TenantHandler {
      constructor(@Inject(REQUEST) private readonly request: unknown) {}

      @JobHandler('tenant')
      @UseInterceptors(TenantInterceptor)
      run(): unknown {
        return [this, this.request];
      }
    }
    const { run } = await startHandlers({ providers: [TenantHandler] });
    const results: unknown[] = [];
    for (const tenant of ['acme', 'acme', 'globex']) {
      const outcome = await run('tenant', { tenant });
      results.push(outcome.kind === 'completed' ? outcome.result : outcome);
    }
    const one = [1, [expect.any(TenantHandler), { tenant: 'acme' }]];
    expect(results).toEqual([one, one, [2, [expect.any(TenantHandler), { tenant: 'globex' }]]]);
    const [first, second, third] = results.map((result) => (result as [number, [object]])[1][0]);
    expect(first).toBe(second);
    expect(first).not.toBe(third);
  });
});
