import { describe, expect, it } from 'vitest';
import { SlotBook } from '../../../lib/worker/slot-book.js';
import { claimOf, handlerOf } from '../../support/worker/claims.js';

const mail = handlerOf({ type: 'mail', concurrency: 10 });
const report = handlerOf({ type: 'report', concurrency: 2 });

describe('SlotBook', () => {
  it('has room for as many as there are slots, and for no more of a type than its limit', () => {
    const slots = new SlotBook(5, [mail, report]);
    expect(slots.rooms()).toEqual([
      { type: 'mail', size: 5 },
      { type: 'report', size: 2 },
    ]);
    expect(slots.free).toBe(5);
  });

  it('gives a slot away once, and takes it back', () => {
    const slots = new SlotBook(1, [mail]);
    const claim = claimOf({ type: 'mail' });
    slots.take(claim);
    expect(slots.free).toBe(0);
    expect(slots.rooms()).toEqual([]);
    expect(slots.canStart(claimOf({ type: 'mail' }))).toBe(false);
    slots.giveBack(claim);
    expect(slots.canStart(claimOf({ type: 'mail' }))).toBe(true);
  });

  it('holds a type to its own limit while others go on', () => {
    const slots = new SlotBook(5, [mail, report]);
    slots.take(claimOf({ type: 'report' }));
    slots.take(claimOf({ type: 'report' }));
    expect(slots.canStart(claimOf({ type: 'report' }))).toBe(false);
    expect(slots.rooms()).toEqual([{ type: 'mail', size: 3 }]);
  });

  it('lets claims wait ahead of full slots, but not those of a type with a limit of its own', () => {
    const slots = new SlotBook(4, [mail, report]);
    for (let run = 0; run < 4; run += 1) slots.take(claimOf({ type: 'mail' }));
    slots.ahead = 6;
    expect(slots.rooms()).toEqual([
      { type: 'mail', size: 6 },
      { type: 'report', size: 2 },
    ]);
    for (let waiting = 0; waiting < 6; waiting += 1) slots.wait(claimOf({ type: 'mail' }));
    expect(slots.rooms()).toEqual([]);
    expect(slots.waitingCount).toBe(6);
    slots.stopWaiting(claimOf({ type: 'mail' }));
    expect(slots.free).toBe(1);
  });
});
