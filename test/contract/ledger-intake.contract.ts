import { describe, expect, it } from 'vitest';
import { draftOf, expectWithin, QUEUE, TYPE, type LedgerStage } from '../support/ledger/ledger-stage.js';

/** The producer's door: what is written, when it is due, and what a caller's transaction means. */
export function describeJobIntake<Transaction>(stageOf: () => LedgerStage<Transaction>): void {
  describe('insert', () => {
    it('writes a job that is pending at once, with everything that the draft says', async () => {
      const stage = stageOf();
      const draft = draftOf({ priority: -7, maxRetries: 12, timeoutMs: 90_000, payload: '{"to":"x"}' });
      const span = await stage.during(async () => {
        expect(await stage.ledger.intake.insert([draft])).toEqual([
          { id: draft.id, status: 'pending', created: true },
        ]);
      });
      const job = await stage.job(draft.id);
      expect(job).toMatchObject({
        id: draft.id,
        type: TYPE,
        queue: QUEUE,
        status: 'pending',
        priority: -7,
        payload: { to: 'x' },
        result: null,
        progress: null,
        run: 0,
        retryCount: 0,
        maxRetries: 12,
        timeoutMs: 90_000,
        crashCount: 0,
        errorMessage: null,
        scheduledAt: null,
        lockedAt: null,
        lockedBy: null,
        completedAt: null,
      });
      expectWithin(job.createdAt, span);
      expect(job.updatedAt).toEqual(job.createdAt);
      expect(await stage.runs(draft.id)).toEqual([]);
    });

    it('schedules a delayed job, counted by the ledger’s own clock', async () => {
      const stage = stageOf();
      const draft = draftOf({ delayMs: 90_500 });
      const span = await stage.during(async () => {
        expect(await stage.ledger.intake.insert([draft])).toEqual([
          { id: draft.id, status: 'scheduled', created: true },
        ]);
      });
      const job = await stage.job(draft.id);
      expect(job.status).toBe('scheduled');
      expectWithin(job.scheduledAt, span, 90_500);
    });

    it('schedules for an instant, which wins over a delay', async () => {
      const stage = stageOf();
      const instant = new Date(Math.ceil(await stage.ledger.nowMs()) + 3_600_000);
      const id = await stage.enqueue({ scheduledAt: instant.toISOString(), delayMs: 5 });
      expect(await stage.job(id)).toMatchObject({ status: 'scheduled', scheduledAt: instant });
    });

    it('makes a job pending whose instant has passed, and keeps the instant', async () => {
      const stage = stageOf();
      const instant = new Date(Math.floor(await stage.ledger.nowMs()) - 1_000);
      const id = await stage.enqueue({ scheduledAt: instant.toISOString() });
      expect(await stage.job(id)).toMatchObject({ status: 'pending', scheduledAt: instant });
    });

    it('answers in the order of the drafts', async () => {
      const stage = stageOf();
      const later = draftOf({ delayMs: 60_000 });
      const drafts = [draftOf(), later, draftOf(), draftOf({ queue: 'reports' })].reverse();
      const inserted = await stage.ledger.intake.insert(drafts);
      expect(inserted.map(({ id }) => id)).toEqual(drafts.map(({ id }) => id));
      expect(inserted.filter(({ status }) => status === 'scheduled').map(({ id }) => id)).toEqual([later.id]);
    });

    it.each([
      ['one draft', 1],
      ['several drafts', 3],
    ])('writes %s that are to run at once a single time, also when sent again', async (_, count) => {
      const stage = stageOf();
      const drafts = Array.from({ length: count }, () => draftOf());
      const written = drafts.map(({ id }) => ({ id, status: 'pending', created: true }));
      expect(await stage.ledger.intake.insert(drafts)).toEqual(written);
      const [first, ...others] = written;
      await stage.claim(first!.id, await stage.worker()); // at least one was made
      expect(await stage.ledger.intake.insert(drafts)).toEqual([{ ...first, status: 'running' }, ...others]);
      expect(await stage.ledger.inspection.list({ filter: {}, limit: 10 })).toHaveLength(count);
    });

    it('writes those that are new beside one that is there already', async () => {
      const stage = stageOf();
      const [known, unknown] = [draftOf(), draftOf()];
      await stage.ledger.intake.insert([known]);
      expect(await stage.ledger.intake.insert([unknown, known])).toEqual([
        { id: unknown.id, status: 'pending', created: true },
        { id: known.id, status: 'pending', created: true },
      ]);
      expect(await stage.ledger.inspection.list({ filter: {}, limit: 10 })).toHaveLength(2);
    });

    it('keeps the payloads of a batch apart, whatever they hold', async () => {
      const stage = stageOf();
      const payloads = ['null', '[]', '[1,[2]]', '"],["', '{"a":"\\"}"}', '12345678901234567890123', '"{}"'];
      const drafts = payloads.map((payload) => draftOf({ payload }));
      await stage.ledger.intake.insert(drafts);
      for (const { id, payload } of drafts) {
        expect((await stage.job(id)).payload).toEqual(JSON.parse(payload));
      }
    });

    it('writes the same drafts once, and answers the second time how they stand', async () => {
      const stage = stageOf();
      const [first, second] = [draftOf(), draftOf()];
      await stage.ledger.intake.insert([first, second]);
      await stage.claim(first.id, await stage.worker());
      const third = draftOf({ delayMs: 60_000 });
      const changed = { ...second, payload: '"another"' };
      expect(await stage.ledger.intake.insert([first, changed, third])).toEqual([
        { id: first.id, status: 'running', created: true },
        { id: second.id, status: 'pending', created: true },
        { id: third.id, status: 'scheduled', created: true },
      ]);
      expect((await stage.job(second.id)).payload).toEqual({ to: 'a@b.example' });
      expect(await stage.ledger.inspection.list({ filter: {}, limit: 10 })).toHaveLength(3);
    });

    it('writes a draft once that comes twice in one call, as it came first', async () => {
      const stage = stageOf();
      const draft = draftOf();
      const again = { ...draft, payload: '"another"' };
      expect(await stage.ledger.intake.insert([draft, again])).toEqual([
        { id: draft.id, status: 'pending', created: true },
        { id: draft.id, status: 'pending', created: true },
      ]);
      expect(await stage.ledger.inspection.list({ filter: {}, limit: 10 })).toHaveLength(1);
      expect((await stage.job(draft.id)).payload).toEqual({ to: 'a@b.example' });
    });

    it('writes nothing for no drafts', async () => {
      const stage = stageOf();
      expect(await stage.ledger.intake.insert([])).toEqual([]);
      expect(await stage.ledger.inspection.list({ filter: {}, limit: 10 })).toEqual([]);
    });

    it.each([
      null,
      false,
      0,
      '',
      [],
      {},
      'O\'Brien said "hi" \\ $1 {{}} \n\t',
      { name: '日本語 Ελληνικά 😀', nested: [{ deep: [1.5, -0.25, 1e21, null, true] }] },
      { 'a key with "quotes"': "it's", 'id":"forged': 1 },
    ])('keeps the payload %j', async (payload) => {
      const stage = stageOf();
      const id = await stage.enqueue({ payload: JSON.stringify(payload) });
      expect((await stage.job(id)).payload).toEqual(payload);
      const claim = await stage.claim(id, await stage.worker());
      expect(JSON.parse(claim.payload)).toEqual(payload);
    });

    it('keeps numbers at their bounds', async () => {
      const stage = stageOf();
      const fields = { priority: -2_147_483_648, maxRetries: 10_000, timeoutMs: 3_153_600_000_000 };
      expect(await stage.job(await stage.enqueue(fields))).toMatchObject(fields);
      const highest = await stage.enqueue({ priority: 2_147_483_647 });
      expect((await stage.job(highest)).priority).toBe(2_147_483_647);
    });
  });

  describe("insert in the caller's transaction", () => {
    it('shows a job to the transaction alone until it commits, and then to all', async () => {
      const stage = stageOf();
      const { manager, commit } = await stage.ledger.begin();
      const id = await stage.enqueue({}, manager);
      expect(await stage.ledger.inspection.find(id, manager)).toMatchObject({ id, status: 'pending' });
      expect(await stage.ledger.inspection.find(id)).toBeUndefined();
      await commit();
      expect(await stage.job(id)).toMatchObject({ id, status: 'pending' });
    });

    it('leaves nothing of a job behind when it rolls back', async () => {
      const stage = stageOf();
      const { manager, rollback } = await stage.ledger.begin();
      const id = await stage.enqueue({}, manager);
      await rollback();
      expect(await stage.ledger.inspection.find(id)).toBeUndefined();
      expect(await stage.ledger.intake.insert([draftOf({ id })])).toEqual([
        { id, status: 'pending', created: true },
      ]);
    });

    it('lets no worker claim before the commit', async () => {
      const stage = stageOf();
      const worker = await stage.worker();
      const { manager, commit } = await stage.ledger.begin();
      const id = await stage.enqueue({}, manager);
      const rooms = [{ type: TYPE, size: 5 }];
      expect(await stage.ledger.runs.claimById(worker, QUEUE, [TYPE], [id])).toEqual([]);
      expect(await stage.ledger.runs.claimByQueue(worker, QUEUE, rooms, 5)).toEqual([]);
      await commit();
      expect(await stage.ledger.runs.claimByQueue(worker, QUEUE, rooms, 5)).toMatchObject([{ id }]);
    });

    it.each([
      ['one draft', 0, 1],
      ['several drafts', 0, 3],
      ['a draft that is to wait', 60_000, 1],
    ])('is idempotent inside the transaction as well: %s', async (_, delayMs, count) => {
      const stage = stageOf();
      const drafts = Array.from({ length: count }, () => draftOf({ delayMs }));
      const status = delayMs === 0 ? 'pending' : 'scheduled';
      const { manager, commit } = await stage.ledger.begin();
      const written = drafts.map(({ id }) => ({ id, status, created: true }));
      expect(await stage.ledger.intake.insert(drafts, manager)).toEqual(written);
      expect(await stage.ledger.intake.insert(drafts, manager)).toEqual(written);
      await commit();
      expect(await stage.ledger.inspection.list({ filter: {}, limit: 10 })).toHaveLength(count);
    });

    it.each(['commit', 'rollback'] as const)(
      'writes one job when another transaction has the same draft and ends with a %s',
      async (end) => {
        const stage = stageOf();
        const draft = draftOf();
        const transaction = await stage.ledger.begin();
        await stage.ledger.intake.insert([draft], transaction.manager);
        const second = stage.ledger.intake.insert([draft]);
        await stage.expectWaiting(second);
        await transaction[end]();
        expect(await second).toEqual([{ id: draft.id, status: 'pending', created: true }]);
        expect(await stage.ledger.inspection.list({ filter: {}, limit: 10 })).toHaveLength(1);
      },
    );
  });

  describe.each(['intake', 'inspection'] as const)('afterCommit of the %s', (door) => {
    it('runs actions in their order once the transaction has committed', async () => {
      const { ledger } = stageOf();
      const ran: string[] = [];
      const { manager, commit } = await ledger.begin();
      ledger[door].afterCommit(manager, () => ran.push('first'));
      ledger[door].afterCommit(manager, () => ran.push('second'));
      expect(ran).toEqual([]);
      await commit();
      expect(ran).toEqual(['first', 'second']);
    });

    it('runs nothing after a rollback', async () => {
      const { ledger } = stageOf();
      const ran: string[] = [];
      const { manager, rollback } = await ledger.begin();
      ledger[door].afterCommit(manager, () => ran.push('rolled back'));
      await rollback();
      const next = await ledger.begin();
      ledger[door].afterCommit(next.manager, () => ran.push('committed'));
      await next.commit();
      expect(ran).toEqual(['committed']);
    });

    it('keeps transactions apart that are open at the same time', async () => {
      const { ledger } = stageOf();
      const ran: string[] = [];
      const [one, other] = [await ledger.begin(), await ledger.begin()];
      ledger[door].afterCommit(one.manager, () => ran.push('one'));
      ledger[door].afterCommit(other.manager, () => ran.push('other'));
      await other.commit();
      expect(ran).toEqual(['other']);
      await one.rollback();
      expect(ran).toEqual(['other']);
    });

    it('runs at once when the transaction has ended', async () => {
      const { ledger } = stageOf();
      const ran: string[] = [];
      const { manager, commit } = await ledger.begin();
      await commit();
      ledger[door].afterCommit(manager, () => ran.push('at once'));
      expect(ran).toEqual(['at once']);
    });
  });
}
