import { AsyncLocalStorage } from 'node:async_hooks';
import type { AddressInfo } from 'node:net';
import {
  Catch,
  Controller,
  createParamDecorator,
  Get,
  UseInterceptors,
  type ArgumentsHost,
  type CallHandler,
  type ExceptionFilter,
  type ExecutionContext,
  type NestInterceptor,
  type PipeTransform,
} from '@nestjs/common';
import type { ServerResponse } from 'node:http';
import {
  catchError,
  concatMap,
  EMPTY,
  finalize,
  firstValueFrom,
  from,
  map,
  of,
  retry,
  tap,
  throwError,
  timeout,
  type Observable,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { JobHandler } from '../../lib/handlers/job-handler.decorator.js';
import { isKyuContext } from '../../lib/handlers/kyu-execution-context.js';
import { startHandlers } from '../support/handlers/start-handlers.js';

/** What the scenario at hand writes down. */
let log: string[] = [];
let contexts: ExecutionContext[] = [];
const store = new AsyncLocalStorage<string>();

type Intercept = NestInterceptor['intercept'];

/** Writes down everything that an interceptor can see. */
function watching(name: string, around: Intercept = (_context, next) => next.handle()): NestInterceptor {
  return {
    async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
      contexts.push(context);
      log.push(
        `${name} in: ${context.getClass().name}.${context.getHandler().name}, ${store.getStore() ?? 'no store'}`,
      );
      const stream = await around(context, next);
      return from(stream).pipe(
        tap({
          next: (value) => log.push(`${name} value ${JSON.stringify(value)}`),
          error: (error: Error) => log.push(`${name} error ${error.message}`),
          complete: () => log.push(`${name} complete`),
          subscribe: () => log.push(`${name} subscribed`),
          unsubscribe: () => log.push(`${name} unsubscribed`),
        }),
        finalize(() => log.push(`${name} final, ${store.getStore() ?? 'no store'}`)),
      );
    },
  };
}

/** The same, but not async: Nest accepts both. */
function watchingAtOnce(name: string): NestInterceptor {
  return {
    intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
      contexts.push(context);
      log.push(`${name} in`);
      return next.handle().pipe(
        tap({ next: () => log.push(`${name} value`), error: () => log.push(`${name} error`) }),
        finalize(() => log.push(`${name} final`)),
      );
    },
  };
}

/** The query of a request, the payload of a job: the same data on both ways. */
const Subject = createParamDecorator((_data: unknown, context: ExecutionContext): unknown =>
  isKyuContext(context)
    ? context.getArgByIndex(0)
    : { ...context.switchToHttp().getRequest<{ query: object }>().query },
);

const loggingPipe: PipeTransform = {
  transform(value: unknown, { type, data }) {
    log.push(`pipe ${type} ${String(data)} ${JSON.stringify(value)}`);
    return value;
  },
};

interface Scenario {
  readonly onClass?: readonly NestInterceptor[];
  readonly onMethod?: readonly NestInterceptor[];
  readonly handle: (subject: unknown) => unknown;
}

const succeed = (subject: unknown): unknown => ({ handled: subject });
const laterSucceed = async (subject: unknown): Promise<unknown> => {
  await Promise.resolve();
  return { handled: subject, store: store.getStore() };
};
const fail = (): never => {
  throw new Error('the handler failed');
};
let attempts = 0;

