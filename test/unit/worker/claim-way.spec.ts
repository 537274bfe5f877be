import { describe, expect, it } from 'vitest';
import { ClaimWay } from '../../../lib/worker/claim-way.js';

const MANY_LEFT = 5_000;
/** A claim of 500 that takes 10 ms. */
const FULL = { asked: 500, claimed: 500, tookMs: 10 };

const STALLED = { ...FULL, tookMs: 900 };

/** A way that has got so much experience with hints, and then this. */
function afterHints(turn: typeof FULL, left: number, claimsBefore = 4): ClaimWay {
  const way = new ClaimWay();
  for (let claims = 0; claims < claimsBefore; claims += 1) way.hintsBrought(FULL, 0);
  way.hintsBrought(turn, left);
  return way;
}

describe('ClaimWay', () => {
  it('begins with the dispatcher', () => {
    expect(new ClaimWay().next).toBe('dispatcher');
  });

  it('goes to the ledger itself when it must have jobs for many whole claims', () => {
    expect(afterHints(FULL, MANY_LEFT).next).toBe('ledger');
  });

  it.each([
    ['few hints are left', FULL, 999],
    ['some of the hints were wrong', { ...FULL, claimed: 499 }, MANY_LEFT],
    ['few were asked for, as where jobs take their time', { asked: 50, claimed: 50, tookMs: 4 }, MANY_LEFT],
  ])('stays with the dispatcher when %s', (_, turn, left) => {
    expect(afterHints(turn, left).next).toBe('dispatcher');
  });

  it('stays with the ledger as long as it gives all that is asked for', () => {
    const way = afterHints(FULL, MANY_LEFT);
    way.ledgerBrought(FULL);
    expect(way.next).toBe('ledger');
    way.ledgerBrought({ ...FULL, claimed: 499 });
    expect(way.next).toBe('dispatcher');
  });

  it('goes to the ledger after a poll that found plenty there', () => {
    const way = afterHints(FULL, 0);
    way.ledgerBrought(FULL);
    expect(way.next).toBe('ledger');
  });

  it('stays with the dispatcher until it knows what hints cost', () => {
    expect(afterHints(FULL, MANY_LEFT, 3).next).toBe('dispatcher');
    const polled = new ClaimWay();
    polled.ledgerBrought(FULL);
    expect(polled.next).toBe('dispatcher');
  });

  it('takes a stall for the price of neither way', () => {
    const stalledFirst = new ClaimWay();
    stalledFirst.hintsBrought(STALLED, MANY_LEFT);
    for (let claims = 0; claims < 4; claims += 1) stalledFirst.hintsBrought(FULL, MANY_LEFT);
    for (let claims = 0; claims < 10; claims += 1) stalledFirst.ledgerBrought({ ...FULL, tookMs: 80 });
    expect(stalledFirst.next).toBe('dispatcher');
    const stalledOnce = afterHints(FULL, MANY_LEFT);
    stalledOnce.ledgerBrought(FULL);
    stalledOnce.ledgerBrought(STALLED);
    expect(stalledOnce.next).toBe('ledger');
  });

  it('leaves a ledger that costs more than hints do, and comes back when a poll finds that it costs less', () => {
    const way = afterHints(FULL, MANY_LEFT);
    for (let claims = 0; claims < 10; claims += 1) way.ledgerBrought({ ...FULL, tookMs: 80 });
    expect(way.next).toBe('dispatcher');
    way.hintsBrought(FULL, MANY_LEFT);
    expect(way.next).toBe('dispatcher');
    for (let polls = 0; polls < 10; polls += 1) way.ledgerBrought({ ...FULL, tookMs: 8 });
    expect(way.next).toBe('ledger');
  });

  describe('behind another process that reads the line in the ledger, and is ahead of its hints', () => {
    const STALE = { asked: 50, claimed: 3, tookMs: 4 };
    const FULL_OF_FEW = { asked: 50, claimed: 50, tookMs: 2 };

    it('follows it there, as soon as a poll finds all that was asked for', () => {
      const way = new ClaimWay();
      way.hintsBrought(STALE, MANY_LEFT);
      expect(way.next).toBe('dispatcher');
      way.ledgerBrought(FULL_OF_FEW);
      expect(way.next).toBe('ledger');
      way.ledgerBrought(FULL);
      way.ledgerBrought(FULL);
      expect(way.next).toBe('ledger');
      way.ledgerBrought({ ...FULL, claimed: 499 });
      expect(way.next).toBe('dispatcher');
    });

    it('stays only if it comes to claims of many: slow jobs need no shorter way', () => {
      const way = new ClaimWay();
      way.hintsBrought(STALE, MANY_LEFT);
      for (let claims = 0; claims < 19; claims += 1) way.ledgerBrought(FULL_OF_FEW);
      expect(way.next).toBe('ledger');
      way.ledgerBrought(FULL_OF_FEW);
      expect(way.next).toBe('dispatcher');
    });

    it.each([
      ['half of the hints were right', { ...STALE, claimed: 25 }, MANY_LEFT],
      ['few hints are left', STALE, 999],
    ])('stays with the dispatcher when %s', (_, turn, left) => {
      const way = new ClaimWay();
      way.hintsBrought(turn, left);
      way.ledgerBrought(FULL_OF_FEW);
      expect(way.next).toBe('dispatcher');
    });

    it('stays with the dispatcher when its next hints were right', () => {
      const way = new ClaimWay();
      way.hintsBrought(STALE, MANY_LEFT);
      way.hintsBrought(FULL_OF_FEW, MANY_LEFT);
      way.ledgerBrought(FULL_OF_FEW);
      expect(way.next).toBe('dispatcher');
    });
  });

  it('does not judge by claims of a few jobs', () => {
    const way = afterHints(FULL, MANY_LEFT);
    way.ledgerBrought({ asked: 500, claimed: 2, tookMs: 400 });
    way.ledgerBrought(FULL);
    expect(way.next).toBe('ledger');
  });
});
