import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canMove } from '../../../lib/core/job-status.js';
import type { RunOutcome } from '../../../lib/core/outcome.js';
import { DEFAULT_BACKOFF } from '../../../lib/core/retry-policy.js';
import { settle, type RetryPolicy, type Settlement } from '../../../lib/core/settlement.js';
import { sampleClaim } from './sample-claim.js';

const policy: RetryPolicy = { backoff: DEFAULT_BACKOFF, resultLimitBytes: 1_024 };
const times = { startedAfterMs: 3, finishedAfterMs: 250 };
const error = new Error('503');

function settled(outcome: RunOutcome, retryCount: number, maxRetries = 3): Settlement {
  return settle(sampleClaim({ run: 9, retryCount, maxRetries }), outcome, times, policy, () => 0.5);
}

const completed: RunOutcome = { kind: 'completed', result: { id: 7 } };
const failed: RunOutcome = { kind: 'failed', error };
const timedOut: RunOutcome = { kind: 'timed-out', error };
const discarded: RunOutcome = { kind: 'discarded', error };
const snoozed: RunOutcome = { kind: 'snoozed', delayMs: 30_000 };
const snoozedForNothing: RunOutcome = { kind: 'snoozed', delayMs: 0 };
const retryAfter: RunOutcome = { kind: 'retry-after', delayMs: 120_000, error };
const released: RunOutcome = { kind: 'released' };
const cancelled: RunOutcome = { kind: 'cancelled', reason: '503' };
const cancelledWithoutReason: RunOutcome = { kind: 'cancelled', reason: null };
const expired: RunOutcome = { kind: 'expired', error };

const outcomes = fc.oneof(
  fc.record({ kind: fc.constant('completed' as const), result: fc.anything() }),
  fc.record({
    kind: fc.constantFrom('failed' as const, 'timed-out' as const, 'discarded' as const),
    error: fc.anything(),
  }),
  fc.record({ kind: fc.constant('snoozed' as const), delayMs: fc.nat() }),
  fc.record({ kind: fc.constant('retry-after' as const), delayMs: fc.nat(), error: fc.anything() }),
  fc.constant(released),
);
const counts = fc
  .tuple(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: 0, max: 10_000 }))
  .map(([first, second]) => ({ retryCount: Math.min(first, second), maxRetries: Math.max(first, second) }));

describe('settle', () => {
  it.each([
    // outcome, used retries, status, retries used afterwards, delay, keeps the error
    [completed, 0, 'completed', 0, 0, false],
    [completed, 3, 'completed', 3, 0, false],
    [failed, 0, 'failed', 1, 1_000, true],
    [failed, 1, 'failed', 2, 2_000, true],
    [failed, 2, 'failed', 3, 4_000, true],
    [failed, 3, 'dead', 3, 0, true],
    [failed, 4, 'dead', 4, 0, true],
    [timedOut, 0, 'failed', 1, 1_000, true],
    [timedOut, 3, 'dead', 3, 0, true],
    [retryAfter, 0, 'failed', 1, 120_000, true],
    [retryAfter, 2, 'failed', 3, 120_000, true],
    [retryAfter, 3, 'dead', 3, 0, true],
    [discarded, 0, 'dead', 0, 0, true],
    [discarded, 3, 'dead', 3, 0, true],
    [snoozed, 0, 'scheduled', 0, 30_000, false],
    [snoozed, 3, 'scheduled', 3, 30_000, false],
    [snoozedForNothing, 1, 'pending', 1, 0, false],
    [released, 0, 'pending', 0, 0, false],
    [released, 3, 'pending', 3, 0, false],
    [cancelled, 1, 'cancelled', 1, 0, true],
    [cancelledWithoutReason, 1, 'cancelled', 1, 0, false],
    [expired, 1, 'dead', 1, 0, true],
  ] as const)(
    '$kind with %i of 3 retries used is %s',
    (outcome, used, status, retryCount, delayMs, keepsError) => {
      const settlement = settled(outcome, used);
      expect(settlement).toMatchObject({ outcome: outcome.kind, status, retryCount, delayMs, ...times });
      expect(settlement.error?.message).toBe(keepsError ? '503' : undefined);
    },
  );

  it('is dead at the first failure when there are no retries', () => {
    expect(settled(failed, 0, 0).status).toBe('dead');
  });

  it('keeps the result of a completed run, and nobody else has one', () => {
    expect(settled(completed, 0).result).toBe('{"id":7}');
    const others = [failed, timedOut, discarded, snoozed, retryAfter, released];
    expect(others.map((outcome) => settled(outcome, 0).result)).toEqual(others.map(() => null));
  });

  it('does not fail a run whose result cannot be stored', () => {
    const settlement = settled({ kind: 'completed', result: { total: 5n } }, 0);
    expect(settlement.status).toBe('completed');
    expect(settlement.result).toContain('the result was not stored');
  });

  it('ends a run whose backoff function throws', () => {
    const throwing = (): number => {
      throw new Error('no');
    };
    const settlement = settle(sampleClaim(), failed, times, { ...policy, backoff: throwing }, () => 0.5);
    expect(settlement).toMatchObject({ status: 'failed', delayMs: 1_000 });
  });

  it('decides the same for the same arguments, and leaves them alone', () => {
    const claim = Object.freeze(sampleClaim());
    const decide = (): Settlement =>
      settle(claim, failed, Object.freeze({ ...times }), Object.freeze(policy), () => 0.1);
    expect(decide()).toEqual(decide());
  });

  it('keeps the rules for every outcome and every number of attempts', () => {
    fc.assert(
      fc.property(outcomes, counts, fc.integer({ min: 1 }), (outcome, { retryCount, maxRetries }, run) => {
        const claim = sampleClaim({ run, retryCount, maxRetries });
        const settlement = settle(claim, outcome, times, policy, () => 0.5);
        expect(settlement.claim).toBe(claim);
        expect(settlement.claim.run).toBe(run);
        expect(canMove('running', settlement.status)).toBe(true);
        expect(settlement.retryCount).toBeLessThanOrEqual(maxRetries);
        expect(settlement.retryCount - retryCount).toBe(settlement.status === 'failed' ? 1 : 0);
        expect(Number.isInteger(settlement.delayMs) && settlement.delayMs >= 0).toBe(true);
        if (settlement.status === 'pending') expect(settlement.delayMs).toBe(0);
        const endsBadly = settlement.status === 'failed' || settlement.status === 'dead';
        expect(settlement.error !== null).toBe(endsBadly);
      }),
    );
  });

  it('brings a job that always fails to its end after exactly maxRetries + 1 runs', () => {
    fc.assert(
      fc.property(fc.nat({ max: 50 }), (maxRetries) => {
        let retryCount = 0;
        let runs = 1;
        for (; settled(failed, retryCount, maxRetries).status !== 'dead'; runs += 1) {
          retryCount = settled(failed, retryCount, maxRetries).retryCount;
        }
        expect(runs).toBe(maxRetries + 1);
      }),
    );
  });
});
