import { describe, expect, it } from 'vitest';
import {
  CompletionRolledBackError,
  JobCancelledError,
  JobDeadlineError,
  JobTimeoutError,
  LeaseLostError,
  ShutdownError,
} from '../../../lib/core/errors.js';
import type { JobContext } from '../../../lib/core/job-context.js';
import { claimOf, deferred, settled } from '../../support/worker/claims.js';
import { fakeTransaction } from '../../support/worker/fake-open-runs.js';
import { PATIENCE_MS, RunStage } from '../../support/worker/run-stage.js';

/** A handler that works until its signal aborts, and then throws the reason. */
const untilAborted = (_payload: unknown, job: JobContext): Promise<void> =>
  new Promise((_resolve, reject) => {
    job.signal.addEventListener('abort', () => reject(job.signal.reason as Error));
  });

const forEver = (): Promise<void> => new Promise(() => {});

/** A stage, and the context of its run as soon as it has begun. */
function staged(work: (job: JobContext) => unknown): { stage: RunStage; job: () => JobContext } {
  let context: JobContext | undefined;
  const stage = new RunStage((_payload, job) => {
    context = job;
    return work(job);
  });
  const job = (): JobContext => {
    if (context === undefined) throw new Error('the handler was not called');
    return context;
  };
  return { stage, job };
}

describe('a run that an operator cancels', () => {
  const cancel = (stage: RunStage, { id, run }: { id: string; run: number }, reason: string | null = null) =>
    stage.executor.cancel({ id, run, reason });

  it('F26 F79 aborts its signal with the reason, and is cancelled when its handler throws', async () => {
    const { stage, job } = staged((context) => untilAborted(undefined, context));
    const claim = stage.start(claimOf());
    cancel(stage, claim, 'duplicate order');
    expect(job().signal.reason).toBeInstanceOf(JobCancelledError);
    expect(job().signal.reason).toMatchObject({ jobId: claim.id, reason: 'duplicate order' });
    await settled();
    expect(stage.ends).toMatchObject([
      { status: 'cancelled', outcome: 'cancelled', retryCount: 0, error: { message: 'duplicate order' } },
    ]);
    expect(stage.aborts).toEqual(['cancelled']);
  });

  it('is cancelled whatever the handler throws then', async () => {
    const work = deferred<void>();
    const { stage } = staged(() => work.promise);
    cancel(stage, stage.start(claimOf()));
    work.reject(new Error('interrupted'));
    await settled();
    expect(stage.ends).toMatchObject([{ status: 'cancelled', error: null }]);
  });

  it('is completed when its handler ends well all the same', async () => {
    const work = deferred<string>();
    const { stage } = staged(() => work.promise);
    cancel(stage, stage.start(claimOf()));
    work.resolve('done');
    await settled();
    expect(stage.ends).toMatchObject([{ status: 'completed' }]);
  });

  it('is cancelled without its handler when that ignores the signal', () => {
    const { stage } = staged(forEver);
    cancel(stage, stage.start(claimOf()), 'now');
    stage.clock.advance(PATIENCE_MS - 1);
    expect(stage.ends).toEqual([]);
    stage.clock.advance(51);
    expect(stage.ends).toMatchObject([{ status: 'cancelled', outcome: 'cancelled' }]);
  });

  it('is cancelled, and has not timed out, when its time limit is nearer than the patience', () => {
    const { stage } = staged(forEver);
    cancel(stage, stage.start(claimOf({ timeoutMs: 5_000 })));
    stage.clock.advance(5_050);
    expect(stage.ends).toMatchObject([{ status: 'cancelled' }]);
  });

  it('goes on when another run of the same job was meant', () => {
    const { stage, job } = staged(forEver);
    const claim = stage.start(claimOf({ run: 2 }));
    cancel(stage, { id: claim.id, run: 1 });
    cancel(stage, claimOf());
    expect(job().signal.aborted).toBe(false);
  });

  it('keeps the cause that came first', () => {
    const { stage, job } = staged(forEver);
    const claim = stage.start(claimOf());
    stage.executor.abortAll('shutdown', ({ id }) => new ShutdownError(id));
    cancel(stage, claim);
    expect(job().signal.reason).toBeInstanceOf(ShutdownError);
    stage.executor.releaseAll();
    // The ledger knows of the request, and calls the job off.
    expect(stage.ends).toMatchObject([{ status: 'pending', outcome: 'released' }]);
  });

  it('takes a stray rejection for the end of the handler', async () => {
    const { stage, job } = staged(forEver);
    cancel(stage, stage.start(claimOf()));
    expect(stage.executor.failStray(job() as never, new Error('left behind'))).toBe(true); // it is the run itself
    expect(stage.ends).toMatchObject([{ status: 'cancelled' }]);
  });
});

