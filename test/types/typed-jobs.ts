/**
 * Compiled, never run: what must compile does, and each line under `@ts-expect-error` must not. Here `KyuJobs` is
 * empty; `augmented/` has its own program, because an augmentation is seen by every file of one.
 */
import * as v from 'valibot';
import { z } from 'zod';
import {
  Ctx,
  defineJob,
  JobHandler,
  Payload,
  Signal,
  type JobContext,
  type JobDefinition,
  type KyuProducer,
  type PayloadOf,
} from '../../lib/index.js';

interface Mail {
  to: string;
  subject: string;
}

const SendEmail = defineJob<Mail>('send_email', { maxRetries: 8, timeout: '20s', queue: 'mail' });
const Remind = defineJob('remind', {
  schema: z.object({ at: z.string().transform((text) => new Date(text)), note: z.string().default('') }),
  backoff: { strategy: 'fixed', base: '1m' },
});
const Check = defineJob('check', {
  schema: v.object({
    at: v.pipe(
      v.string(),
      v.transform((text) => new Date(text)),
    ),
  }),
});
const Untyped = defineJob('untyped');

// What a token says about its payload.
const input: JobDefinition<{ at: string; note?: string | undefined }, { at: Date; note: string }> = Remind;
const output: PayloadOf<typeof Remind> = { at: new Date(0), note: '' };
const checked: PayloadOf<typeof Check> = { at: new Date(0) };
// @ts-expect-error the handler gets a Date
const wronglyChecked: PayloadOf<typeof Check> = { at: 'now' };
// @ts-expect-error the handler gets a Date
const wrongOutput: PayloadOf<typeof Remind> = { at: 'now', note: '' };

// @ts-expect-error concurrency belongs to the handler, not to the job type
defineJob('misfit', { concurrency: 3 });
// @ts-expect-error that is no Standard Schema
defineJob('misfit', { schema: { parse: () => 1 } });

export async function enqueue(kyu: KyuProducer): Promise<void> {
  await kyu.enqueue(SendEmail, { to: 'a@b.example', subject: 'Hi' });
  await kyu.enqueue(Remind, { at: '2030-01-01' });
  await kyu.enqueue(Check, { at: '2030-01-01' });
  await kyu.enqueue(Untyped, { anything: 1 });
  await kyu.enqueue('any_name', { anything: 1 });

  // @ts-expect-error a property is missing
  await kyu.enqueue(SendEmail, { to: 'a@b.example' });
  // @ts-expect-error a property is of another type
  await kyu.enqueue(SendEmail, { to: 1, subject: 'Hi' });
  // @ts-expect-error a property is unknown
  await kyu.enqueue(SendEmail, { to: 'a@b.example', subject: 'Hi', cc: [] });
  // @ts-expect-error the schema's input is text, its output is a Date
  await kyu.enqueue(Remind, { at: new Date() });
  // @ts-expect-error the input of Valibot's schema is text as well
  await kyu.enqueue(Check, { at: new Date() });
  // @ts-expect-error a number names nothing
  await kyu.enqueue(42, {});
}

export class Fits {
  @JobHandler(SendEmail)
  payload(_mail: Mail): void {}

  @JobHandler(SendEmail, { concurrency: 10, instance: 'reports' })
  payloadAndJob(_mail: Mail, _job: JobContext<Mail>): Promise<{ id: string }> {
    return Promise.resolve({ id: '1' });
  }

  @JobHandler(SendEmail)
  part(_mail: { to: string }): void {}

  @JobHandler(SendEmail)
  nothing(): void {}

  @JobHandler(SendEmail)
  unknown(_mail: unknown): void {}

  @JobHandler(Remind)
  transformed(remind: PayloadOf<typeof Remind>): number {
    return remind.at.getTime();
  }

  @JobHandler(SendEmail)
  decorated(@Payload() _mail: Mail, @Ctx() _job: JobContext<Mail>): void {}

  @JobHandler(SendEmail)
  swapped(@Ctx() _job: JobContext, @Payload('to') _to: string): void {}

  @JobHandler(SendEmail)
  signalFirst(@Signal() _signal: AbortSignal, @Payload() _mail: Mail): void {}

  @JobHandler<typeof SendEmail, string>(SendEmail)
  propertyFirst(@Payload('to') _to: string): void {}

  @JobHandler('any_name')
  untyped(_anything: Mail, _job: JobContext<Mail>): void {}

  @JobHandler(Untyped)
  alsoUntyped(_anything: string): void {}

  @JobHandler(SendEmail)
  @JobHandler('any_name')
  several(_mail: Mail): void {}
}

export class DoesNotFit {
  // @ts-expect-error another shape
  @JobHandler(SendEmail)
  shape(_mail: { address: string }): void {}

  // @ts-expect-error the payload is an object
  @JobHandler(SendEmail)
  property(_to: string): void {}

  // @ts-expect-error a property of another type
  @JobHandler(SendEmail)
  propertyType(_mail: { to: number }): void {}

  // @ts-expect-error it looks like the job's context, which has an id too
  @JobHandler(SendEmail)
  almostContext(_mail: { id: string }): void {}

  // @ts-expect-error the context of another job
  @JobHandler(SendEmail)
  otherContext(@Ctx() _job: JobContext<{ orderId: string }>): void {}

  // @ts-expect-error the schema makes a Date of it
  @JobHandler(Remind)
  inputOfSchema(_remind: { at: string }): void {}

  // @ts-expect-error another type than was said to come first
  @JobHandler<typeof SendEmail, string>(SendEmail)
  otherThanSaid(@Payload('to') _to: number): void {}

  // @ts-expect-error it belongs on a method
  @JobHandler(SendEmail)
  field = 1;

  // @ts-expect-error a misspelt option
  @JobHandler('any_name', { concurency: 1 })
  misspelt(): void {}
}

export const used = [input, output, wrongOutput, checked, wronglyChecked];
