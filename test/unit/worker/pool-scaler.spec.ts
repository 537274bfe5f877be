import { describe, expect, it } from 'vitest';
import { EventBus } from '../../../lib/core/event-bus.js';
import type { WorkerScaling } from '../../../lib/core/options.js';
import { PoolScaler } from '../../../lib/worker/pool-scaler.js';
import { SlotBook } from '../../../lib/worker/slot-book.js';
import { VirtualClock } from '../../../lib/testing/virtual-clock.js';
import { claimOf, handlerOf, settled } from '../../support/worker/claims.js';

const SCALING: WorkerScaling = {
  min: 2,
  max: 10,
  threshold: 2,
  idleTimeoutMs: 30_000,
  checkIntervalMs: 5_000,
};

describe('PoolScaler', () => {
  it('F23 grows while more is pending than the threshold for each run, at most to the double at a time', async () => {
    const pool = startPool();
    pool.run(2);
    pool.pending = 100;
    await pool.pass(5_000);
    expect(pool.slots.size).toBe(4);
    pool.run(2);
    await pool.pass(5_000);
    expect(pool.slots.size).toBe(8);
    pool.run(4);
    await pool.pass(5_000);
    expect(pool.slots.size).toBe(10);
    pool.run(2);
    await pool.pass(5_000);
    expect(pool.resized).toEqual(['2 to 4', '4 to 8', '8 to 10']);
    expect(pool.grown()).toBe(3);
  });

  it('F23 grows only as far as brings the backlog below the threshold', async () => {
    const pool = startPool();
    pool.run(2);
    pool.pending = 4;
    await pool.pass(5_000);
    expect(pool.slots.size).toBe(2);
    pool.pending = 5;
    await pool.pass(5_000);
    expect(pool.slots.size).toBe(3);
  });

  it('F23 does not grow, and does not count, while slots are free', async () => {
    const pool = startPool();
    pool.run(1);
    pool.pending = 100;
    await pool.pass(20_000);
    expect(pool.slots.size).toBe(2);
    expect(pool.counted).toEqual([]);
  });

  it('F23 counts no further than could matter', async () => {
    const pool = startPool();
    pool.run(2);
    await pool.pass(5_000);
    expect(pool.counted).toEqual([20]);
  });

  it('F23 shrinks to what it used, once it has not used all of it for the idle timeout', async () => {
    const pool = startPool(8);
    const runs = pool.run(8);
    await pool.pass(5_000);
    pool.end(runs.slice(5));
    await pool.pass(5_000); // the last of them ended within this check
    await pool.pass(30_000);
    expect(pool.slots.size).toBe(8);
    await pool.pass(5_000);
    expect(pool.slots.size).toBe(5);
    pool.end(runs.slice(0, 5));
    await pool.pass(90_000);
    expect(pool.slots.size).toBe(2);
    await pool.pass(600_000);
    expect(pool.resized).toEqual(['8 to 5', '5 to 2']);
  });

  it('F23 counts the idle time anew after a rush', async () => {
    const pool = startPool(4);
    await pool.pass(25_000);
    const runs = pool.run(4);
    pool.end(runs);
    await pool.pass(25_000);
    expect(pool.slots.size).toBe(4);
    await pool.pass(15_000);
    expect(pool.slots.size).toBe(2);
  });

  it('F23 reports a count that fails, and goes on', async () => {
    const pool = startPool();
    pool.run(2);
    pool.pending = 'away';
    await pool.pass(5_000);
    expect(pool.failures).toEqual(['count the backlog']);
    pool.pending = 100;
    await pool.pass(5_000);
    expect(pool.slots.size).toBe(4);
  });

  it('F23 leaves nothing behind when it stops', async () => {
    const pool = startPool();
    pool.scaler.stop();
    expect(pool.clock.nextTimerInMs).toBeUndefined();
  });
});

function startPool(size = 2) {
  const clock = new VirtualClock();
  const events = new EventBus(() => {});
  const resized: string[] = [];
  const failures: string[] = [];
  const counted: number[] = [];
  events.on('pool.resized', ({ from, to }) => resized.push(`${from} to ${to}`));
  events.on('engine.failed', ({ during }) => failures.push(during));
  const slots = new SlotBook(size, [handlerOf({ type: 'mail', concurrency: 10 })]);
  let grown = 0;
  const pool = { pending: 0 as number | 'away' };
  const scaler = new PoolScaler({
    scaling: SCALING,
    slots,
    clock,
    events,
    countPending: async (atMost) => {
      counted.push(atMost);
      if (pool.pending === 'away') throw new Error('the ledger is away');
      return Math.min(atMost, pool.pending);
    },
    onGrown: () => (grown += 1),
  });
  scaler.start();
  const run = (count: number) => {
    const claims = Array.from({ length: count }, () => claimOf({ type: 'mail' }));
    for (const claim of claims) slots.take(claim);
    return claims;
  };
  const end = (claims: ReturnType<typeof run>): void => {
    for (const claim of claims) slots.giveBack(claim);
  };
  /** Check by check, so that each sees what came of the one before. */
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += SCALING.checkIntervalMs) {
      clock.moveBy(SCALING.checkIntervalMs);
      await settled();
    }
  };
  return Object.assign(pool, {
    slots,
    scaler,
    clock,
    resized,
    failures,
    counted,
    grown: () => grown,
    run,
    end,
    pass,
  });
}
