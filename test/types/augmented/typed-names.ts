/** The string form with `KyuJobs` filled in, as an application does it; see `../typed-jobs.spec.ts`. */
import {
  Ctx,
  defineJob,
  JobHandler,
  Payload,
  type JobContext,
  type KyuProducer,
  type PayloadOf,
} from 'nestjs-kyu';

declare module 'nestjs-kyu' {
  interface KyuJobs {
    send_email: { to: string; subject: string };
    rebuild: null;
    'report:sales': { month: number };
    'report:stock': { shelf: string };
  }
}

const Resize = defineJob<{ imageId: string }>('resize');

const mail: PayloadOf<'send_email'> = { to: 'a@b.example', subject: 'Hi' };
// @ts-expect-error a name that is not in KyuJobs has no payload
export type Unknown = PayloadOf<'send_mail'>;

export async function enqueue(kyu: KyuProducer): Promise<void> {
  await kyu.enqueue('send_email', mail);
  await kyu.enqueue('rebuild', null);
  await kyu.enqueue(Resize, { imageId: '7' });
  await kyu.enqueueMany([{ type: 'send_email', payload: mail }]);

  // @ts-expect-error a name that is not in KyuJobs
  await kyu.enqueue('send_mail', mail);
  // @ts-expect-error a property is missing
  await kyu.enqueue('send_email', { to: 'a@b.example' });
  // @ts-expect-error the payload of another type
  await kyu.enqueue('rebuild', mail);
  // @ts-expect-error tokens are checked as before
  await kyu.enqueue(Resize, mail);
  // @ts-expect-error a name that is not in KyuJobs
  await kyu.enqueueMany([{ type: 'send_mail', payload: mail }]);
}

export class Handlers {
  @JobHandler('send_email')
  send(_mail: { to: string; subject: string }, _job: JobContext): void {}

  @JobHandler('send_email')
  swapped(@Ctx() _job: JobContext, @Payload() _mail: { to: string }): void {}

  @JobHandler(Resize)
  resize(_image: PayloadOf<typeof Resize>): void {}

  @JobHandler('report:*')
  report(_report: { month: number } | { shelf: string }, _job: JobContext): void {}

  @JobHandler('other:*')
  others(_payload: unknown): void {}

  // @ts-expect-error one of the payloads under the pattern does not fit
  @JobHandler('report:*')
  narrow(_report: { month: number }): void {}

  // @ts-expect-error a name that is not in KyuJobs
  @JobHandler('send_mail')
  misspelt(): void {}

  // @ts-expect-error another payload
  @JobHandler('send_email')
  wrong(_mail: { address: string }): void {}
}
