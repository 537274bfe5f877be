import { describe, expect, it } from 'vitest';
import { EventBus } from '../../../lib/core/event-bus.js';
import type { Handler, HandlerTable } from '../../../lib/core/ports/handler-table.js';
import { bestMatch } from '../../../lib/core/type-pattern.js';
import { VirtualClock } from '../../../lib/testing/virtual-clock.js';
import { SlotBook } from '../../../lib/worker/slot-book.js';
import { TypeScout } from '../../../lib/worker/type-scout.js';
import type { UnknownTypes } from '../../../lib/worker/unknown-types.js';
import { handlerOf, settled } from '../../support/worker/claims.js';

describe('TypeScout', () => {
  it('F20 learns what is pending under a prefix within a second of its start or of the last look', async () => {
    const { learned, pass, pending, scout, slots } = open();
    pending.push('task:a', 'mail', 'fax');
    scout.start();
    await settled();
    expect(slots.typeNames).toEqual(['task:a', 'mail']);
    pending.push('task:b');
    await pass(1_000);
    expect(slots.typeNames).toEqual(['task:a', 'task:b', 'mail']);
    expect(learned()).toBe(2);
    await scout.stop();
  });

  it('F20 looks at once when it is woken, and not more than four times a second', async () => {
    const { looks, pass, scout } = open();
    scout.start();
    await pass(300);
    expect(looks()).toBe(1);
    scout.wake();
    await settled();
    expect(looks()).toBe(2);
    for (let signal = 0; signal < 50; signal += 1) scout.wake();
    await settled();
    expect(looks()).toBe(2);
    await pass(250);
    expect(looks()).toBe(3);
    await scout.stop();
  });

  it('F20 learns at once what this process enqueues itself', async () => {
    const { events, scout, slots } = open();
    scout.start();
    const jobs = [{ id: 'a', type: 'task:mine' }];
    events.emit('jobs.enqueued', { queue: 'shop', jobs });
    events.emit('jobs.enqueued', { queue: 'elsewhere', jobs: [{ id: 'b', type: 'task:theirs' }] });
    expect(slots.typeNames).toEqual(['task:mine', 'mail']);
    await scout.stop();
  });

  it('F20 forgets what has had nothing to do for a minute', async () => {
    const { pass, pending, scout, slots } = open();
    pending.push('task:a', 'task:b');
    scout.start();
    await pass(30_000);
    pending.splice(0, 1);
    await pass(59_000);
    expect(slots.typeNames).toEqual(['task:a', 'task:b', 'mail']);
    await pass(2_000);
    expect(slots.typeNames).toEqual(['task:b', 'mail']);
    await scout.stop();
  });

  it('F20 asks for a thousand types at most; the others come in as those have nothing left', async () => {
    const { pass, pending, scout, slots } = open();
    pending.push(...Array.from({ length: 1_200 }, (_, index) => `task:${index}`));
    scout.start();
    await settled();
    expect(slots.typeNames).toHaveLength(1_001);
    pending.splice(0, 1_000);
    await pass(62_000);
    expect(new Set(slots.typeNames)).toEqual(new Set([...pending, 'mail']));
    await scout.stop();
  });

  it('F20 without prefixes it looks every five seconds, and learns nothing', async () => {
    const { looks, pass, pending, scout, slots } = open([handlerOf({ type: 'mail' })]);
    pending.push('task:a');
    scout.start();
    scout.wake();
    await pass(9_000);
    expect([looks(), slots.typeNames]).toEqual([2, ['mail']]);
    await scout.stop();
  });

  it('F20 reports a look that fails, goes on, and leaves no timer behind', async () => {
    const { clock, failures, pass, pending, scout, slots } = open();
    pending.push('away');
    scout.start();
    await settled();
    expect(failures).toEqual(['look for job types']);
    pending.splice(0, 1, 'task:a');
    await pass(1_000);
    expect(slots.typeNames).toContain('task:a');
    scout.wake();
    await scout.stop();
    expect(clock.nextTimerInMs).toBeUndefined();
  });
});

const PREFIXED = [handlerOf({ type: 'task:*' }), handlerOf({ type: 'mail' })];

function open(handlers: readonly Handler[] = PREFIXED) {
  const clock = new VirtualClock();
  const events = new EventBus(() => {});
  const failures: string[] = [];
  events.on('engine.failed', ({ during }) => failures.push(during));
  const byType = new Map(handlers.map((handler) => [handler.type, handler]));
  const table: HandlerTable = { find: (type) => bestMatch(byType, type), all: () => handlers };
  const slots = new SlotBook(5, handlers);
  const pending: string[] = [];
  let looks = 0;
  let learned = 0;
  const scout = new TypeScout({
    handlers: table,
    slots,
    unknown: { note: async () => {} } as unknown as UnknownTypes,
    queues: ['shop'],
    pendingTypes: async () => {
      looks += 1;
      if (pending.includes('away')) throw new Error('the ledger is away');
      return [...pending];
    },
    clock,
    events,
    onLearned: () => (learned += 1),
  });
  const pass = async (ms: number): Promise<void> => {
    for (let leftMs = ms; leftMs > 0; leftMs -= 250) {
      clock.moveBy(Math.min(250, leftMs));
      await settled();
    }
  };
  return { scout, slots, clock, events, failures, pending, pass, looks: () => looks, learned: () => learned };
}
