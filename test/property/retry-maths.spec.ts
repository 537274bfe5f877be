import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_BACKOFF, retryDelayMs, type BackoffPolicy } from '../../lib/core/retry-policy.js';
import { settle } from '../../lib/core/settlement.js';
import { sampleClaim } from '../unit/core/sample-claim.js';

const DAY = 86_400_000;
const middle = (): number => 0.5;

const policies: fc.Arbitrary<BackoffPolicy> = fc.record({
  strategy: fc.constantFrom('exponential' as const, 'polynomial' as const, 'fixed' as const),
  baseMs: fc.nat({ max: DAY }),
  factor: fc.double({ min: 1, max: 100, noNaN: true }),
  power: fc.double({ min: 0, max: 20, noNaN: true }),
  jitter: fc.double({ min: 0, max: 1, noNaN: true }),
  minMs: fc.nat({ max: 1_000 }),
  maxMs: fc.integer({ min: 1_000, max: DAY }),
});
const attempts = fc.integer({ min: 1, max: 2_000 });
const chances = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('the delay before the next attempt', () => {
  it('never shrinks as failures add up', () => {
    fc.assert(
      fc.property(policies, attempts, chances, (policy, failed, chance) => {
        const [sooner, later] = [failed, failed + 1].map((count) =>
          retryDelayMs(policy, count, () => chance),
        );
        expect(later).toBeGreaterThanOrEqual(sooner ?? Number.NaN);
      }),
    );
  });

  it('never shrinks as the draw grows, and lies around the delay without jitter', () => {
    fc.assert(
      fc.property(policies, attempts, chances, chances, (policy, failed, first, second) => {
        const draw = (chance: number): number => retryDelayMs(policy, failed, () => chance);
        expect(draw(Math.max(first, second))).toBeGreaterThanOrEqual(draw(Math.min(first, second)));
        const plain = retryDelayMs({ ...policy, jitter: 0 }, failed, middle);
        expect(draw(0)).toBeLessThanOrEqual(plain);
        expect(draw(0.999_999_999)).toBeGreaterThanOrEqual(plain - 1);
      }),
    );
  });

  it('is drawn once, and not at all where there is no jitter', () => {
    fc.assert(
      fc.property(policies, attempts, (policy, failed) => {
        let draws = 0;
        retryDelayMs(policy, failed, () => ((draws += 1), 0.5));
        expect(draws).toBe(policy.jitter === 0 ? 0 : 1);
      }),
    );
  });

  it('is a whole number of ms within a day, whatever a function of the user answers', () => {
    fc.assert(
      fc.property(fc.oneof(fc.double(), fc.anything()), attempts, chances, (answer, failed, chance) => {
        const delayMs = retryDelayMs(
          () => answer as number,
          failed,
          () => chance,
        );
        expect(Number.isInteger(delayMs) && delayMs >= 0 && delayMs <= DAY).toBe(true);
      }),
    );
  });

  it('is the one of the nth failure when a run fails for the nth time', () => {
    fc.assert(
      fc.property(policies, fc.nat({ max: 50 }), chances, (backoff, retryCount, chance) => {
        const claim = sampleClaim({ retryCount, maxRetries: 51 });
        const times = { startedAfterMs: 0, finishedAfterMs: 1 };
        const outcome = { kind: 'failed', error: new Error('503') } as const;
        const settlement = settle(claim, outcome, times, { backoff, resultLimitBytes: 9 }, () => chance);
        expect(settlement.delayMs).toBe(retryDelayMs(backoff, retryCount + 1, () => chance));
      }),
    );
  });

  it('adds up over a life with the default policy: 1, 2, 4 … s, give or take a tenth', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 16 }), fc.infiniteStream(chances), (retries, stream) => {
        const random = (): number => stream.next().value ?? 0;
        let waitedMs = 0;
        for (let failed = 1; failed <= retries; failed += 1)
          waitedMs += retryDelayMs(DEFAULT_BACKOFF, failed, random);
        const plainMs = (2 ** retries - 1) * 1_000;
        expect(Math.abs(waitedMs - plainMs)).toBeLessThanOrEqual(plainMs * 0.1 + retries);
      }),
    );
  });
});
