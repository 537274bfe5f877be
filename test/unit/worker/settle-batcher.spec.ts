import { describe, expect, it } from 'vitest';
import { LedgerUnavailableError } from '../../../lib/core/errors.js';
import { EventBus } from '../../../lib/core/event-bus.js';
import { settle, type Settlement } from '../../../lib/core/settlement.js';
import { SettleBatcher } from '../../../lib/worker/settle-batcher.js';
import { ManualClock } from '../../support/observability/manual-clock.js';
import { claimOf, deferred, handlerOf, settled } from '../../support/worker/claims.js';

const times = { startedAfterMs: 0, finishedAfterMs: 1 };
const completed = (): Settlement =>
  settle(claimOf(), { kind: 'completed', result: null }, times, handlerOf().retryPolicy, () => 0);
const released = (): Settlement =>
  settle(claimOf(), { kind: 'released' }, times, handlerOf().retryPolicy, () => 0);

function stage(write: (settlements: readonly Settlement[]) => Promise<Settlement[]>) {
  const clock = new ManualClock();
  const events = new EventBus();
  const announced: string[] = [];
  const told = { settled: 0, lost: 0, delayed: 0, failed: 0 };
  events.on('runs.settled', ({ settlements }) => (told.settled += settlements.length));
  events.on('runs.lost', ({ settlements }) => (told.lost += settlements.length));
  events.on('settle.delayed', () => (told.delayed += 1));
  events.on('engine.failed', () => (told.failed += 1));
  const batcher = new SettleBatcher({
    clock,
    events,
    ledger: { settle: write } as never, // the batcher uses no other verb
    dispatcher: {
      announce: async (queue: string, hints: { id: string }[]) =>
        void announced.push(...hints.map((hint) => `${queue} ${hint.id}`)),
    } as never, // likewise
  });
  return { clock, announced, told, batcher };
}

describe('SettleBatcher', () => {
  it('F35 writes what came together in one batch', async () => {
    const sizes: number[] = [];
    const { batcher, told } = stage(async (batch) => {
      sizes.push(batch.length);
      return [...batch];
    });
    for (let run = 0; run < 30; run += 1) batcher.push(completed());
    await batcher.whenIdle();
    expect(sizes).toEqual([30]);
    expect(told).toEqual({ settled: 30, lost: 0, delayed: 0, failed: 0 });
  });

  it('writes the runs that went well apart from the others, for which the ledger asks more', async () => {
    const written: string[][] = [];
    const { batcher, told } = stage(async (batch) => {
      written.push(batch.map(({ outcome }) => outcome));
      return [...batch];
    });
    for (const settlement of [completed(), released(), completed(), released(), released()])
      batcher.push(settlement);
    await batcher.whenIdle();
    expect(written).toEqual([
      ['completed', 'completed'],
      ['released', 'released', 'released'],
    ]);
    expect(told).toEqual({ settled: 5, lost: 0, delayed: 0, failed: 0 });
  });

  it('holds a settlement back until what has to be first is over, and counts it meanwhile', async () => {
    const { batcher, told } = stage(async (batch) => [...batch]);
    const lines = deferred<void>();
    const held = completed();
    batcher.push(held, lines.promise);
    batcher.push(completed());
    await settled();
    expect(told.settled).toBe(1);
    expect(batcher.size).toBe(1);
    expect(batcher.jobIds).toEqual([held.claim.id]);
    const idle = batcher.whenIdle();
    lines.resolve();
    await idle;
    expect(told.settled).toBe(2);
    expect(batcher.size).toBe(0);
  });

  it('reports what the ledger refused, and changes nothing else', async () => {
    const { batcher, told } = stage(async (batch) => batch.slice(1));
    batcher.push(completed());
    batcher.push(completed());
    await batcher.whenIdle();
    expect(told).toMatchObject({ settled: 1, lost: 1 });
  });

  it('waits out an outage and writes then', async () => {
    let isAway = true;
    const { batcher, told, clock } = stage(async (batch) => {
      if (isAway) throw new LedgerUnavailableError('settle', new Error('ECONNREFUSED'));
      return [...batch];
    });
    batcher.push(completed());
    await settled();
    clock.advance(100);
    await settled();
    expect(told).toMatchObject({ settled: 0, delayed: 2 });
    isAway = false;
    clock.advance(200);
    await batcher.whenIdle();
    expect(told.settled).toBe(1);
  });

  it('writes a batch row by row when one row is bad', async () => {
    const bad = completed();
    const { batcher, told } = stage(async (batch) => {
      if (batch.includes(bad)) throw new Error('value too long');
      return [...batch];
    });
    batcher.push(completed());
    batcher.push(bad);
    batcher.push(completed());
    await batcher.whenIdle();
    expect(told).toMatchObject({ settled: 2, failed: 1 });
  });

  it('announces jobs that went straight back to pending', async () => {
    const { batcher, announced } = stage(async (batch) => [...batch]);
    const back = released();
    batcher.push(back);
    batcher.push(completed());
    await batcher.whenIdle();
    expect(announced).toEqual([`shop ${back.claim.id}`]);
  });

  it('stops trying once it is abandoned, and tries again after a resume', async () => {
    const { batcher, told, clock } = stage(async () => {
      throw new LedgerUnavailableError('settle', new Error('ECONNREFUSED'));
    });
    batcher.abandon();
    batcher.push(completed());
    await batcher.whenIdle();
    expect(told).toMatchObject({ failed: 1, delayed: 0 });
    batcher.resume();
    batcher.push(completed());
    await settled();
    expect(told.delayed).toBe(1);
    expect(clock.timers).toBe(1);
  });
});
