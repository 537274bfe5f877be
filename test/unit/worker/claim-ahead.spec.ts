import { describe, expect, it } from 'vitest';
import { ClaimAhead } from '../../../lib/worker/claim-ahead.js';
import { ManualClock } from '../../support/observability/manual-clock.js';

/** So many runs end in each claim's round trip of 3 ms. */
function steadyState(runsPerRound: number, concurrency: number): number {
  const clock = new ManualClock();
  const ahead = new ClaimAhead(clock, concurrency);
  let wanted = 0;
  for (let round = 0; round < 60; round += 1) {
    for (let run = 0; run < runsPerRound; run += 1) ahead.runEnded();
    clock.advance(3);
    wanted = ahead.claimTook(3);
  }
  return wanted;
}

describe('ClaimAhead', () => {
  it('lets nothing wait while jobs take their time', () => {
    expect(steadyState(0, 50)).toBe(0);
    expect(steadyState(2, 50)).toBe(0);
  });

  it('lets two round trips of work wait when jobs are quick', () => {
    expect(steadyState(90, 50)).toBeGreaterThan(160);
    expect(steadyState(90, 50)).toBeLessThanOrEqual(181);
  });

  it('never lets more wait than helps', () => {
    expect(steadyState(5_000, 50)).toBe(1_000);
    expect(steadyState(5_000, 5)).toBe(100);
  });
});
