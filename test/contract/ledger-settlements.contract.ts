import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Job } from '../../lib/core/job.js';
import type { RunOutcome } from '../../lib/core/outcome.js';
import {
  completed,
  discarded,
  expectWithin,
  failed,
  QUEUE,
  released,
  RESCUE_LIMITS,
  RETRY_DELAY_MS,
  settlementOf,
  TIMES,
  type LedgerStage,
} from '../support/ledger/ledger-stage.js';

const error = new Error('mailbox full');
const snoozed: RunOutcome = { kind: 'snoozed', delayMs: 45_000 };

/** An outcome, the retries a job has, and what is left of it. */
interface Case {
  readonly name: string;
  readonly outcome: RunOutcome;
  readonly maxRetries?: number;
  readonly job: Partial<Job>;
  readonly dueInMs?: number;
  readonly errorMessage: string | null;
}

const CASES: Case[] = [
  {
    name: 'completed with a result',
    outcome: completed,
    job: { status: 'completed', result: { delivered: true }, retryCount: 0 },
    errorMessage: null,
  },
  {
    name: 'completed without a result',
    outcome: { kind: 'completed', result: undefined },
    job: { status: 'completed', result: null, retryCount: 0 },
    errorMessage: null,
  },
  {
    name: 'failed with retries left',
    outcome: failed,
    job: { status: 'failed', retryCount: 1 },
    dueInMs: RETRY_DELAY_MS,
    errorMessage: 'mailbox full',
  },
  {
    name: 'failed for the last time',
    outcome: failed,
    maxRetries: 0,
    job: { status: 'dead', retryCount: 0 },
    errorMessage: 'mailbox full',
  },
  {
    name: 'timed out with retries left',
    outcome: { kind: 'timed-out', error },
    job: { status: 'failed', retryCount: 1 },
    dueInMs: RETRY_DELAY_MS,
    errorMessage: 'mailbox full',
  },
  {
    name: 'asked for a retry',
    outcome: { kind: 'retry-after', delayMs: 120_000, error },
    job: { status: 'failed', retryCount: 1 },
    dueInMs: 120_000,
    errorMessage: 'mailbox full',
  },
  {
    name: 'discarded with retries left',
    outcome: discarded,
    job: { status: 'dead', retryCount: 0 },
    errorMessage: 'no such address',
  },
  {
    name: 'snoozed',
    outcome: snoozed,
    job: { status: 'scheduled', retryCount: 0 },
    dueInMs: 45_000,
    errorMessage: null,
  },
  {
    name: 'snoozed for nothing',
    outcome: { kind: 'snoozed', delayMs: 0 },
    job: { status: 'pending', retryCount: 0 },
    errorMessage: null,
  },
  {
    name: 'released',
    outcome: released,
    job: { status: 'pending', retryCount: 0 },
    errorMessage: null,
  },
];