describe('a run whose job has a deadline', () => {
  it('F12 ends at the deadline when that is sooner than the time limit: dead, and not run again', () => {
    const { stage, job } = staged(forEver);
    stage.start(claimOf({ timeoutMs: 10_000, deadlineInMs: 2_000 }));
    stage.clock.advance(1_999);
    expect(stage.ends).toEqual([]);
    stage.clock.advance(51);
    expect(job().signal.reason).toBeInstanceOf(JobDeadlineError);
    expect(stage.ends).toMatchObject([{ status: 'dead', outcome: 'expired', retryCount: 0 }]);
    expect(stage.aborts).toEqual(['deadline']);
  });

  it('F12 ends at the time limit when that is sooner: failed, with attempts left', () => {
    const { stage, job } = staged(forEver);
    stage.start(claimOf({ timeoutMs: 2_000, deadlineInMs: 10_000 }));
    stage.clock.advance(2_050);
    expect(job().signal.reason).toBeInstanceOf(JobTimeoutError);
    expect(stage.ends).toMatchObject([{ status: 'failed', outcome: 'timed-out' }]);
  });

  it('F12 never reaches its handler when the deadline has passed', () => {
    const { stage, job } = staged(() => undefined);
    stage.start(claimOf({ deadlineInMs: -1 }));
    expect(job).toThrow('was not called');
    expect(stage.ends).toMatchObject([
      { status: 'dead', outcome: 'expired', error: { message: expect.stringContaining('deadline') } },
    ]);
    expect(stage.executor.size).toBe(0);
    expect(stage.clock.timers).toBe(0);
  });

  it('counts the time that it waited in this process', () => {
    const { stage, job } = staged(() => undefined);
    const claimedAtMs = stage.clock.monotonicMs();
    stage.clock.advance(3_000);
    stage.executor.start(claimOf({ deadlineInMs: 3_000 }), claimedAtMs);
    expect(job).toThrow('was not called');
    expect(stage.ends).toMatchObject([{ outcome: 'expired' }]);
  });
});

describe('extend', () => {
  it('gives the run more time from now on, here and in the ledger', async () => {
    const { stage, job } = staged(forEver);
    stage.start(claimOf({ timeoutMs: 1_000 }));
    stage.clock.advance(800);
    expect(await job().extend('5s')).toBe(5_000);
    expect(stage.openRuns.extensions).toEqual([5_000]);
    stage.clock.advance(4_900);
    expect(stage.ends).toEqual([]);
    stage.clock.advance(150);
    expect(stage.ends).toMatchObject([
      { outcome: 'timed-out', error: { message: expect.stringContaining('5800 ms') } },
    ]);
  });

  it('never takes time away', async () => {
    const { stage, job } = staged(forEver);
    stage.start(claimOf({ timeoutMs: 10_000 }));
    expect(await job().extend(1)).toBe(10_000);
  });

  it('does not move the deadline of the job', async () => {
    const { stage, job } = staged(forEver);
    stage.start(claimOf({ timeoutMs: 1_000, deadlineInMs: 3_000 }));
    expect(await job().extend('1h')).toBe(3_000);
    stage.clock.advance(3_050);
    expect(stage.ends).toMatchObject([{ outcome: 'expired' }]);
  });

  it('refuses what is no duration, and a run that is not ours any more', async () => {
    const { stage, job } = staged(forEver);
    stage.start(claimOf({ timeoutMs: 1_000 }));
    await expect(job().extend('soon')).rejects.toThrow(RangeError);
    stage.openRuns.isOurs = false;
    await expect(job().extend('1s')).rejects.toThrow(LeaseLostError);
    stage.clock.advance(2_000);
    await expect(job().extend('1s')).rejects.toThrow(LeaseLostError);
    expect(stage.openRuns.extensions).toEqual([1_000]);
  });
});

