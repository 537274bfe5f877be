import { describe, expect, it } from 'vitest';
import { SlotBook } from '../../../lib/worker/slot-book.js';
import { claimOf, handlerOf } from '../../support/worker/claims.js';

const mail = handlerOf({ type: 'mail', concurrency: 10 });
const report = handlerOf({ type: 'report', concurrency: 2 });
const aMail = claimOf({ type: 'mail', queue: 'shop' });
const aReport = claimOf({ type: 'report', queue: 'shop' });
const inLimited = claimOf({ type: 'mail', queue: 'limited' });
const LIMITED = new Map([['limited', 2]]);

describe('what SlotBook knows of limits', () => {
  it('is that there are some: of a job type, or of a queue', () => {
    expect(new SlotBook(5, [mail]).hasLimits).toBe(false);
    expect(new SlotBook(5, [mail, report]).hasLimits).toBe(true);
    expect(new SlotBook(5, [mail], LIMITED).hasLimits).toBe(true);
  });

  it('F22 leaves room in a queue for what neither runs nor waits of it', () => {
    const slots = new SlotBook(5, [mail], LIMITED);
    expect([slots.roomIn('limited'), slots.roomIn('shop')]).toEqual([2, Infinity]);
    slots.take(inLimited);
    expect(slots.roomIn('limited')).toBe(1);
    slots.wait(inLimited);
    expect(slots.roomIn('limited')).toBe(0);
    slots.stopWaiting(inLimited);
    slots.giveBack(inLimited);
    expect(slots.roomIn('limited')).toBe(2);
  });

  it('leaves room for a type with a limit of its own for what neither runs nor waits of it', () => {
    const slots = new SlotBook(5, [report]);
    slots.wait(aReport);
    expect(slots.rooms()).toEqual([{ type: 'report', size: 1 }]);
    slots.take(aReport);
    expect(slots.rooms()).toEqual([]);
  });

  it('counts each type by itself, whatever came before it', () => {
    const slots = new SlotBook(5, [mail, report]);
    [aMail, aReport, aReport].forEach((claim) => slots.take(claim));
    expect(slots.rooms()).toEqual([{ type: 'mail', size: 2 }]);
    slots.giveBack(aMail);
    expect(slots.rooms()).toEqual([{ type: 'mail', size: 3 }]);
  });

  it('keeps the room of claims that are under way', () => {
    const slots = new SlotBook(5, [mail]);
    slots.reserve(3);
    expect(slots.free).toBe(2);
    expect(slots.rooms()).toEqual([{ type: 'mail', size: 2 }]);
    slots.release(3);
    expect(slots.free).toBe(5);
  });

  it('asks for what it has learned, and no longer for what it has forgotten', () => {
    const slots = new SlotBook(5, [handlerOf({ type: 'mail:*', concurrency: 5 })]);
    expect(slots.typeNames).toEqual([]);
    expect([slots.learn('mail:new'), slots.learn('mail:new'), slots.learn('other')]).toEqual([
      true,
      false,
      false,
    ]);
    expect(slots.typeNames).toEqual(['mail:new']);
    slots.forget('mail:new');
    expect(slots.typeNames).toEqual([]);
  });
});

describe('one more job beside all others', () => {
  const filled = (fill: (slots: SlotBook) => void): SlotBook => {
    const slots = new SlotBook(3, [mail, report], LIMITED);
    fill(slots);
    return slots;
  };

  it('has room where there is some, and a handler', () => {
    const slots = filled(() => {});
    expect([aMail, aReport, inLimited].map((job) => slots.hasRoomFor(job))).toEqual([true, true, true]);
    expect(slots.hasRoomFor({ queue: 'shop', type: 'unknown' })).toBe(false);
  });

  it.each<[string, (slots: SlotBook) => void]>([
    ['run', (slots) => [1, 2, 3].forEach(() => slots.take(aMail))],
    ['wait', (slots) => [1, 2, 3].forEach(() => slots.wait(aMail))],
    ['are being claimed', (slots) => slots.reserve(3)],
  ])('has none where as many as there are slots %s', (_, fill) => {
    expect(filled(fill).hasRoomFor(aMail)).toBe(false);
    expect(filled(fill).hasRoomFor(aReport)).toBe(false);
  });

  it.each<[string, (slots: SlotBook) => void]>([
    ['run', (slots) => [1, 2].forEach(() => slots.take(aReport))],
    ['wait', (slots) => [1, 2].forEach(() => slots.wait(aReport))],
  ])('has none where as many of its type %s as may run, while another type has', (_, fill) => {
    expect(filled(fill).hasRoomFor(aReport)).toBe(false);
    expect(filled(fill).hasRoomFor(aMail)).toBe(true);
  });

  it('has none where as many of its queue run as may run, while another queue has', () => {
    const slots = filled((book) => [1, 2].forEach(() => book.take(inLimited)));
    expect(slots.hasRoomFor(inLimited)).toBe(false);
    expect(slots.hasRoomFor(aMail)).toBe(true);
    expect([slots.canStart(inLimited), slots.canStart(aMail)]).toEqual([false, true]);
  });

  it('may start while it waits, which has taken none of the slots', () => {
    const slots = filled((book) => [1, 2, 3].forEach(() => book.wait(aMail)));
    expect(slots.canStart(aMail)).toBe(true);
    [1, 2, 3].forEach(() => slots.take(aMail));
    expect(slots.canStart(aMail)).toBe(false);
  });
});
