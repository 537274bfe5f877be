import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_BACKOFF, retryDelayMs, type BackoffPolicy } from '../../../lib/core/retry-policy.js';

const middle = (): number => 0.5;
const DAY = 86_400_000;

function policy(fields: Partial<BackoffPolicy>): BackoffPolicy {
  return { ...DEFAULT_BACKOFF, jitter: 0, ...fields };
}

function delays(backoff: BackoffPolicy, count: number): number[] {
  return Array.from({ length: count }, (_, index) => retryDelayMs(backoff, index + 1, middle));
}

const policies = fc.record({
  strategy: fc.constantFrom('exponential' as const, 'polynomial' as const, 'fixed' as const),
  baseMs: fc.nat({ max: DAY }),
  factor: fc.double({ min: 1, max: 1_000, noNaN: true }),
  power: fc.double({ min: 0, max: 100, noNaN: true }),
  jitter: fc.double({ min: 0, max: 1, noNaN: true }),
  minMs: fc.nat({ max: 1_000 }),
  maxMs: fc.integer({ min: 1_000, max: DAY }),
});
const chances = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('retryDelayMs', () => {
  it('waits 1, 2, 4 and 8 s by default (F36)', () => {
    expect(delays(policy({}), 4)).toEqual([1_000, 2_000, 4_000, 8_000]);
    expect(retryDelayMs(DEFAULT_BACKOFF, 1, middle)).toBe(1_000);
  });

  it('waits 1, 16, 81, 256 and 625 s with the fourth power (F38)', () => {
    const seconds = delays(policy({ strategy: 'polynomial' }), 5).map((delayMs) => delayMs / 1_000);
    expect(seconds).toEqual([1, 16, 81, 256, 625]);
  });

  it('waits the same time again and again when it is fixed (F39)', () => {
    expect(delays(policy({ strategy: 'fixed', baseMs: 250 }), 3)).toEqual([250, 250, 250]);
  });

  it('varies by the jitter and no more', () => {
    expect(retryDelayMs(DEFAULT_BACKOFF, 3, () => 0)).toBe(3_600);
    expect(retryDelayMs(DEFAULT_BACKOFF, 3, () => 0.999_999)).toBe(4_400);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 16 }), chances, (failedAttempts, chance) => {
        const plain = 1_000 * 2 ** (failedAttempts - 1);
        const delayMs = retryDelayMs(DEFAULT_BACKOFF, failedAttempts, () => chance);
        expect(Math.abs(delayMs - plain)).toBeLessThanOrEqual(plain * 0.1 + 0.5);
      }),
    );
  });

  it('never waits longer than the cap, and spreads jobs that wait that long', () => {
    expect(delays(policy({ maxMs: 5_000 }), 5)).toEqual([1_000, 2_000, 4_000, 5_000, 5_000]);
    const capped = [0, 0.5, 0.9].map((chance) => retryDelayMs(DEFAULT_BACKOFF, 40, () => chance));
    expect(capped).toEqual([0.9 * DAY, DAY, DAY]);
  });

  it('never waits less than the least', () => {
    expect(retryDelayMs(policy({ baseMs: 10, minMs: 500, jitter: 1 }), 1, () => 0)).toBe(500);
  });

  it.each([1_100, 10_000, Number.MAX_SAFE_INTEGER])(
    'does not overflow after %i attempts',
    (failedAttempts) => {
      expect(retryDelayMs(policy({}), failedAttempts, middle)).toBe(DAY);
      expect(retryDelayMs(policy({ strategy: 'polynomial', power: 100 }), failedAttempts, middle)).toBe(DAY);
      expect(retryDelayMs(policy({ baseMs: 0 }), failedAttempts, middle)).toBe(0);
      expect(retryDelayMs(policy({ jitter: 1 }), failedAttempts, () => 0)).toBe(0);
    },
  );

  it('answers a whole number between the bounds for any policy, attempt and chance', () => {
    fc.assert(
      fc.property(
        policies,
        fc.integer({ min: 0, max: 20_000 }),
        chances,
        (backoff, failedAttempts, chance) => {
          const delayMs = retryDelayMs(backoff, failedAttempts, () => chance);
          expect(Number.isInteger(delayMs)).toBe(true);
          expect(delayMs).toBeGreaterThanOrEqual(backoff.minMs);
          expect(delayMs).toBeLessThanOrEqual(backoff.maxMs);
        },
      ),
    );
  });
});

describe('a backoff function of the user (F40)', () => {
  it('is asked with the number of failed attempts', () => {
    expect(retryDelayMs((failedAttempts) => failedAttempts * 100.4, 3, middle)).toBe(301);
    expect(retryDelayMs(() => 0, 3, middle)).toBe(0);
  });

  it.each([DAY + 1, Number.MAX_VALUE, Number.POSITIVE_INFINITY])(
    'waits a day when it answers %d',
    (answer) => {
      expect(retryDelayMs(() => answer, 1, middle)).toBe(DAY);
    },
  );

  it.each([
    ['NaN', () => Number.NaN],
    ['a negative number', () => -1],
    ['text', () => '5' as unknown as number],
    ['a promise', () => Promise.resolve(5) as unknown as number],
    ['nothing', () => undefined as unknown as number],
    [
      'with a throw',
      () => {
        throw new Error('no');
      },
    ],
  ])('gives way to the default policy when it answers %s', (_, backoff) => {
    expect(retryDelayMs(backoff, 3, middle)).toBe(4_000);
  });
});
