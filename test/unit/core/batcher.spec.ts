import { setImmediate as nextTurn } from 'node:timers/promises';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Batcher } from '../../../lib/core/batcher.js';

/** Flushes that end when the test says so. */
class HeldFlushes {
  readonly batches: number[][] = [];
  mostAtOnce = 0;
  private readonly releases: (() => void)[] = [];
  private underWay = 0;

  readonly flush = async (items: number[]): Promise<void> => {
    this.batches.push(items);
    this.underWay += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.underWay);
    await new Promise<void>((resolve) => this.releases.push(resolve));
    this.underWay -= 1;
  };

  /** Ends the flush that has been under way longest, and lets what follows happen. */
  async release(): Promise<void> {
    this.releases.shift()?.();
    await nextTurn();
    await nextTurn();
  }

  get held(): number {
    return this.underWay;
  }
}

function pushAll(batcher: Batcher<number>, items: readonly number[]): void {
  for (const item of items) batcher.push(item);
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await nextTurn();
}

describe('Batcher', () => {
  it('puts what is pushed in one turn of the event loop into one batch, in order', async () => {
    const held = new HeldFlushes();
    const batcher = new Batcher<number>({ flush: held.flush, maxSize: 100, maxInFlight: 1 });
    pushAll(batcher, [1, 2, 3]);
    await Promise.resolve();
    pushAll(batcher, [4]);
    expect(held.batches).toEqual([]);
    await turns(2);
    expect(held.batches).toEqual([[1, 2, 3, 4]]);
  });

  it('collects the next batch while one is under way', async () => {
    const held = new HeldFlushes();
    const batcher = new Batcher<number>({ flush: held.flush, maxSize: 100, maxInFlight: 1 });
    pushAll(batcher, [1]);
    await turns(2);
    pushAll(batcher, [2]);
    await turns(3);
    pushAll(batcher, [3]);
    await turns(3);
    expect(held.batches).toEqual([[1]]);
    expect(batcher.size).toBe(3);
    await held.release();
    expect(held.batches).toEqual([[1], [2, 3]]);
  });

  it('never makes a batch larger than maxSize', async () => {
    const held = new HeldFlushes();
    const batcher = new Batcher<number>({ flush: held.flush, maxSize: 2, maxInFlight: 1 });
    pushAll(batcher, [1, 2, 3, 4, 5]);
    await turns(2);
    expect(held.batches).toEqual([[1, 2]]);
    await held.release();
    await held.release();
    expect(held.batches).toEqual([[1, 2], [3, 4], [5]]);
  });

  it('never has more than maxInFlight flushes under way, and uses them', async () => {
    const held = new HeldFlushes();
    const batcher = new Batcher<number>({ flush: held.flush, maxSize: 1, maxInFlight: 3 });
    pushAll(batcher, [1, 2, 3, 4, 5]);
    await turns(2);
    expect(held.batches).toEqual([[1], [2], [3]]);
    await held.release();
    expect(held.batches).toEqual([[1], [2], [3], [4]]);
    expect(held.mostAtOnce).toBe(3);
  });

  it('is idle when nothing waits and nothing is under way', async () => {
    const held = new HeldFlushes();
    const batcher = new Batcher<number>({ flush: held.flush, maxSize: 1, maxInFlight: 2 });
    await batcher.whenIdle();
    pushAll(batcher, [1, 2, 3]);
    let idle = 0;
    const waits = [1, 2].map(async () => {
      await batcher.whenIdle();
      idle += 1;
    });
    await turns(2);
    await held.release();
    await held.release();
    expect(idle).toBe(0);
    await held.release();
    await Promise.all(waits);
    expect(idle).toBe(2);
    expect(batcher.size).toBe(0);
  });

  it('works again after it was idle', async () => {
    const batches: number[][] = [];
    const batcher = new Batcher<number>({
      flush: async (items) => {
        batches.push(items);
      },
      maxSize: 10,
      maxInFlight: 1,
    });
    pushAll(batcher, [1]);
    await batcher.whenIdle();
    pushAll(batcher, [2]);
    await batcher.whenIdle();
    expect(batches).toEqual([[1], [2]]);
  });

  it('hands every item over once, in order, whatever the sizes and the timing', async () => {
    const plans = fc.record({
      bursts: fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 8 }),
      maxSize: fc.integer({ min: 1, max: 7 }),
      maxInFlight: fc.integer({ min: 1, max: 3 }),
      releases: fc.array(fc.nat({ max: 2 }), { minLength: 8, maxLength: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(plans, async ({ bursts, maxSize, maxInFlight, releases }) => {
        const held = new HeldFlushes();
        const batcher = new Batcher<number>({ flush: held.flush, maxSize, maxInFlight });
        let pushed = 0;
        for (const [index, burst] of bursts.entries()) {
          for (let item = 0; item < burst; item += 1) batcher.push(pushed++);
          await turns(2);
          for (let release = releases[index] ?? 0; release > 0; release -= 1) await held.release();
        }
        while (held.held > 0) await held.release();
        await batcher.whenIdle();
        expect(held.batches.flat()).toEqual(Array.from({ length: pushed }, (_, item) => item));
        expect(held.batches.every((batch) => batch.length >= 1 && batch.length <= maxSize)).toBe(true);
        expect(held.mostAtOnce).toBeLessThanOrEqual(maxInFlight);
      }),
      { numRuns: 60 },
    );
  });
});
