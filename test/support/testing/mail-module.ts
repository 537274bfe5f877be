import {
  Injectable,
  Module,
  ParseIntPipe,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type LoggerService,
  type NestInterceptor,
} from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import {
  currentJob,
  Ctx,
  defineJob,
  DiscardJob,
  getJobContext,
  JobHandler,
  KyuProducer,
  Payload,
  RetryJob,
  SnoozeJob,
  type JobContext,
} from 'nestjs-kyu';
import { KyuTestbed, KyuTestingModule, type KyuTestingOptions } from 'nestjs-kyu/testing';
import { tap } from 'rxjs';
import { onTestFinished } from 'vitest';
import { z } from 'zod';

export const Invoice = defineJob('invoice', { schema: z.object({ cents: z.int().positive() }) });

/** What happened, in order. */
@Injectable()
export class Diary {
  readonly lines: string[] = [];
  failures = 0;

  note(line: string): void {
    this.lines.push(line);
  }

  /** Throws as often as it was told to. */
  failIfAsked(): void {
    if (this.failures <= 0) return;
    this.failures -= 1;
    throw new Error('smtp is away');
  }
}

@Injectable()
export class DiaryInterceptor implements NestInterceptor {
  constructor(private readonly diary: Diary) {}

  intercept(context: ExecutionContext, next: CallHandler) {
    const { type, attempt } = getJobContext(context);
    this.diary.note(`before ${type} ${attempt}`);
    return next.handle().pipe(tap(() => this.diary.note(`after ${type} ${attempt}`)));
  }
}

@Injectable()
export class Mailer {
  constructor(
    private readonly diary: Diary,
    private readonly kyu: KyuProducer,
  ) {}

  @JobHandler('send_email', { maxRetries: 2 })
  async send(mail: { to: string }, job: JobContext): Promise<{ to: string }> {
    this.diary.failIfAsked();
    this.diary.note(`send to ${mail.to}`);
    if (mail.to === 'nobody') throw new DiscardJob('no such address');
    job.log('accepted for %s', mail.to);
    return { to: mail.to };
  }

  @JobHandler('welcome')
  @UseInterceptors(DiaryInterceptor)
  async welcome(@Payload('age', ParseIntPipe) age: number, @Ctx() job: JobContext): Promise<void> {
    this.diary.note(`welcome at ${age}`);
    await this.kyu.enqueue('send_email', { to: 'a@b.example' }, { priority: job.priority });
  }

  @JobHandler('throttled')
  async throttled(_payload: unknown, job: JobContext): Promise<void> {
    this.diary.note(`throttled ${job.run}/${job.attempt}`);
    if (job.run === 1) throw new SnoozeJob('30s');
    if (job.run === 2) throw new RetryJob('2m', new Error('still busy'));
  }

  @JobHandler('hang', { timeout: '20s', maxRetries: 1 })
  async hang(_payload: unknown, job: JobContext): Promise<void> {
    job.signal.addEventListener('abort', () => this.diary.note((job.signal.reason as Error).name));
    await new Promise(() => {});
  }

  @JobHandler('report_often')
  async reportOften(_payload: unknown, job: JobContext): Promise<void> {
    for (const percent of [20, 40, 60, 80, 100]) await job.progress(percent);
  }

  @JobHandler('tick')
  async tick(): Promise<void> {
    await this.kyu.enqueue('tick', {});
  }

  @JobHandler(Invoice)
  async invoice({ cents }: { cents: number }): Promise<string> {
    return `${currentJob()?.type} over ${cents}`;
  }
}

@Module({ providers: [Mailer, Diary, DiaryInterceptor], exports: [Mailer, Diary] })
export class MailModule {}

/** Says nothing: many of the tests fail jobs on purpose. */
export const SILENT: LoggerService = { log() {}, warn() {}, error() {} };

/** An application as a user's test would make it; it is closed when the test has finished. */
export async function openMailApp(options: KyuTestingOptions = {}) {
  const app = await Test.createTestingModule({ imports: [KyuTestingModule.forRoot(options), MailModule] })
    .setLogger(SILENT)
    .compile();
  return handlesOf(app);
}

export function handlesOf(app: TestingModule) {
  onTestFinished(() => app.close());
  return { app, kyu: app.get(KyuTestbed), producer: app.get(KyuProducer), diary: app.get(Diary) };
}
