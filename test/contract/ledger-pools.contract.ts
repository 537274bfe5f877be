import { describe, expect, it } from 'vitest';
import type { Room } from '../../lib/core/claim.js';
import { QUEUE, type LedgerStage } from '../support/ledger/ledger-stage.js';

const SHARED: readonly Room[] = [
  { type: 'task:a', size: 3, sharedBy: 'task:*' },
  { type: 'task:b', size: 3, sharedBy: 'task:*' },
  { type: 'mail', size: 2 },
];

/** What pools, aging and prefixes ask of a ledger. */
export function describePools<Transaction>(stageOf: () => LedgerStage<Transaction>): void {
  describe('claimByQueue with a room that several types share', () => {
    it('F20 F60 gives them so many together, the first in claim order, and the others theirs', async () => {
      const stage = stageOf();
      const worker = await stage.worker();
      const usual = await stage.enqueueMany(3, { type: 'task:a' });
      const urgent = await stage.enqueueMany(2, { type: 'task:b', priority: 1 });
      const mails = await stage.enqueueMany(3, { type: 'mail' });
      const claims = await stage.ledger.runs.claimByQueue(worker, QUEUE, SHARED, 100);
      expect(claims.map(({ id }) => id)).toEqual([...urgent, usual[0], ...mails.slice(0, 2)]);
    });

    it('F54 F55 gives no more than the limit, the highest priority first, then the oldest', async () => {
      const stage = stageOf();
      const worker = await stage.worker();
      const mail = await stage.enqueue({ type: 'mail' });
      const usual = await stage.enqueueMany(3, { type: 'task:a' });
      const urgent = await stage.enqueue({ type: 'mail', priority: 6 });
      const claims = await stage.ledger.runs.claimByQueue(worker, QUEUE, SHARED, 3);
      expect(claims.map(({ id }) => id)).toEqual([urgent, mail, usual[0]]);
    });
  });

  describe('countPending', () => {
    it('F23 counts pending jobs of the queues and types, and no further than the limit', async () => {
      const stage = stageOf();
      await stage.enqueueMany(3, { type: 'mail' });
      await stage.enqueueMany(2, { type: 'mail', queue: 'reports' });
      await stage.enqueue({ type: 'task:a' });
      await stage.enqueue({ type: 'mail', delayMs: 60_000 });
      const { upkeep } = stage.ledger;
      expect(await upkeep.countPending([QUEUE], ['mail'], 100)).toBe(3);
      expect(await upkeep.countPending([QUEUE, 'reports'], ['mail', 'task:a'], 100)).toBe(6);
      expect(await upkeep.countPending([QUEUE, 'reports'], ['mail', 'task:a'], 4)).toBe(4);
      expect(await upkeep.countPending([QUEUE], [], 100)).toBe(0);
    });
  });

  describe('age', () => {
    const MINUTE_MS = 60_000;

    it('F55 raises by one step what has waited beside more important jobs of its queue, and nothing else', async () => {
      const stage = stageOf();
      const old = await stage.enqueue({ priority: -2 });
      const urgent = await stage.enqueue({ type: 'mail', priority: 5 });
      const elsewhere = await stage.enqueue({ queue: 'reports' });
      const later = await stage.enqueue({ delayMs: 3_600_000 });
      await stage.ledger.passTime(MINUTE_MS);
      const fresh = await stage.enqueue();
      const raised = await stage.ledger.upkeep.age(QUEUE, MINUTE_MS, 10);
      expect(raised).toEqual([{ id: old, type: expect.any(String), queue: QUEUE, priority: -1 }]);
      expect(await stage.ledger.upkeep.age('reports', 0, 10)).toEqual([]);
      const priorities = await Promise.all([old, urgent, elsewhere, later, fresh].map((id) => stage.job(id)));
      expect(priorities.map(({ priority }) => priority)).toEqual([-1, 5, 0, 0, 0]);
    });

    it('F55 step by step, until it is as important as the most important: there the older one comes first', async () => {
      const stage = stageOf();
      const old = await stage.enqueue();
      const urgent = await stage.enqueue({ priority: 2 });
      const { upkeep } = stage.ledger;
      await stage.ledger.passTime(MINUTE_MS);
      for (const expected of [[1], [2], []]) {
        expect((await upkeep.age(QUEUE, MINUTE_MS, 10)).map(({ priority }) => priority)).toEqual(expected);
      }
      const [first, second] = await upkeep.firstPending(QUEUE, (await stage.job(old)).type, 2);
      expect([first?.id, second?.id]).toEqual([old, urgent]);
    });

    it('F55 leaves the time that a job has waited as it is', async () => {
      const stage = stageOf();
      const old = await stage.enqueue();
      await stage.enqueue({ priority: 9 });
      await stage.ledger.passTime(MINUTE_MS);
      const { updatedAt } = await stage.job(old);
      expect(await stage.ledger.upkeep.age(QUEUE, MINUTE_MS, 10)).toHaveLength(1);
      expect(await stage.job(old)).toMatchObject({ priority: 1, updatedAt });
    });

    it('F55 looks at the first few of each type and priority', async () => {
      const stage = stageOf();
      const low = await stage.enqueueMany(4, { priority: -1 });
      const middle = await stage.enqueueMany(4);
      const mails = await stage.enqueueMany(4, { type: 'mail' });
      await stage.enqueue({ type: 'news', priority: 1 });
      const raised = await stage.ledger.upkeep.age(QUEUE, 0, 2);
      const expected = [...low.slice(0, 2), ...middle.slice(0, 2), ...mails.slice(0, 2)];
      expect(raised.map(({ id }) => id).sort()).toEqual([...expected].sort());
    });

    it('F55 passes by what another transaction holds', async () => {
      const stage = stageOf();
      const held = await stage.enqueue();
      const free = await stage.enqueue();
      await stage.enqueue({ priority: 1 });
      const transaction = await stage.hold(held);
      const raised = await stage.ledger.upkeep.age(QUEUE, 0, 10);
      expect(raised.map(({ id }) => id)).toEqual([free]);
      await transaction.rollback();
    });
  });
}