/** The worker's door, second half: what a run came to, and who may say so. */
export function describeSettlements<Transaction>(stageOf: () => LedgerStage<Transaction>): void {
  describe('settle', () => {
    it.each(CASES)('$name', async ({ outcome, maxRetries = 3, job: expected, dueInMs, errorMessage }) => {
      const stage = stageOf();
      const worker = await stage.worker();
      const id = await stage.enqueue({ maxRetries });
      const claim = await stage.claim(id, worker);
      const { lockedAt } = await stage.job(id);
      const span = await stage.during(() => stage.end(claim, outcome));

      const job = await stage.job(id);
      expect(job).toMatchObject({ run: 1, lockedAt: null, lockedBy: null, ...expected, errorMessage });
      expectWithin(job.updatedAt, span);
      if (dueInMs === undefined) expect(job.scheduledAt).toBeNull();
      else expectWithin(job.scheduledAt, span, dueInMs);
      const isOver = ['completed', 'dead'].includes(job.status);
      if (isOver) expectWithin(job.completedAt, span);
      else expect(job.completedAt).toBeNull();

      const claimedAt = { fromMs: lockedAt!.getTime(), toMs: lockedAt!.getTime() + 1 }; // it was running
      const [run, ...others] = await stage.runs(id);
      expect(others).toEqual([]);
      expect(run).toMatchObject({
        run: 1,
        attempt: 1,
        workerId: worker,
        outcome: outcome.kind,
        errorMessage,
      });
      expectWithin(run!.startedAt, claimedAt, TIMES.startedAfterMs);
      expectWithin(run!.finishedAt, claimedAt, TIMES.finishedAfterMs);
      if (errorMessage === null) expect(run!.errorStack).toBeNull();
      else expect(run!.errorStack).toContain(errorMessage);
    });

    it('counts attempts up for failures, and not for a snooze or a release', async () => {
      const stage = stageOf();
      const worker = await stage.worker();
      const id = await stage.enqueue({ maxRetries: 2 });
      for (const outcome of [failed, snoozed, released, failed, snoozed, failed]) {
        await stage.end(await stage.claim(id, worker), outcome);
        await stage.ledger.passTime(60_000);
        await stage.ledger.upkeep.promote(QUEUE, 10);
      }
      expect(await stage.job(id)).toMatchObject({ status: 'dead', run: 6, retryCount: 2 });
      expect((await stage.runs(id)).map(({ run, attempt, outcome }) => [run, attempt, outcome])).toEqual([
        [1, 1, 'failed'],
        [2, 2, 'snoozed'],
        [3, 2, 'released'],
        [4, 2, 'failed'],
        [5, 3, 'snoozed'],
        [6, 3, 'failed'],
      ]);
    });

    it('keeps the last error beside a later success, and forgets the crashes', async () => {
      const stage = stageOf();
      const id = await stage.enqueue();
      await stage.crash(id);
      expect(await stage.job(id)).toMatchObject({ status: 'pending', crashCount: 1 });
      const claim = await stage.claim(id, await stage.worker());
      expect(claim).toMatchObject({ crashCount: 1, retryCount: 1, run: 2 });
      await stage.end(claim, completed);
      const job = await stage.job(id);
      expect(job).toMatchObject({ status: 'completed', crashCount: 0, retryCount: 1 });
      expect(job.errorMessage).toContain('died');
    });

    it.each([
      ['that went well', completed],
      ['that failed', failed],
    ])(
      'F64 refuses a run %s and no longer carries the fence of the job, and changes nothing',
      async (_, outcome) => {
        const stage = stageOf();
        const worker = await stage.worker();
        const id = await stage.enqueue();
        const first = await stage.claim(id, worker);
        await stage.end(first, released);
        const claim = await stage.claim(id, worker);
        const before = await stage.job(id);
        const strangers = [
          first,
          { ...claim, run: claim.run + 1 },
          { ...claim, workerId: randomUUID() },
          { ...claim, id: randomUUID() },
        ];
        for (const stranger of strangers) {
          expect(await stage.ledger.runs.settle([settlementOf(stranger, outcome)])).toEqual([]);
        }
        expect(await stage.job(id)).toEqual(before);
        expect(await stage.runs(id)).toHaveLength(1);
      },
    );

    it('F73 takes a run once', async () => {
      const stage = stageOf();
      const id = await stage.enqueue();
      const claim = await stage.claim(id, await stage.worker());
      await stage.end(claim, failed);
      const before = await stage.job(id);
      expect(await stage.ledger.runs.settle([settlementOf(claim, completed)])).toEqual([]);
      expect(await stage.ledger.runs.settle([settlementOf(claim, failed)])).toEqual([]);
      expect(await stage.job(id)).toEqual(before);
      expect(await stage.runs(id)).toMatchObject([{ run: 1, outcome: 'failed' }]);
    });

    it('refuses a worker whose job was taken back meanwhile', async () => {
      const stage = stageOf();
      const id = await stage.enqueue();
      const worker = await stage.worker();
      const claim = await stage.claim(id, worker);
      await stage.bury(worker);
      await stage.ledger.upkeep.rescue(QUEUE, RESCUE_LIMITS);
      const next = await stage.claim(id, await stage.worker());
      const before = await stage.job(id);
      expect(await stage.ledger.runs.settle([settlementOf(claim, completed)])).toEqual([]);
      expect(await stage.job(id)).toEqual(before);
      await stage.end(next, completed);
      expect((await stage.runs(id)).map(({ outcome }) => outcome)).toEqual(['crashed', 'completed']);
    });

    it('takes what is current out of a mixed batch, in the order of ids', async () => {
      const stage = stageOf();
      const worker = await stage.worker();
      const claims = await stage.claimMany(await stage.enqueueMany(6), worker);
      await stage.end(claims[1]!, released); // six were claimed
      const outcomes = [completed, completed, failed, snoozed, discarded, released];
      const batch = claims.map((claim, index) => settlementOf(claim, outcomes[index]!)); // six of each
      batch.push(settlementOf({ ...claims[0]!, run: 9 }, failed));
      const accepted = await stage.ledger.runs.settle([...batch].reverse());
      expect(accepted).toEqual([0, 2, 3, 4, 5].map((index) => batch[index]));
      const statuses = await Promise.all(claims.map(async ({ id }) => (await stage.job(id)).status));
      expect(statuses).toEqual(['completed', 'pending', 'failed', 'scheduled', 'dead', 'pending']);
      const counts = await Promise.all(claims.map(async ({ id }) => (await stage.runs(id)).length));
      expect(counts).toEqual([1, 1, 1, 1, 1, 1]);
    });

    it.each([
      ['one worker', 1],
      ['two workers', 2],
    ])('writes of each run of %s that went well what is its own', async (_, workerCount) => {
      const stage = stageOf();
      const [one, other = one] = await Promise.all(Array.from({ length: workerCount }, () => stage.worker()));
      const ids = await stage.enqueueMany(4);
      await stage.crash(ids[2]!); // there are four; this run will be the second of the third job
      const early = await stage.claimMany(ids.slice(0, 2), one!);
      const late = await stage.claimMany(ids.slice(2), other!);
      const batch = [...early, ...late].map((claim, index) =>
        settlementOf(
          claim,
          { kind: 'completed', result: index === 1 ? undefined : { place: index } },
          {
            startedAfterMs: 10 * index,
            finishedAfterMs: 10 * index + 1_000,
          },
        ),
      );
      const lost = settlementOf({ ...early[0]!, run: 7 }, completed);
      expect(await stage.ledger.runs.settle([lost, ...batch])).toEqual(batch);
      const jobs = await Promise.all(ids.map((id) => stage.job(id)));
      expect(jobs.map(({ status, run, result }) => [status, run, result])).toEqual([
        ['completed', 1, { place: 0 }],
        ['completed', 1, null],
        ['completed', 2, { place: 2 }],
        ['completed', 1, { place: 3 }],
      ]);
      const runs = await Promise.all(ids.map(async (id) => (await stage.runs(id)).at(-1)!)); // each has run
      expect(runs.map(({ run, attempt, workerId }) => [run, attempt, workerId])).toEqual([
        [1, 1, one],
        [1, 1, one],
        [2, 2, other],
        [1, 1, other],
      ]);
      for (const [index, run] of runs.entries()) {
        const claimedAtMs = Date.parse(batch[index]!.claim.claimedAt.replace(/\+00$/, 'Z')); // as many as runs
        expectWithin(run.startedAt, { fromMs: claimedAtMs, toMs: claimedAtMs + 1 }, 10 * index);
        expectWithin(run.finishedAt, { fromMs: claimedAtMs, toMs: claimedAtMs + 1 }, 10 * index + 1_000);
      }
    });

    it('writes a batch whole or not at all', async () => {
      const stage = stageOf();
      const claims = await stage.claimMany(await stage.enqueueMany(3), await stage.worker());
      const batch = claims.map((claim) => settlementOf(claim, completed));
      batch[1] = { ...settlementOf(claims[1]!, failed), retryCount: 99 }; // more than the job has; there are three
      const before = await Promise.all(claims.map(({ id }) => stage.job(id)));
      await expect(stage.ledger.runs.settle(batch)).rejects.toThrow('kyu_jobs_attempts');
      expect(await Promise.all(claims.map(({ id }) => stage.job(id)))).toEqual(before);
      expect(await stage.runs(claims[0]!.id)).toEqual([]); // three were claimed
    });

    it('waits for whoever holds the job', async () => {
      const stage = stageOf();
      const id = await stage.enqueue();
      const claim = await stage.claim(id, await stage.worker());
      const holder = await stage.hold(id);
      const settled = stage.ledger.runs.settle([settlementOf(claim, completed)]);
      await stage.expectWaiting(settled);
      expect((await stage.job(id)).status).toBe('running');
      await holder.commit();
      expect(await settled).toHaveLength(1);
      expect((await stage.job(id)).status).toBe('completed');
    });

    it('writes nothing for no settlements', async () => {
      expect(await stageOf().ledger.runs.settle([])).toEqual([]);
    });
  });

  describe('reportProgress', () => {
    it('waits for whoever holds the job', async () => {
      const stage = stageOf();
      const id = await stage.enqueue();
      const claim = await stage.claim(id, await stage.worker());
      const holder = await stage.hold(id);
      const reported = stage.ledger.runs.reportProgress(claim, 50, null);
      await stage.expectWaiting(reported);
      await holder.rollback();
      expect(await reported).toBe(true);
    });

    it('keeps the latest progress of a run, and leaves it to the finished job', async () => {
      const stage = stageOf();
      const id = await stage.enqueue();
      const claim = await stage.claim(id, await stage.worker());
      expect(await stage.ledger.runs.reportProgress(claim, 12.5, 'half of a quarter')).toBe(true);
      expect((await stage.job(id)).progress).toEqual({ percent: 12.5, note: 'half of a quarter' });
      expect(await stage.ledger.runs.reportProgress(claim, 100, null)).toBe(true);
      expect(await stage.job(id)).toMatchObject({
        status: 'running',
        run: 1,
        progress: { percent: 100, note: null },
      });
      await stage.end(claim, completed);
      expect((await stage.job(id)).progress).toEqual({ percent: 100, note: null });
    });

    it('refuses a run that is no longer this worker’s, and changes nothing', async () => {
      const stage = stageOf();
      const id = await stage.enqueue();
      const claim = await stage.claim(id, await stage.worker());
      const before = await stage.job(id);
      const { runs } = stage.ledger;
      expect(await runs.reportProgress({ ...claim, run: 2 }, 50, null)).toBe(false);
      expect(await runs.reportProgress({ ...claim, workerId: randomUUID() }, 50, null)).toBe(false);
      expect(await runs.reportProgress({ ...claim, id: randomUUID() }, 50, null)).toBe(false);
      expect(await stage.job(id)).toEqual(before);
      await stage.end(claim, completed);
      expect(await runs.reportProgress(claim, 50, null)).toBe(false);
      expect((await stage.job(id)).progress).toBeNull();
    });
  });
}