const SCENARIOS: Record<string, Scenario> = {
  'class and method, several each': {
    onClass: [watching('a'), watchingAtOnce('b')],
    onMethod: [watchingAtOnce('c'), watching('d')],
    handle: laterSucceed,
  },
  one: { onMethod: [watching('a')], handle: succeed },
  'one, not async': { onMethod: [watchingAtOnce('a')], handle: succeed },
  'a handler that throws': { onClass: [watching('a')], onMethod: [watchingAtOnce('b')], handle: fail },
  'a handler that rejects': {
    onClass: [watching('a')],
    onMethod: [watching('b')],
    handle: () => Promise.reject(new Error('later')),
  },
  'a handler that returns a stream': {
    onClass: [watching('a')],
    onMethod: [watchingAtOnce('b')],
    handle: () => of(1, 2, { last: true }),
  },
  'a handler that promises a stream': { onMethod: [watching('a')], handle: () => Promise.resolve(of(1, 2)) },
  'a changed answer': {
    onClass: [
      watching('a', (_context, next) => next.handle().pipe(map((value) => ({ wrapped: value as unknown })))),
    ],
    onMethod: [watching('b')],
    handle: succeed,
  },
  'a recovery': {
    onClass: [
      watching('a', (_context, next) => next.handle().pipe(catchError(() => of({ recovered: true })))),
    ],
    onMethod: [watching('b')],
    handle: fail,
  },
  'an error that is replaced': {
    onClass: [
      watching('a', (_context, next) =>
        next.handle().pipe(catchError(() => throwError(() => new Error('replaced')))),
      ),
    ],
    onMethod: [watching('b')],
    handle: fail,
  },
  'an answer without the handler': {
    onClass: [watching('a')],
    onMethod: [watching('b', () => of({ cached: true })), watching('c')],
    handle: fail,
  },
  'no answer at all': { onClass: [watching('a')], onMethod: [watching('b', () => EMPTY)], handle: succeed },
  'an interceptor that throws': {
    onClass: [watchingAtOnce('a')],
    onMethod: [
      {
        intercept: (): never => {
          throw new Error('the interceptor threw');
        },
      },
      watching('c'),
    ],
    handle: succeed,
  },
  'an interceptor that rejects': {
    onClass: [watching('a')],
    onMethod: [watching('b', () => Promise.reject(new Error('the interceptor rejected'))), watching('c')],
    handle: succeed,
  },
  'an outermost interceptor that throws': {
    onClass: [
      {
        intercept: (): never => {
          throw new Error('at once');
        },
      },
    ],
    handle: succeed,
  },
  'a retry: everything further in runs again': {
    onClass: [watching('a', (_context, next) => next.handle().pipe(retry(2)))],
    onMethod: [watching('b'), watchingAtOnce('c')],
    handle: () => {
      attempts += 1;
      if (attempts < 3) throw new Error(`attempt ${attempts}`);
      return { attempts };
    },
  },
  'handle() called twice': {
    onMethod: [
      watching('a', async (_context, next) => {
        const first: unknown = await firstValueFrom(next.handle());
        return next.handle().pipe(map((second) => [first, second]));
      }),
      watching('b'),
    ],
    handle: succeed,
  },
  'handle() called and never subscribed': {
    onClass: [
      watching('a', (_context, next) => {
        next.handle();
        return of({ handled: 'never' });
      }),
    ],
    onMethod: [watching('b')],
    handle: fail,
  },
  'nobody waits any longer': {
    onClass: [watching('a', (_context, next) => next.handle().pipe(timeout({ first: 5 })))],
    onMethod: [watching('b')],
    handle: () => new Promise(() => undefined),
  },
  'an async context around handle()': {
    onClass: [watching('a', (_context, next) => store.run('from a', () => next.handle()))],
    onMethod: [watching('b'), watching('c', (_context, next) => store.run('from c', () => next.handle()))],
    handle: laterSucceed,
  },
  'an async context that is entered': {
    onClass: [
      watching('a', async (_context, next) => {
        await Promise.resolve();
        return store.run('entered', () => from(firstValueFrom(next.handle())));
      }),
    ],
    onMethod: [watching('b')],
    handle: laterSucceed,
  },
  'an async context around another stream': {
    onClass: [
      watching('a', (_context, next) =>
        of('go').pipe(concatMap(() => store.run('inner', () => next.handle()))),
      ),
    ],
    onMethod: [watching('b')],
    handle: laterSucceed,
  },
};

/** HTTP has no outcome but its response: errors are put into it as they are. */
@Catch()
class ErrorBody implements ExceptionFilter {
  catch(error: Error, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<ServerResponse>();
    response.writeHead(500).end(JSON.stringify({ name: error.name, message: error.message }));
  }
}

interface Observation {
  readonly log: readonly string[];
  readonly calls: number;
  /** One `ExecutionContext` for the chain, however many interceptors there are. */
  readonly distinctContexts: number;
  readonly answer: unknown;
}

async function observe(act: () => Promise<unknown>): Promise<Observation> {
  log = [];
  contexts = [];
  attempts = 0;
  const answer = await act();
  return { log, calls: contexts.length, distinctContexts: new Set(contexts).size, answer };
}

describe('the same interceptors around a request and around a job', () => {
  it.each(Object.entries(SCENARIOS))('do the same: %s', async (_name, scenario) => {
    @Controller()
    @UseInterceptors(...(scenario.onClass ?? []))
    class Host {
      @Get('handle')
      @JobHandler('handle')
      @UseInterceptors(...(scenario.onMethod ?? []))
      handle(@Subject(loggingPipe) subject: unknown): unknown {
        log.push(`handler ${JSON.stringify(subject)}, ${store.getStore() ?? 'no store'}`);
        return scenario.handle(subject);
      }
    }
    const { app, run } = await startHandlers(
      { controllers: [Host] },
      { prepare: (app) => app.useGlobalFilters(new ErrorBody()) },
    );
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;

    const request = await observe(async () => {
      const response = await fetch(`http://127.0.0.1:${port}/handle?to=ada`);
      return { ok: response.ok, body: await response.json() };
    });
    const job = await observe(async () => {
      const outcome = await run('handle', { to: 'ada' });
      if (outcome.kind === 'completed') return { ok: true, body: toJson(outcome.result) };
      const { name, message } = (outcome as { error: Error }).error;
      return { ok: false, body: { name, message } };
    });

    expect(job).toEqual(request);
    expect(job.distinctContexts).toBeLessThanOrEqual(1);
  });

  it('were seen doing something', () => {
    expect(Object.keys(SCENARIOS).length).toBeGreaterThan(20);
  });
});

function toJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
