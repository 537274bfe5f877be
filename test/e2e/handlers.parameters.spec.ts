import {
  createParamDecorator,
  Injectable,
  ParseIntPipe,
  Query,
  UsePipes,
  type ArgumentMetadata,
  type ExecutionContext,
  type PipeTransform,
} from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { KyuConfigError, KyuPayloadError } from '../../lib/core/errors.js';
import type { JobContext } from '../../lib/core/job-context.js';
import { defineJob, type PayloadOf } from '../../lib/core/job-definition.js';
import { DiscardJob } from '../../lib/core/outcome.js';
import { JobHandler } from '../../lib/handlers/job-handler.decorator.js';
import { Ctx, Payload, Signal } from '../../lib/handlers/job-parameters.decorator.js';
import { getJobContext } from '../../lib/handlers/kyu-execution-context.js';
import { fakeJobContext } from '../support/handlers/job-context.js';
import { startHandlers } from '../support/handlers/start-handlers.js';

const completed = (result: unknown): unknown => ({ kind: 'completed', result });

describe('parameters', () => {
  const JobType = createParamDecorator(
    (_data: unknown, context: ExecutionContext) => getJobContext(context).type,
  );
  const Later = createParamDecorator((value: string) => Promise.resolve(value));

  class Parameters {
    @JobHandler('swapped')
    swapped(@Ctx() job: JobContext, @Payload() mail: unknown, @Signal() signal: AbortSignal): unknown {
      return [job, mail, signal];
    }

    @JobHandler('properties')
    properties(@Payload('to') to: unknown, @Payload('width', ParseIntPipe) width: number): unknown {
      return [to, width];
    }

    @JobHandler('custom')
    custom(@JobType() type: string, _undecorated: unknown, @Later('later') later: string): unknown {
      return [type, _undecorated, later];
    }
  }

  it('are filled by their decorators, in any order', async () => {
    const { run } = await startHandlers({ providers: [Parameters] });
    const job = fakeJobContext('mail', { type: 'swapped' });
    expect(await run('swapped', 'mail', job)).toEqual(completed([job, 'mail', job.signal]));
  });

  it('may be properties of the payload, with pipes of their own', async () => {
    const { run } = await startHandlers({ providers: [Parameters] });
    expect(await run('properties', { to: 'a@b.example', width: '12' })).toEqual(
      completed(['a@b.example', 12]),
    );
    expect(await run('properties', { width: 'wide' })).toMatchObject({ kind: 'failed' });
    expect(await run('properties', null)).toMatchObject({ kind: 'failed' });
  });

  it('may come from decorators of the application, also late ones', async () => {
    const { run } = await startHandlers({ providers: [Parameters] });
    expect(await run('custom')).toEqual(completed(['custom', undefined, 'later']));
  });

  it('may not come from decorators that need a request', async () => {
    class Wrong {
      @JobHandler('wrong')
      run(@Ctx() _job: JobContext, @Query('page') _page: string): void {}
    }
    const start = startHandlers({ providers: [Wrong] });
    await expect(start).rejects.toThrow(KyuConfigError);
    await expect(start).rejects.toThrow(/parameter 2 of Wrong\.run: got a decorator of HTTP/);
  });
});

describe('pipes', () => {
  class Mail {
    to!: string; // set by the pipe, or read from JSON
  }
  const seen: ArgumentMetadata[] = [];
  const upper: PipeTransform<{ to: string }> = {
    transform(mail, metadata) {
      seen.push(metadata);
      return { to: mail.to.toUpperCase() };
    },
  };
  @Injectable()
  class Late implements PipeTransform<{ to: string }> {
    transform(mail: { to: string }): Promise<unknown> {
      return Promise.resolve({ to: `late ${mail.to}` });
    }
  }
  @UsePipes(upper)
  class Piped {
    @JobHandler('undecorated')
    @UsePipes(Late)
    undecorated(mail: Mail, job: JobContext): unknown {
      return [mail, job.id];
    }

    @JobHandler('decorated')
    decorated(@Ctx() job: JobContext, @Payload(Late) mail: Mail): unknown {
      return [mail, job.id];
    }
  }

  it('see the payload as a body of its declared type, class before method, and leave the job alone', async () => {
    seen.length = 0;
    const { run } = await startHandlers({ providers: [Piped] });
    const job = fakeJobContext({ to: 'ada' });
    expect(await run('undecorated', { to: 'ada' }, job)).toEqual(completed([{ to: 'late ADA' }, job.id]));
    expect(await run('decorated', { to: 'bob' }, job)).toEqual(completed([{ to: 'late BOB' }, job.id]));
    expect(seen).toMatchObject([
      { type: 'body', metatype: Mail },
      { type: 'body', metatype: Mail },
    ]);
  });
});

describe('schemas', () => {
  const Visit = defineJob('visit', {
    schema: z.object({ url: z.url(), tries: z.number().max(3).default(1), at: z.coerce.date() }),
  });
  const Slow = defineJob('slow', {
    schema: z.object({ id: z.string().refine((id) => Promise.resolve(id !== 'gone'), 'is gone') }),
  });
  class Visits {
    @JobHandler(Visit)
    visit(visit: PayloadOf<typeof Visit>, job: JobContext<PayloadOf<typeof Visit>>): unknown {
      return [visit.tries, visit.at.getTime(), job.payload === visit];
    }

    @JobHandler<typeof Slow, string>(Slow)
    slow(@Payload('id') id: string): string {
      return id;
    }
  }

  it('hand their output to the handler', async () => {
    const { run } = await startHandlers({ providers: [Visits] });
    const payload = { url: 'https://kyu.example', at: '1970-01-01T00:00:01Z' };
    expect(await run('visit', payload)).toEqual(completed([1, 1_000, true]));
    expect(await run('slow', { id: 'here' })).toEqual(completed('here'));
  });

  it('make a payload that they refuse dead, with every path', async () => {
    const { run } = await startHandlers({ providers: [Visits] });
    const outcome = await run('visit', { url: 'nowhere', tries: 9, at: 0 });
    if (outcome.kind !== 'discarded') throw new Error(`it was ${outcome.kind}`);
    const refusal = outcome.error as DiscardJob;
    expect(refusal).toBeInstanceOf(DiscardJob);
    expect(refusal.message).toMatch(/payload\.url is refused .*; payload\.tries is refused/);
    expect(refusal.cause).toBeInstanceOf(KyuPayloadError);
    expect(refusal.message).toBe((refusal.cause as KyuPayloadError).message);
    expect(await run('slow', { id: 'gone' })).toMatchObject({ kind: 'discarded' });
  });
});
