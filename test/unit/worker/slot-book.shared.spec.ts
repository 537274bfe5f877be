import { describe, expect, it } from 'vitest';
import { SlotBook } from '../../../lib/worker/slot-book.js';
import { claimOf, handlerOf } from '../../support/worker/claims.js';

describe('SlotBook with a handler of many types', () => {
  it('F20 F60 the types that it has learned share the slots of their handler', () => {
    const slots = new SlotBook(5, [
      handlerOf({ type: 'task:*', concurrency: 2 }),
      handlerOf({ type: 'mail' }),
    ]);
    expect(slots.rooms()).toEqual([{ type: 'mail', size: 5 }]);
    expect(slots.learn('task:a')).toBe(true);
    expect(slots.learn('task:a')).toBe(false);
    expect(slots.learn('other')).toBe(false);
    expect(slots.rooms()).toEqual([
      { type: 'task:a', size: 2 },
      { type: 'mail', size: 5 },
    ]);
    slots.learn('task:b');
    expect(slots.rooms().slice(0, 2)).toEqual([
      { type: 'task:a', size: 2, sharedBy: 'task:*' },
      { type: 'task:b', size: 2, sharedBy: 'task:*' },
    ]);
    slots.take(claimOf({ type: 'task:a' }));
    slots.take(claimOf({ type: 'task:b' }));
    expect(slots.canStart(claimOf({ type: 'task:c' }))).toBe(false);
    expect(slots.rooms()).toEqual([{ type: 'mail', size: 3 }]);
  });

  it('F20 a type that is forgotten is no longer asked for, while its runs go on', () => {
    const slots = new SlotBook(5, [handlerOf({ type: 'task:*', concurrency: 2 })]);
    slots.learn('task:a');
    slots.take(claimOf({ type: 'task:a' }));
    slots.forget('task:a');
    expect(slots.typeNames).toEqual([]);
    slots.giveBack(claimOf({ type: 'task:a' }));
    expect(slots.runningCount).toBe(0);
  });

  it('F22 holds a queue to its own limit, whatever its types are', () => {
    const slots = new SlotBook(5, [handlerOf({ type: 'mail' })], new Map([['reports', 2]]));
    expect([slots.roomIn('reports'), slots.roomIn('shop')]).toEqual([2, Infinity]);
    slots.take(claimOf({ type: 'mail', queue: 'reports' }));
    slots.wait(claimOf({ type: 'mail', queue: 'reports' }));
    expect(slots.roomIn('reports')).toBe(0);
    slots.stopWaiting(claimOf({ type: 'mail', queue: 'reports' }));
    slots.take(claimOf({ type: 'mail', queue: 'reports' }));
    expect(slots.canStart(claimOf({ type: 'mail', queue: 'reports' }))).toBe(false);
    expect(slots.canStart(claimOf({ type: 'mail', queue: 'shop' }))).toBe(true);
    slots.giveBack(claimOf({ type: 'mail', queue: 'reports' }));
    expect(slots.roomIn('reports')).toBe(1);
  });

  it('F23 has as many slots as it is told, and lets what runs beyond them end', () => {
    const slots = new SlotBook(1, [handlerOf({ type: 'mail', concurrency: 10 })]);
    slots.resize(3);
    expect(slots.rooms()).toEqual([{ type: 'mail', size: 3 }]);
    for (let run = 0; run < 3; run += 1) slots.take(claimOf({ type: 'mail' }));
    slots.resize(2);
    expect(slots.free).toBe(0);
    expect(slots.takeMostRunning()).toBe(3);
    slots.giveBack(claimOf({ type: 'mail' }));
    expect(slots.canStart(claimOf({ type: 'mail' }))).toBe(false);
    slots.giveBack(claimOf({ type: 'mail' }));
    expect(slots.canStart(claimOf({ type: 'mail' }))).toBe(true);
    expect(slots.takeMostRunning()).toBe(3);
    expect(slots.takeMostRunning()).toBe(1);
  });
});
