import { describe, expect, it } from 'vitest';
import { EventBus } from '../../../lib/core/event-bus.js';
import type { JobContext } from '../../../lib/core/job-context.js';
import { DiscardJob, RetryJob, SnoozeJob } from '../../../lib/core/outcome.js';
import type { Settlement } from '../../../lib/core/settlement.js';
import { ShutdownError } from '../../../lib/core/errors.js';
import { currentJob } from '../../../lib/worker/current-job.js';
import { ProgressReporter } from '../../../lib/worker/progress-reporter.js';
import { RunExecutor } from '../../../lib/worker/run-executor.js';
import { ManualClock } from '../../support/observability/manual-clock.js';
import { claimOf, deferred, handlerOf, settled, tableOf } from '../../support/worker/claims.js';

function stage(invoke: (payload: unknown, job: JobContext) => unknown) {
  const clock = new ManualClock();
  const events = new EventBus();
  const ends: Settlement[] = [];
  const overstayed: unknown[] = [];
  events.on('run.overstayed', ({ error }) => overstayed.push(error));
  const executor = new RunExecutor({
    handlers: tableOf(handlerOf({ invoke })),
    progress: new ProgressReporter({} as never, clock), // no test here reports progress
    logger: console,
    clock,
    events,
    attendant: {} as never, // no test here asks for more than the executor does
    staleJobTimeoutMs: 600_000,
    cancelPatienceMs: 30_000,
    onSettledEnd: () => {},
    onEnd: (settlement) => ends.push(settlement),
  });
  return { clock, executor, ends, overstayed };
}

describe('RunExecutor', () => {
  it('settles a handler that returns at once, in the same turn', () => {
    const { executor, ends } = stage(() => ({ sent: true }));
    executor.start(claimOf(), 0);
    expect(ends).toMatchObject([{ status: 'completed', result: '{"sent":true}' }]);
    expect(executor.size).toBe(0);
  });

  it.each([
    [
      'a throw',
      () => {
        throw new Error('boom');
      },
      'boom',
    ],
    ['a rejection', () => Promise.reject(new Error('boom')), 'boom'],
    [
      'a thrown text',
      () => {
        throw 'boom';
      },
      'boom',
    ], // eslint-disable-line no-throw-literal
    ['a rejection with nothing', () => Promise.reject(), 'thrown: undefined'],
  ])('turns %s into a failed run', async (_name, invoke, message) => {
    const { executor, ends } = stage(invoke);
    executor.start(claimOf(), 0);
    await settled();
    expect(ends).toMatchObject([{ status: 'failed', retryCount: 1, error: { message } }]);
  });

  it.each([
    [new DiscardJob('never'), { status: 'dead', outcome: 'discarded', retryCount: 0 }],
    [new SnoozeJob('30s'), { status: 'scheduled', outcome: 'snoozed', delayMs: 30_000, retryCount: 0 }],
    [new RetryJob('2m'), { status: 'failed', outcome: 'retry-after', delayMs: 120_000, retryCount: 1 }],
  ])('does what the handler says by throwing %s', async (word, expected) => {
    const { executor, ends } = stage(() => Promise.reject(word));
    executor.start(claimOf(), 0);
    await settled();
    expect(ends).toMatchObject([expected]);
  });

  it('ends a run at its time limit, aborts its signal, and lets the handler change nothing afterwards', async () => {
    const work = deferred<string>();
    let signal: AbortSignal | undefined;
    const { executor, clock, ends } = stage((_payload, job) => {
      signal = job.signal;
      return work.promise;
    });
    executor.start(claimOf({ timeoutMs: 1_000 }), clock.monotonicMs());
    clock.advance(999);
    expect(ends).toEqual([]);
    clock.advance(51);
    expect(ends).toMatchObject([{ status: 'failed', outcome: 'timed-out' }]);
    expect(signal?.aborted).toBe(true);
    expect(signal?.reason).toMatchObject({ code: 'KYU_JOB_TIMEOUT' });
    work.resolve('too late');
    await settled();
    expect(ends).toHaveLength(1);
    expect(clock.timers).toBe(0);
  });

  it('tells of a handler that fails after its run has ended', async () => {
    const work = deferred<string>();
    const { executor, clock, overstayed } = stage(() => work.promise);
    executor.start(claimOf({ timeoutMs: 10 }), clock.monotonicMs());
    clock.advance(100);
    work.reject(new Error('late'));
    await settled();
    expect(overstayed).toMatchObject([{ message: 'late' }]);
  });

  it('holds a job without a limit of its own to the outer bound', () => {
    const { executor, clock, ends } = stage(() => new Promise(() => {}));
    executor.start(claimOf({ timeoutMs: 0 }), clock.monotonicMs());
    clock.advance(600_050);
    expect(ends).toMatchObject([{ outcome: 'timed-out' }]);
  });

  it('gives back, uncharged, what stops because of a shutdown', async () => {
    const { executor, ends } = stage(
      (_payload, job) =>
        new Promise((_resolve, reject) => {
          job.signal.addEventListener('abort', () => reject(job.signal.reason as Error));
        }),
    );
    executor.start(claimOf(), 0);
    executor.abortAll('shutdown', (claim) => new ShutdownError(claim.id));
    await settled();
    expect(ends).toMatchObject([{ status: 'pending', outcome: 'released', retryCount: 0, error: null }]);
  });

  it('keeps the success of a handler that finishes in spite of the shutdown', async () => {
    const work = deferred<string>();
    const { executor, ends } = stage(() => work.promise);
    executor.start(claimOf(), 0);
    executor.abortAll('shutdown', (claim) => new ShutdownError(claim.id));
    work.resolve('done');
    await settled();
    expect(ends).toMatchObject([{ status: 'completed' }]);
  });

  it('releases what ignores the abort', () => {
    const { executor, ends } = stage(() => new Promise(() => {}));
    executor.start(claimOf(), 0);
    expect(executor.releaseAll()).toBe(1);
    expect(ends).toMatchObject([{ status: 'pending', retryCount: 0 }]);
  });

  it('hands out an aborted signal to a handler that looks only after the abort', async () => {
    let job: JobContext | undefined;
    const { executor } = stage((_payload, context) => {
      job = context;
      return new Promise(() => {});
    });
    executor.start(claimOf(), 0);
    executor.abortAll('lease-lost', (claim) => new ShutdownError(claim.id));
    expect(job?.signal.aborted).toBe(true);
  });

  it('is the current job anywhere below the handler, and nowhere else', async () => {
    const seen: (string | undefined)[] = [];
    const { executor } = stage(async () => {
      await Promise.resolve();
      seen.push(currentJob()?.id);
    });
    const claim = claimOf();
    executor.start(claim, 0);
    await settled();
    expect(seen).toEqual([claim.id]);
    expect(currentJob()).toBeUndefined();
  });

  it('shows the run to the handler as it is', () => {
    let job: JobContext | undefined;
    const { executor } = stage((_payload, context) => void (job = context));
    const claim = claimOf({ payload: '{"to":"a@b.example"}', run: 7, retryCount: 2, scheduledAt: null });
    executor.start(claim, 0);
    expect(job).toMatchObject({
      id: claim.id,
      type: 'send_email',
      queue: 'shop',
      run: 7,
      attempt: 3,
      maxAttempts: 4,
      payload: { to: 'a@b.example' },
      createdAt: new Date('2026-11-22T04:00:00.123Z'),
      scheduledAt: null,
      fence: `${claim.id}:7`,
    });
  });
});
