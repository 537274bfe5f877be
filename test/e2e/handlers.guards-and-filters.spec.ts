import {
  Catch,
  ForbiddenException,
  Injectable,
  UnauthorizedException,
  UseFilters,
  UseGuards,
  UseInterceptors,
  type ArgumentsHost,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { of, tap, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { KyuConfigError } from '../../lib/core/errors.js';
import { DiscardJob, RetryJob, SnoozeJob } from '../../lib/core/outcome.js';
import { JobHandler } from '../../lib/handlers/job-handler.decorator.js';
import { getJobContext } from '../../lib/handlers/kyu-execution-context.js';
import { startHandlers } from '../support/handlers/start-handlers.js';

describe('guards', () => {
  class Allowed {
    constructor(readonly name: string) {}
  }
  @Injectable()
  class NameGuard implements CanActivate {
    constructor(private readonly allowed: Allowed) {}
    canActivate(context: ExecutionContext): boolean {
      return getJobContext<string>(context).payload === this.allowed.name;
    }
  }
  const guard = (canActivate: CanActivate['canActivate']): CanActivate => ({ canActivate });

  const handled: string[] = [];
  @UseGuards(NameGuard)
  class Guarded {
    @JobHandler('guarded')
    @UseGuards(guard(() => Promise.resolve(true)), guard(() => of(false, true)))
    run(name: string): string {
      handled.push(name);
      return name;
    }
  }

  it('are asked before the rest: class, then method, with their dependencies', async () => {
    handled.length = 0;
    const providers = [Guarded, { provide: Allowed, useValue: new Allowed('ada') }];
    const { run } = await startHandlers({ providers });
    expect(await run('guarded', 'ada')).toEqual({ kind: 'completed', result: 'ada' });
    expect(await run('guarded', 'eve')).toEqual({
      kind: 'discarded',
      error: new DiscardJob('refused by guard NameGuard'),
    });
    expect(handled).toEqual(['ada']);
  });

  it('refuse for good with what HTTP calls forbidden and unauthorised; other errors are failures', async () => {
    const order: string[] = [];
    const never: NestInterceptor = {
      intercept(_context, next) {
        order.push('interceptor');
        return next.handle();
      },
    };
    @UseInterceptors(never)
    class Guards {
      @JobHandler('forbidden')
      @UseGuards(guard(() => throwError(() => new ForbiddenException('not yours'))))
      forbidden(): void {}

      @JobHandler('unauthorised')
      @UseGuards(guard(() => Promise.reject(new UnauthorizedException('who are you?'))))
      unauthorised(): void {}

      @JobHandler('broken')
      @UseGuards(
        guard(() => {
          throw new Error('the guard’s database is down');
        }),
      )
      broken(): void {}

      @JobHandler('later')
      @UseGuards(
        guard(() => {
          throw new SnoozeJob('5m');
        }),
      )
      later(): void {}
    }
    const { run } = await startHandlers({ providers: [Guards] });
    expect(await run('forbidden')).toMatchObject({
      kind: 'discarded',
      error: { message: 'refused by guard Object: not yours', cause: new ForbiddenException('not yours') },
    });
    expect(await run('unauthorised')).toMatchObject({
      kind: 'discarded',
      error: { message: 'refused by guard Object: who are you?' },
    });
    expect(await run('broken')).toMatchObject({
      kind: 'failed',
      error: { message: 'the guard’s database is down' },
    });
    expect(await run('later')).toEqual({ kind: 'snoozed', delayMs: 300_000 });
    expect(order).toEqual([]);
  });

  it('that are declared are never left out, also on what a factory returns', async () => {
    const fromFactory = { provide: 'FACTORY', useFactory: () => new Guarded() };
    const { run } = await startHandlers({
      providers: [fromFactory, { provide: Allowed, useValue: new Allowed('ada') }],
    });
    expect(await run('guarded', 'eve')).toMatchObject({ kind: 'discarded' });
    expect(await run('guarded', 'ada')).toMatchObject({ kind: 'completed' });
  });

  it('that are none stop the start', async () => {
    class NoGuard {}
    class Wrong {
      @JobHandler('wrong')
      run(): void {}
    }
    UseGuards(NoGuard as never)(Wrong);
    const start = startHandlers({ providers: [{ provide: 'W', useFactory: () => new Wrong() }] });
    await expect(start).rejects.toThrow(KyuConfigError);
    await expect(start).rejects.toThrow(/Wrong\.run: got NoGuard, allowed: as a guard only/);
  });
});

describe('exception filters', () => {
  class Outage extends Error {}
  const outage = new Outage('no answer');

  /** A filter with one answer, and a handler that it is put on. */
  async function outcomeWith(
    answer: (error: unknown) => unknown,
    thrown: unknown = outage,
    only?: typeof Outage,
  ): Promise<unknown> {
    @Catch(...(only === undefined ? [] : [only]))
    class Filter implements ExceptionFilter {
      catch(error: unknown, _host: ArgumentsHost): unknown {
        return answer(error);
      }
    }
    class Filtered {
      @JobHandler('filtered')
      @UseFilters(Filter)
      run(): never {
        throw thrown;
      }
    }
    const { run } = await startHandlers({ providers: [Filtered] });
    return run('filtered');
  }

  it.each([
    ['nothing', () => undefined],
    ['null', () => null],
    ['a body', () => ({ statusCode: 200 })],
    ['a promise of nothing', () => Promise.resolve()],
    ['a stream of a value', () => of('fine')],
    ['an empty stream', () => of()],
  ])('never make a success of a failure by answering %s', async (_name, answer) => {
    expect(await outcomeWith(answer)).toEqual({ kind: 'failed', error: outage });
  });

  it.each([
    [
      'throwing',
      () => {
        throw new Error('replaced');
      },
    ],
    ['a rejection', () => Promise.reject(new Error('replaced'))],
    ['a failing stream', () => throwError(() => new Error('replaced'))],
  ])('may replace an error by %s', async (_name, answer) => {
    expect(await outcomeWith(answer)).toEqual({ kind: 'failed', error: new Error('replaced') });
  });

  it('may say what becomes of the job, thrown or returned', async () => {
    const discard = new DiscardJob('hopeless');
    expect(
      await outcomeWith(() => {
        throw discard;
      }),
    ).toEqual({ kind: 'discarded', error: discard });
    expect(await outcomeWith(() => new SnoozeJob('1m'))).toEqual({ kind: 'snoozed', delayMs: 60_000 });
    expect(await outcomeWith((error) => Promise.resolve(new RetryJob('2s', error)))).toMatchObject({
      kind: 'retry-after',
      delayMs: 2_000,
    });
  });

  it('are asked only for the errors that they catch', async () => {
    const replace = (): never => {
      throw new Error('replaced');
    };
    expect(await outcomeWith(replace, outage, Outage)).toMatchObject({ error: { message: 'replaced' } });
    const other = new TypeError('other');
    expect(await outcomeWith(replace, other, Outage)).toEqual({ kind: 'failed', error: other });
  });

  it('are not asked about what the handler has decided', async () => {
    const replace = (): never => {
      throw new Error('replaced');
    };
    expect(await outcomeWith(replace, new SnoozeJob('3s'))).toEqual({ kind: 'snoozed', delayMs: 3_000 });
    const discard = new DiscardJob('decided');
    expect(await outcomeWith(replace, discard)).toEqual({ kind: 'discarded', error: discard });
  });

  it('stand around guards and interceptors, and the nearest one answers', async () => {
    const asked: string[] = [];
    const filter = (name: string): ExceptionFilter => ({
      catch(_error, host) {
        asked.push(`${name} ${getJobContext(host).type}`);
      },
    });
    const failing: NestInterceptor = {
      intercept: (_context, next) =>
        next.handle().pipe(
          tap(() => {
            throw outage;
          }),
        ),
    };
    @UseFilters(filter('class'))
    class Nested {
      @JobHandler('nested')
      @UseFilters(filter('method'))
      @UseInterceptors(failing)
      run(): string {
        return 'fine so far';
      }

      @JobHandler('outer')
      run2(): never {
        throw outage;
      }
    }
    const { run } = await startHandlers({ providers: [Nested] });
    expect(await run('nested')).toEqual({ kind: 'failed', error: outage });
    expect(await run('outer')).toEqual({ kind: 'failed', error: outage });
    expect(asked).toEqual(['method nested', 'class outer']);
  });
});
