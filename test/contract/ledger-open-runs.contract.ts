import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Claim } from '../../lib/core/claim.js';
import {
  completed,
  discarded,
  expectWithin,
  failed,
  QUEUE,
  RESCUE_LIMITS,
  settlementOf,
  type LedgerStage,
} from '../support/ledger/ledger-stage.js';

const MINUTE_MS = 60_000;

/** The worker's door for runs that are under way, and the door of those who wait for their ends. */
export function describeOpenRuns<Transaction>(stageOf: () => LedgerStage<Transaction>): void {
  async function open(): Promise<Claim> {
    const stage = stageOf();
    return stage.claim(await stage.enqueue(), await stage.worker({ leaseMs: 3_600_000 }));
  }

  /** Claims that carry the fence of another run, another worker, another job. */
  function strangersTo(claim: Claim): Claim[] {
    return [
      { ...claim, run: claim.run + 1 },
      { ...claim, workerId: randomUUID() },
      { ...claim, id: randomUUID() },
    ];
  }

  describe('settleIn', () => {
    it('completes the job when the transaction of its handler commits, and not before', async () => {
      const stage = stageOf();
      const claim = await open();
      const { manager, commit } = await stage.ledger.begin();
      expect(await stage.ledger.openRuns.settleIn(settlementOf(claim, completed), manager)).toBe(true);
      expect(await stage.job(claim.id)).toMatchObject({ status: 'running', lockedBy: claim.workerId });
      expect(await stage.runs(claim.id)).toEqual([]);
      const told: string[] = [];
      stage.ledger.openRuns.afterCommit(manager, () => told.push('committed'));
      expect(told).toEqual([]);
      await commit();
      expect(told).toEqual(['committed']);
      expect(await stage.job(claim.id)).toMatchObject({ status: 'completed', result: { delivered: true } });
      expect(await stage.runs(claim.id)).toMatchObject([{ run: 1, attempt: 1, outcome: 'completed' }]);
      expect(await stage.ledger.runs.settle([settlementOf(claim, failed)])).toEqual([]);
    });

    it('leaves the run to its worker when the transaction rolls back', async () => {
      const stage = stageOf();
      const claim = await open();
      const { manager, rollback } = await stage.ledger.begin();
      await stage.ledger.openRuns.settleIn(settlementOf(claim, completed), manager);
      await rollback();
      await stage.end(claim, failed);
      expect(await stage.job(claim.id)).toMatchObject({ status: 'failed', errorMessage: 'mailbox full' });
      expect(await stage.runs(claim.id)).toMatchObject([{ outcome: 'failed' }]);
    });

    it('refuses a run that is no longer this worker’s, and changes nothing', async () => {
      const stage = stageOf();
      const claim = await open();
      const before = await stage.job(claim.id);
      for (const stranger of strangersTo(claim)) {
        const { manager, commit } = await stage.ledger.begin();
        const settled = await stage.ledger.openRuns.settleIn(settlementOf(stranger, completed), manager);
        expect(settled).toBe(false);
        await commit();
      }
      expect(await stage.job(claim.id)).toEqual(before);
    });

    it('makes whoever settles the same run wait for the transaction', async () => {
      const stage = stageOf();
      const claim = await open();
      const { manager, commit } = await stage.ledger.begin();
      await stage.ledger.openRuns.settleIn(settlementOf(claim, completed), manager);
      const late = stage.ledger.runs.settle([settlementOf(claim, failed)]);
      await stage.expectWaiting(late);
      await commit();
      expect(await late).toEqual([]);
      expect((await stage.job(claim.id)).status).toBe('completed');
    });
  });

  describe('extend', () => {
    it('keeps the reaper away for as long as was asked for', async () => {
      const stage = stageOf();
      const claim = await open();
      const { openRuns, upkeep } = stage.ledger;
      const longest = claim.timeoutMs + RESCUE_LIMITS.staleAfterMs;
      expect(await openRuns.extend(claim, 2 * longest)).toBe(true);
      await stage.ledger.passTime(longest + MINUTE_MS);
      expect(await upkeep.rescue(QUEUE, RESCUE_LIMITS)).toEqual([]);
      await stage.ledger.passTime(longest + RESCUE_LIMITS.staleAfterMs);
      expect(await upkeep.rescue(QUEUE, RESCUE_LIMITS)).toMatchObject([{ id: claim.id }]);
      const [run] = await stage.runs(claim.id);
      expect(run?.startedAt.getTime()).toBeLessThanOrEqual(run?.finishedAt.getTime() ?? 0);
    });

    it('never takes time away', async () => {
      const stage = stageOf();
      const claim = await open();
      const { lockedAt } = await stage.job(claim.id);
      expect(await stage.ledger.openRuns.extend(claim, 1)).toBe(true);
      expect((await stage.job(claim.id)).lockedAt).toEqual(lockedAt);
    });

    it('refuses a run that is no longer this worker’s', async () => {
      const stage = stageOf();
      const claim = await open();
      for (const stranger of strangersTo(claim)) {
        expect(await stage.ledger.openRuns.extend(stranger, MINUTE_MS)).toBe(false);
      }
    });
  });

  describe('keepLogLines', () => {
    const lineOf = (claim: Claim, line: number, message: string) => ({ claim, line, afterMs: line, message });

    it('keeps what runs logged, in order, with the instant of the database', async () => {
      const stage = stageOf();
      const claim = await open();
      const { lockedAt } = await stage.job(claim.id);
      await stage.ledger.openRuns.keepLogLines([lineOf(claim, 2, 'second'), lineOf(claim, 1, 'first')]);
      const lines = await stage.ledger.inspection.logs(claim.id);
      expect(lines).toMatchObject([
        { run: 1, line: 1, message: 'first' },
        { run: 1, line: 2, message: 'second' },
      ]);
      const claimedAtMs = lockedAt?.getTime() ?? 0;
      expectWithin(lines[0]?.at ?? null, { fromMs: claimedAtMs, toMs: claimedAtMs + 1 }, 1);
    });

    it('keeps a line once, and the lines of each run apart', async () => {
      const stage = stageOf();
      const first = await open();
      const { openRuns, inspection } = stage.ledger;
      await openRuns.keepLogLines([lineOf(first, 1, 'as it was')]);
      await openRuns.keepLogLines([lineOf(first, 1, 'again'), lineOf(first, 2, 'new')]);
      await stage.end(first, failed);
      await inspection.retry(first.id);
      const second = await stage.claim(first.id, await stage.worker());
      await openRuns.keepLogLines([lineOf(second, 1, 'second run')]);
      const lines = await inspection.logs(first.id);
      expect(lines.map(({ run, line, message }) => [run, line, message])).toEqual([
        [1, 1, 'as it was'],
        [1, 2, 'new'],
        [2, 1, 'second run'],
      ]);
    });

    it('drops the lines of a run that is no longer its worker’s, and keeps those of the others', async () => {
      const stage = stageOf();
      const claim = await open();
      const others = strangersTo(claim).map((stranger) => lineOf(stranger, 1, 'forged'));
      await stage.ledger.openRuns.keepLogLines([...others, lineOf(claim, 2, 'mine')]);
      expect(await stage.ledger.inspection.logs(claim.id)).toMatchObject([{ line: 2, message: 'mine' }]);
      await stage.end(claim, completed);
      await stage.ledger.openRuns.keepLogLines([lineOf(claim, 3, 'too late')]);
      expect(await stage.ledger.inspection.logs(claim.id)).toHaveLength(1);
    });

    it('goes with its job', async () => {
      const stage = stageOf();
      const claim = await open();
      await stage.ledger.openRuns.keepLogLines([lineOf(claim, 1, 'kept')]);
      await stage.end(claim, completed);
      await stage.ledger.inspection.delete(claim.id);
      expect(await stage.ledger.inspection.logs(claim.id)).toEqual([]);
    });
  });

  describe('standings', () => {
    it('tells how jobs stand, and nothing of those that are not there', async () => {
      const stage = stageOf();
      const [pending, done, dead] = [
        await stage.enqueue(),
        await stage.ran(completed),
        await stage.ran(discarded),
      ];
      const standings = await stage.ledger.outcomes.standings([pending, done, randomUUID(), dead]);
      const byId = new Map(standings.map((standing) => [standing.id, standing]));
      expect([pending, done, dead].map((id) => byId.get(id))).toEqual([
        { id: pending, status: 'pending', result: null, errorMessage: null },
        { id: done, status: 'completed', result: { delivered: true }, errorMessage: null },
        { id: dead, status: 'dead', result: null, errorMessage: 'no such address' },
      ]);
      expect(standings).toHaveLength(3);
    });

    it('finds jobs in the archive as well', async () => {
      const stage = stageOf();
      const id = await stage.ran(completed);
      await stage.ledger.passTime(MINUTE_MS);
      const which = { queue: QUEUE, status: 'completed', onlyTypes: null, exceptTypes: [] } as const;
      const step = { ...which, keepForMs: 1, action: 'archive', from: null, limit: 10 } as const;
      expect(await stage.ledger.retention.retire(step)).toMatchObject({ retired: 1 });
      expect(await stage.ledger.outcomes.standings([id])).toEqual([
        { id, status: 'completed', result: { delivered: true }, errorMessage: null },
      ]);
    });
  });
}
