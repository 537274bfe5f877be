import { describe, expect, it } from 'vitest';
import type { Claimant } from '../../lib/core/ports/local-claims.js';
import {
  completed,
  draftOf,
  expectWithin,
  QUEUE,
  settlementOf,
  TYPE,
  type LedgerStage,
} from '../support/ledger/ledger-stage.js';

/** The producer's door for jobs that the workers of its own process have a place for. */
export function describeLocalClaims<Transaction>(stageOf: () => LedgerStage<Transaction>): void {
  /** A living worker with room for these types. */
  async function claimant(fields: Partial<Claimant> = {}): Promise<Claimant> {
    const { workerId = await stageOf().worker(), types = [TYPE], queuesBefore = [] } = fields;
    return { workerId, types, queuesBefore };
  }

  /** Whether a job like this is written as claimed, and how it stands. */
  async function write(fields: Parameters<typeof draftOf>[0], by: Claimant) {
    const stage = stageOf();
    const draft = draftOf(fields);
    const { claim, job } = await stage.ledger.intake.insertAndClaim(draft, by);
    expect(job).toEqual({ id: draft.id, status: claim === undefined ? 'pending' : 'running', created: true });
    expect((await stage.job(draft.id)).status).toBe(job.status);
    return claim;
  }

  describe('insertAndClaim', () => {
    it('writes a job as the first run of the worker, and answers what any claim answers', async () => {
      const stage = stageOf();
      const by = await claimant();
      const parentId = await stage.enqueue({ queue: 'reports' });
      const draft = draftOf({
        priority: 4,
        payload: '{"to":"x"}',
        maxRetries: 7,
        timeoutMs: 90_000,
        deadlineAt: '2099-01-01T00:00:00Z',
        tags: ['tenant:42'],
        context: '{"request":"r-1"}',
        parentId,
      });
      let answer: unknown;
      const span = await stage.during(
        async () => (answer = await stage.ledger.intake.insertAndClaim(draft, by)),
      );
      expect(answer).toEqual({
        job: { id: draft.id, status: 'running', created: true },
        claim: expect.objectContaining({
          id: draft.id,
          run: 1,
          workerId: by.workerId,
          queue: QUEUE,
          type: TYPE,
          priority: 4,
          retryCount: 0,
          maxRetries: 7,
          timeoutMs: 90_000,
          crashCount: 0,
          scheduledAt: null,
          waitedMs: 0,
          deadlineInMs: expect.any(Number),
          parentId,
          errors: null,
          backoff: null,
        }),
      });
      const { claim } = await stage.ledger.intake.insertAndClaim(draftOf({ priority: 9 }), by);
      const usual = await stage.claim(await stage.enqueue(), by.workerId);
      expect(Object.keys(claim ?? {}).sort()).toEqual(Object.keys(usual).sort());
      const job = await stage.job(draft.id);
      expect(job).toMatchObject({
        status: 'running',
        run: 1,
        lockedBy: by.workerId,
        payload: { to: 'x' },
        tags: ['tenant:42'],
        context: { request: 'r-1' },
      });
      expectWithin(job.lockedAt, span);
      expect(job.createdAt).toEqual(job.lockedAt);
    });

    it('gives a run that ends like any other', async () => {
      const stage = stageOf();
      const claim = await write({}, await claimant());
      if (claim === undefined) throw new Error('the job was not claimed');
      await stage.end(claim, completed);
      expect(await stage.job(claim.id)).toMatchObject({ status: 'completed', run: 1 });
      expect(await stage.runs(claim.id)).toMatchObject([{ run: 1, attempt: 1, outcome: 'completed' }]);
    });

    it('claims nothing for a worker that is not alive, or not there', async () => {
      const stage = stageOf();
      const draining = await stage.worker();
      await stage.ledger.registry.markDraining(draining);
      const workers = [draining, await stage.deadWorker(), '01900000-0000-4000-8000-00000000dead'];
      for (const workerId of workers) expect(await write({}, await claimant({ workerId }))).toBeUndefined();
    });

    it('claims nothing while the queue rests, or the type', async () => {
      const stage = stageOf();
      const by = await claimant();
      const { pauses } = stage.ledger.operator;
      // Each time more important than what the time before left pending, which would go first.
      for (const [priority, type] of [null, TYPE].entries()) {
        await pauses.pause({ queues: [QUEUE], type, actor: 'ada', reason: null });
        expect(await write({ priority }, by)).toBeUndefined();
        await pauses.resume([QUEUE], type);
      }
      await pauses.pause({ queues: [QUEUE], type: 'other', actor: 'ada', reason: null });
      await pauses.pause({ queues: ['reports'], type: null, actor: 'ada', reason: null });
      expect(await write({ priority: 100 }, by)).toBeDefined();
    });

    it('lets a pending job of the queue go first that is as important, of a type with room', async () => {
      const stage = stageOf();
      const by = await claimant({ types: [TYPE, 'report'] });
      await stage.enqueue({ priority: 5, type: 'report' });
      await stage.enqueue({ priority: 50, type: 'elsewhere' });
      await stage.enqueue({ priority: 50, queue: 'reports' });
      await stage.enqueue({ priority: 50, delayMs: 60_000 });
      expect(await write({ priority: 6 }, by)).toBeDefined();
      expect(await write({ priority: 5 }, by)).toBeUndefined();
      expect(await write({ priority: 4 }, by)).toBeUndefined();
    });

    it('lets whatever is pending in a queue go first that is served before', async () => {
      const stage = stageOf();
      const by = await claimant({ queuesBefore: ['reports', 'mail'] });
      expect(await write({}, by)).toBeDefined();
      await stage.enqueue({ queue: 'mail', type: 'elsewhere' });
      expect(await write({ priority: 9 }, by)).toBeDefined();
      await stage.enqueue({ queue: 'mail', priority: -9 });
      expect(await write({ priority: 99 }, by)).toBeUndefined();
    });

    it('writes nothing the second time, and claims nothing', async () => {
      const stage = stageOf();
      const by = await claimant();
      const draft = draftOf();
      await stage.ledger.intake.insertAndClaim(draft, by);
      const again = { job: { id: draft.id, status: 'running', created: true }, claim: undefined };
      expect(await stage.ledger.intake.insertAndClaim(draft, by)).toEqual(again);
      expect(await stage.ledger.intake.insert([draft])).toEqual([again.job]);
      expect(await stage.job(draft.id)).toMatchObject({ run: 1, lockedBy: by.workerId });
      const pending = await stage.enqueue();
      expect(await stage.ledger.intake.insertAndClaim(draftOf({ id: pending }), by)).toEqual({
        job: { id: pending, status: 'pending', created: true },
        claim: undefined,
      });
    });

    it('is taken back when its reply was lost: the worker does not know of it', async () => {
      const stage = stageOf();
      const by = await claimant();
      const claim = await write({}, by);
      if (claim === undefined) throw new Error('the job was not claimed');
      const { runs } = stage.ledger;
      expect(await runs.handBackUnheard(by.workerId, [QUEUE], [claim.id])).toEqual([]);
      expect(await runs.handBackUnheard(by.workerId, [QUEUE], [])).toMatchObject([{ id: claim.id }]);
      expect(await runs.settle([settlementOf(claim, completed)])).toEqual([]);
      expect(await stage.claim(claim.id, by.workerId)).toMatchObject({ run: 2, retryCount: 0 });
    });

    it('is rescued when its worker dies', async () => {
      const stage = stageOf();
      const by = await claimant();
      const claim = await write({}, by);
      await stage.bury(by.workerId);
      const limits = { staleAfterMs: 600_000, mostCrashes: 3, batchSize: 500 };
      expect(await stage.ledger.upkeep.rescue(QUEUE, limits)).toMatchObject([{ id: claim?.id }]);
      expect(await stage.job(claim?.id ?? '')).toMatchObject({ status: 'pending', run: 1, crashCount: 1 });
    });
  });
}
