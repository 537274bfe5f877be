import { describe, expect, it } from 'vitest';
import type { InsertedJob, JobDraft, UniqueDraft } from '../../lib/core/job.js';
import { completed, discarded, draftOf, failed, type LedgerStage } from '../support/ledger/ledger-stage.js';

const HOUR_MS = 3_600_000;
const KEY = 'type/shop/send_email/=welcome:42';

function uniqueDraft(unique: Partial<UniqueDraft> = {}, fields: Partial<JobDraft> = {}): JobDraft {
  const key = { key: KEY, keeps: false, expiresAfterMs: null, onConflict: 'skip', ...unique } as const;
  return draftOf({ unique: key, ...fields });
}

/** The producer's door: one job at a time for a key. */
export function describeUniqueJobs<Transaction>(stageOf: () => LedgerStage<Transaction>): void {
  const insert = async (draft: JobDraft, transaction?: Transaction): Promise<InsertedJob | undefined> =>
    (await stageOf().ledger.intake.insert([draft], transaction))[0];

  const count = async (): Promise<number> =>
    (await stageOf().ledger.inspection.list({ filter: {}, limit: 100 })).length;

  describe('a unique job', () => {
    it('F14 is written once, and whoever comes later gets its id', async () => {
      const first = uniqueDraft();
      expect(await insert(first)).toEqual({ id: first.id, status: 'pending', created: true });
      expect(await insert(uniqueDraft())).toEqual({ id: first.id, status: 'pending', created: false });
      expect(await count()).toBe(1);
      expect((await stageOf().job(first.id)).uniqueKey).toBe(KEY);
    });

    it('does not keep another key, or none, from being written', async () => {
      await insert(uniqueDraft());
      expect(await insert(uniqueDraft({ key: `${KEY}!` }))).toMatchObject({ created: true });
      expect(await insert(draftOf())).toMatchObject({ created: true });
      expect(await count()).toBe(3);
    });

    it('is the same job when its insert is sent twice', async () => {
      const draft = uniqueDraft();
      await insert(draft);
      expect(await insert(draft)).toEqual({ id: draft.id, status: 'pending', created: true });
    });

    it('is itself when its insert is sent again though another has its key by now', async () => {
      const stage = stageOf();
      const draft = uniqueDraft();
      await insert(draft);
      await stage.end(await stage.claim(draft.id, await stage.worker()), completed);
      expect(await insert(uniqueDraft())).toMatchObject({ created: true });
      expect(await insert(draft)).toEqual({ id: draft.id, status: 'completed', created: true });
      expect(await count()).toBe(2);
    });

    it('is written once by one call that says it twice', async () => {
      const [first, second] = [uniqueDraft(), uniqueDraft()];
      const inserted = await stageOf().ledger.intake.insert([draftOf(), first, second]);
      expect(inserted.map(({ created }) => created)).toEqual([true, true, false]);
      expect(inserted[2]?.id).toBe(first.id);
      expect(await count()).toBe(2);
    });

    it('is answered with the status of its holder', async () => {
      const stage = stageOf();
      const first = uniqueDraft();
      await insert(first);
      await stage.claim(first.id, await stage.worker());
      expect(await insert(uniqueDraft())).toEqual({ id: first.id, status: 'running', created: false });
    });

    it.each([
      ['completed', completed],
      ['dead', discarded],
    ] as const)('lets another one be written once it is %s', async (status, outcome) => {
      const stage = stageOf();
      const first = uniqueDraft();
      await insert(first);
      await stage.end(await stage.claim(first.id, await stage.worker()), outcome);
      expect((await stage.job(first.id)).status).toBe(status);
      const second = uniqueDraft();
      expect(await insert(second)).toMatchObject({ created: true });
      expect(await insert(uniqueDraft())).toEqual({ id: second.id, status: 'pending', created: false });
    });

    it('keeps its key while it waits for its next attempt', async () => {
      const stage = stageOf();
      const first = uniqueDraft();
      await insert(first);
      await stage.end(await stage.claim(first.id, await stage.worker()), failed);
      expect(await insert(uniqueDraft())).toEqual({ id: first.id, status: 'failed', created: false });
    });

    it('may keep its key until its row is deleted', async () => {
      const stage = stageOf();
      const first = uniqueDraft({ keeps: true });
      await insert(first);
      await stage.end(await stage.claim(first.id, await stage.worker()), completed);
      expect(await insert(uniqueDraft())).toMatchObject({
        id: first.id,
        status: 'completed',
        created: false,
      });
      await stage.ledger.inspection.delete(first.id);
      expect(await insert(uniqueDraft())).toMatchObject({ created: true });
    });

    it('F15 may keep its key for a time, whatever becomes of it', async () => {
      const stage = stageOf();
      const first = uniqueDraft({ keeps: true, expiresAfterMs: HOUR_MS });
      await insert(first);
      await stage.ledger.passTime(HOUR_MS - 60_000);
      await stage.end(await stage.claim(first.id, await stage.worker()), completed);
      expect(await insert(uniqueDraft())).toMatchObject({ id: first.id, created: false });
      await stage.ledger.passTime(120_000);
      expect(await insert(uniqueDraft())).toMatchObject({ created: true });
      expect((await stage.job(first.id)).uniqueKey).toBeNull();
    });
  });

  describe('a unique job that replaces', () => {
    const later = (fields: Partial<JobDraft> = {}): JobDraft =>
      uniqueDraft(
        { onConflict: 'replace' },
        { payload: '{"to":"later"}', priority: 9, maxRetries: 7, ...fields },
      );

    it('gives the one that waits what it says, and leaves its id', async () => {
      const first = uniqueDraft({}, { delayMs: HOUR_MS, tags: ['old'] });
      await insert(first);
      expect(await insert(later({ tags: ['new'] }))).toEqual({
        id: first.id,
        status: 'pending',
        created: false,
      });
      expect(await stageOf().job(first.id)).toMatchObject({
        status: 'pending',
        payload: { to: 'later' },
        priority: 9,
        maxRetries: 7,
        scheduledAt: null,
        tags: ['new'],
        uniqueKey: KEY,
      });
      expect(await count()).toBe(1);
    });

    it('gives it another queue and type, all that few jobs have, and another lifetime of its key', async () => {
      const stage = stageOf();
      const first = uniqueDraft();
      await insert(first);
      const parentId = await stage.enqueue();
      const other = { queue: 'reports', type: 'report', timeoutMs: 5_000, parentId } as const;
      const rare = { deadlineAt: '2099-01-01T00:00:00Z', context: '{"request":"r-2"}' };
      const lifetime = { onConflict: 'replace', keeps: true, expiresAfterMs: HOUR_MS } as const;
      await insert(uniqueDraft(lifetime, { ...other, ...rare }));
      expect(await stage.job(first.id)).toMatchObject({
        ...other,
        deadlineAt: new Date(rare.deadlineAt),
        context: { request: 'r-2' },
      });
      const worker = await stage.worker({ queues: ['reports'] });
      await stage.end(await stage.claim(first.id, worker), completed);
      expect(await insert(uniqueDraft())).toMatchObject({ id: first.id, created: false });
      await stage.ledger.passTime(HOUR_MS + 60_000);
      expect(await insert(uniqueDraft())).toMatchObject({ created: true });
    });

    it('puts it off, too', async () => {
      const first = uniqueDraft();
      await insert(first);
      expect(await insert(later({ delayMs: HOUR_MS }))).toMatchObject({ id: first.id, status: 'scheduled' });
    });

    it('gives one that failed all its attempts again', async () => {
      const stage = stageOf();
      const first = uniqueDraft();
      await insert(first);
      await stage.end(await stage.claim(first.id, await stage.worker()), failed);
      expect(await insert(later())).toMatchObject({ id: first.id, status: 'pending' });
      expect(await stage.job(first.id)).toMatchObject({ retryCount: 0, run: 1 });
    });

    it('leaves one alone that runs', async () => {
      const stage = stageOf();
      const first = uniqueDraft();
      await insert(first);
      await stage.claim(first.id, await stage.worker());
      expect(await insert(later())).toEqual({ id: first.id, status: 'running', created: false });
      expect((await stage.job(first.id)).payload).toEqual({ to: 'a@b.example' });
    });

    it.each([
      ['completed', completed],
      ['dead', discarded],
    ] as const)('leaves one alone that is %s and keeps its key', async (status, outcome) => {
      const stage = stageOf();
      const first = uniqueDraft({ keeps: true });
      await insert(first);
      await stage.end(await stage.claim(first.id, await stage.worker()), outcome);
      const before = await stage.job(first.id);
      expect(await insert(later())).toEqual({ id: first.id, status, created: false });
      expect(await stage.job(first.id)).toEqual(before);
    });

    it('is written when nobody holds the key', async () => {
      expect(await insert(later())).toMatchObject({ created: true });
    });
  });

  describe("a unique job in the caller's transaction", () => {
    it('makes others wait for its end: after the commit they get its id', async () => {
      const stage = stageOf();
      const { manager, commit } = await stage.ledger.begin();
      const first = uniqueDraft();
      await insert(first, manager);
      const second = insert(uniqueDraft());
      await stage.expectWaiting(second);
      await commit();
      expect(await second).toEqual({ id: first.id, status: 'pending', created: false });
    });

    it('and after a rollback they are written', async () => {
      const stage = stageOf();
      const { manager, rollback } = await stage.ledger.begin();
      await insert(uniqueDraft(), manager);
      const second = uniqueDraft();
      const inserted = insert(second);
      await stage.expectWaiting(inserted);
      await rollback();
      expect(await inserted).toEqual({ id: second.id, status: 'pending', created: true });
      expect(await count()).toBe(1);
    });

    it('sees the holder that the transaction itself has written', async () => {
      const stage = stageOf();
      const { manager, commit } = await stage.ledger.begin();
      const first = uniqueDraft();
      await insert(first, manager);
      expect(await insert(uniqueDraft(), manager)).toMatchObject({ id: first.id, created: false });
      await commit();
      expect(await count()).toBe(1);
    });

    it('does not wait for a transaction that is about another key', async () => {
      const stage = stageOf();
      const { manager, rollback } = await stage.ledger.begin();
      await insert(uniqueDraft({ key: 'another' }), manager);
      expect(await insert(uniqueDraft())).toMatchObject({ created: true });
      await rollback();
    });
  });

  describe('what few jobs have', () => {
    it('F18 is kept: deadline, tags, context, parent', async () => {
      const stage = stageOf();
      const deadline = new Date(Math.ceil(await stage.ledger.nowMs()) + HOUR_MS);
      const parentId = await stage.enqueue();
      const context = { requestId: 'r-1', trace: { traceparent: '00-1-2-01' } };
      const id = await stage.enqueue({
        deadlineAt: deadline.toISOString(),
        tags: ['tenant:42', 'vip "x"'],
        context: JSON.stringify(context),
        parentId,
        backoff: JSON.stringify({ strategy: 'fixed', baseMs: 5_000 }),
      });
      const rare = { deadlineAt: deadline, tags: ['tenant:42', 'vip "x"'], context, parentId };
      expect(await stage.job(id)).toMatchObject(rare);
      const claim = await stage.claim(id, await stage.worker());
      expect(claim.parentId).toBe(parentId);
      expect(JSON.parse(claim.context ?? '')).toEqual(context);
      expect(JSON.parse(claim.backoff ?? '')).toEqual({ strategy: 'fixed', baseMs: 5_000 });
      expect(claim.deadlineInMs).toBeGreaterThan(HOUR_MS - 60_000);
      expect(claim.deadlineInMs).toBeLessThanOrEqual(HOUR_MS + 1);
    });

    it('is absent from all the others', async () => {
      const stage = stageOf();
      const job = await stage.job(await stage.enqueue());
      const rare = { deadlineAt: null, tags: [], context: null, parentId: null, uniqueKey: null };
      expect(job).toMatchObject({ ...rare, cancelRequestedAt: null, cancelReason: null });
    });

    it('F24 tells a later run of the earlier ones that failed', async () => {
      const stage = stageOf();
      const id = await stage.ran(failed);
      await stage.ledger.inspection.retry(id);
      const claim = await stage.claim(id, await stage.worker());
      expect(JSON.parse(claim.errors ?? '')).toEqual([
        {
          run: 1,
          attempt: 1,
          outcome: 'failed',
          message: 'mailbox full',
          finishedAt: expect.any(String),
        },
      ]);
    });
  });
}
