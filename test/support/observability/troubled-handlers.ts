import { setTimeout as passTime } from 'node:timers/promises';
import { DiscardJob, JobHandler, RetryJob, SnoozeJob, type JobContext } from 'nestjs-kyu';

/** One handler for everything that can become of a run. */
export class TroubledHandlers {
  @JobHandler('completes')
  async completes(): Promise<void> {
    await passTime(2); // the handler's work
  }

  /** Retention has an eye on these. */
  @JobHandler('passes')
  passes(): void {}

  @JobHandler('fails_once')
  failsOnce(_payload: unknown, job: JobContext): void {
    if (job.attempt === 1) throw new Error('the first attempt always fails');
  }

  @JobHandler('always_fails')
  alwaysFails(): void {
    throw new Error('no attempt ever works');
  }

  @JobHandler('gives_up')
  givesUp(): void {
    throw new DiscardJob('there is no such address');
  }

  @JobHandler('is_too_slow')
  async isTooSlow(_payload: unknown, job: JobContext): Promise<void> {
    await passTime(60_000, undefined, { signal: job.signal }); // the handler's work, which its limit ends
  }

  @JobHandler('asks_for_later')
  asksForLater(_payload: unknown, job: JobContext): void {
    if (job.attempt === 1) throw new RetryJob('50ms');
  }

  @JobHandler('sleeps_in')
  sleepsIn(_payload: unknown, job: JobContext): void {
    if (job.run === 1) throw new SnoozeJob('50ms');
  }

  /** Until it is cancelled, or for as long as its payload says. */
  @JobHandler('takes_long')
  async takesLong(ms: number, job: JobContext): Promise<void> {
    await passTime(ms, undefined, { signal: job.signal }); // the handler's work
  }

  @JobHandler('ticks')
  ticks(): void {}
}
