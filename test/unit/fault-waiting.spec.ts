import { describe, expect, it } from 'vitest';
import { untilNothingIsLeft } from '../support/fault/wait-until.js';

const STANDSTILL = { longestStandstillMs: 30, everyMs: 2 };

/** Answers these numbers one after the other, and the last of them from then on. */
function counting(...numbers: number[]): { looks: number; next: () => number } {
  const count = {
    looks: 0,
    next: () => {
      count.looks += 1;
      return numbers[Math.min(count.looks, numbers.length) - 1] ?? 0;
    },
  };
  return count;
}

describe('a fault test that waits for the end of its work', () => {
  it('ends as soon as nothing is left', async () => {
    const count = counting(2, 1, 0, 7);
    await untilNothingIsLeft('the drain', count.next, STANDSTILL);
    expect(count.looks).toBe(3);
  });

  it('waits many times as long as nothing may change, as long as there is less and less', async () => {
    const begunAt = performance.now();
    const count = counting(...Array.from({ length: 101 }, (_, index) => 100 - index));
    await untilNothingIsLeft('the drain', count.next, STANDSTILL);
    expect(count.looks).toBe(101);
    expect(performance.now() - begunAt).toBeGreaterThan(3 * STANDSTILL.longestStandstillMs);
  });

  it.each([
    ['stands still', () => counting(5, 4).next, '4 are left'],
    [
      'goes up and down',
      () =>
        (
          (left) => () =>
            (left = left === 4 ? 5 : 4)
        )(4),
      'are left',
    ],
  ])('gives up when the work %s, and says how much is left', async (_, count, told) => {
    const waiting = untilNothingIsLeft('the drain', count(), STANDSTILL);
    await expect(waiting).rejects.toThrow(/Nothing came of this for 30 ms: the drain\./);
    await expect(waiting).rejects.toThrow(told);
  });
});