describe('completeIn', () => {
  const transaction = fakeTransaction;
  const commit = ({ actions }: ReturnType<typeof fakeTransaction>): void => {
    for (const action of actions) action();
  };

  it('settles the run with the commit, and leaves nothing to the worker', async () => {
    const work = deferred<void>();
    const { stage, job } = staged(() => work.promise);
    const claim = stage.start(claimOf());
    const own = transaction();
    await job().completeIn(own, { paid: true });
    expect(stage.openRuns.settled).toMatchObject([{ status: 'completed', result: '{"paid":true}' }]);
    expect(stage.told).toEqual([]);
    commit(own);
    expect(stage.told).toEqual(stage.openRuns.settled);
    expect(stage.executor.size).toBe(1); // the handler goes on, and keeps its place
    work.resolve();
    await settled();
    expect(stage.ends).toEqual([]);
    expect(stage.settledEnds).toEqual([claim]);
    expect(stage.executor.size).toBe(0);
  });

  it('stays completed when its handler throws after the commit', async () => {
    const work = deferred<void>();
    const { stage, job } = staged(() => work.promise);
    stage.start(claimOf());
    const own = transaction();
    await job().completeIn(own);
    commit(own);
    work.reject(new Error('too late'));
    await settled();
    expect(stage.ends).toEqual([]);
    expect(stage.overstayed).toMatchObject([{ message: 'too late' }]);
    expect(stage.settledEnds).toHaveLength(1);
  });

  it('gives its place back when its handler never ends after the commit', async () => {
    const { stage, job } = staged(forEver);
    stage.start(claimOf({ timeoutMs: 1_000 }));
    const own = transaction();
    await job().completeIn(own);
    commit(own);
    stage.clock.advance(1_050);
    expect(job().signal.aborted).toBe(true);
    expect(stage.ends).toEqual([]);
    expect(stage.settledEnds).toHaveLength(1);
  });

  it('fails the run when the transaction did not commit and the handler says nothing', async () => {
    const { stage } = staged((job) => job.completeIn(transaction()));
    stage.start(claimOf());
    await settled();
    const [end] = stage.ends;
    expect(end).toMatchObject({ status: 'failed', outcome: 'failed' });
    expect(end?.error?.message).toContain(CompletionRolledBackError.name);
  });

  it('fails the run with the handler’s own error when that rolled the transaction back', async () => {
    const { stage } = staged(async (job) => {
      await job.completeIn(transaction());
      throw new Error('out of stock');
    });
    stage.start(claimOf());
    await settled();
    expect(stage.ends).toMatchObject([{ status: 'failed', error: { message: 'out of stock' } }]);
  });

  it('may be tried again in another transaction', async () => {
    const { stage } = staged(async (job) => {
      await job.completeIn(transaction(), 'first');
      const second = transaction();
      await job.completeIn(second, 'second');
      commit(second);
    });
    stage.start(claimOf());
    await settled();
    expect(stage.ends).toEqual([]);
    expect(stage.told).toMatchObject([{ result: '"second"' }]);
  });

  it('throws when the run is no longer ours, or has ended', async () => {
    const { stage, job } = staged(forEver);
    stage.start(claimOf({ timeoutMs: 1_000 }));
    stage.openRuns.isOurs = false;
    await expect(job().completeIn(transaction())).rejects.toThrow(LeaseLostError);
    stage.openRuns.isOurs = true;
    stage.clock.advance(1_050);
    await expect(job().completeIn(transaction())).rejects.toThrow(LeaseLostError);
    expect(stage.openRuns.settled).toEqual([]);
  });

  it('throws once it has committed', async () => {
    const { stage, job } = staged(forEver);
    stage.start(claimOf());
    const own = transaction();
    await job().completeIn(own);
    commit(own);
    await expect(job().completeIn(transaction())).rejects.toThrow(LeaseLostError);
  });

  it('lets nothing wait for the row of the job while its transaction is open', async () => {
    const { stage, job } = staged(forEver);
    stage.start(claimOf());
    await job().completeIn(transaction());
    await job().progress(100);
    expect(await job().extend('20m')).toBe(1_200_000);
    expect(stage.openRuns.extensions).toEqual([]);
  });

  it('has the lines written first that were logged before', async () => {
    const { stage, job } = staged(forEver);
    stage.start(claimOf());
    job().log('paid');
    await job().completeIn(transaction());
    expect(stage.openRuns.lines).toEqual(['paid']);
  });
});

describe('what a handler learns of its run', () => {
  it('F25 are the earlier errors, parsed when they are looked at', () => {
    const entry = { run: 1, attempt: 1, outcome: 'failed', message: 'mailbox full' };
    const errors = JSON.stringify([{ ...entry, finishedAt: '2026-11-22T04:00:00.5+00:00' }]);
    const { stage, job } = staged(forEver);
    stage.start(claimOf({ errors, retryCount: 1 }));
    expect(job().errors).toEqual([{ ...entry, finishedAt: new Date('2026-11-22T04:00:00.500Z') }]);
    expect(job().errors).toBe(job().errors);
  });

  it('F25 is that a first attempt has none, and no parent either', () => {
    const { stage, job } = staged(forEver);
    stage.start(claimOf());
    expect(job()).toMatchObject({ errors: [], parentId: null });
  });

  it('hands children on with itself as the parent, and with what travels with it', async () => {
    const { stage, job } = staged(forEver);
    const claim = stage.start(claimOf({ context: '{"tenant":"42"}' }));
    expect(await job().enqueue('send_email', { to: 'a' }, { delay: '5m' })).toEqual({
      id: 'child',
      created: true,
    });
    expect(stage.children).toEqual([
      {
        parent: { id: claim.id, context: '{"tenant":"42"}' },
        type: 'send_email',
        payload: { to: 'a' },
        options: { delay: '5m' },
      },
    ]);
  });
});
