import { Inject, Injectable } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { Ctx, JobHandler, Payload, type JobContext } from 'nestjs-kyu';
import { Recorder } from '../../support/fault/recorder.js';

/** What the payload of every job type may hold. */
interface Nap {
  readonly ms?: number;
}

/** Retries come soon: a storm has no time for the backoff of real life. */
const SOON = { base: '100ms', max: '500ms' };

/** Handlers that write down when they start and end, and whether they saw their signal abort. */
@Injectable()
export class FaultHandlers {
  constructor(@Inject(Recorder) private readonly recorder: Recorder) {}

  @JobHandler('noop')
  noop(@Ctx() job: JobContext): Promise<void> {
    return this.recorded(job, () => Promise.resolve());
  }

  @JobHandler('nap')
  nap(@Payload() { ms = 0 }: Nap, @Ctx() job: JobContext): Promise<void> {
    return this.recorded(job, () => delay(ms, undefined, { signal: job.signal })); // the handler's work
  }

  @JobHandler('fail_once', { backoff: SOON })
  failOnce(@Ctx() job: JobContext): Promise<void> {
    return this.recorded(job, async () => {
      if (job.attempt === 1) throw new Error('this job fails once');
    });
  }

  @JobHandler('fail_always', { backoff: SOON })
  failAlways(@Ctx() job: JobContext): Promise<void> {
    return this.recorded(job, () => Promise.reject(new Error('this job always fails')));
  }

  /** Stays in its first run until it is told to stop; later runs end at once. */
  @JobHandler('hold', { timeout: '10m' })
  hold(@Payload() { ms = 0 }: Nap, @Ctx() job: JobContext): Promise<void> {
    const workMs = job.run === 1 ? ms : 0;
    return this.recorded(job, () => delay(workMs, undefined, { signal: job.signal })); // the handler's work
  }

  /** Leaves nobody else in this process a turn of the event loop. */
  @JobHandler('block', { timeout: '10m' })
  block(@Payload() { ms = 0 }: Nap, @Ctx() job: JobContext): Promise<void> {
    return this.recorded(job, async () => {
      const until = performance.now() + (job.run === 1 ? ms : 0);
      while (performance.now() < until);
    });
  }

  /** Takes its process with it, and whatever runs beside it. */
  @JobHandler('poison', { maxRetries: 20 })
  poison(@Ctx() job: JobContext): Promise<void> {
    return this.recorded(job, async () => {
      await delay(300); // it works for a while: what is taken beside it has begun by then
      process.kill(process.pid, 'SIGKILL');
      await new Promise(() => {}); // nothing comes after the signal
    });
  }

  /** The same, but it does not listen. */
  @JobHandler('stubborn', { timeout: '10m' })
  stubborn(@Payload() { ms = 0 }: Nap, @Ctx() job: JobContext): Promise<void> {
    return this.recorded(job, () => delay(job.run === 1 ? ms : 0)); // the handler's work
  }

  private async recorded(job: JobContext, work: () => Promise<void>): Promise<void> {
    const { recorder } = this;
    const { id, run, signal } = job;
    recorder.record({ kind: 'start', job: id, run });
    signal.addEventListener('abort', () => {
      recorder.record({ kind: 'abort', job: id, run, reason: String(signal.reason) });
    });
    try {
      await work();
      recorder.record({ kind: 'end', job: id, run, result: 'returned' });
    } catch (error) {
      recorder.record({ kind: 'end', job: id, run, result: 'threw' });
      throw error;
    }
  }
}
