import { describe, expect, it } from 'vitest';
import type { Claim } from '../../../lib/core/claim.js';
import { isDangerous, Seclusion } from '../../../lib/worker/seclusion.js';
import { ManualClock } from '../../support/observability/manual-clock.js';
import { claimOf } from '../../support/worker/claims.js';

function stage() {
  const clock = new ManualClock();
  const process = { isQuiet: false };
  const started: Claim[] = [];
  const seclusion = new Seclusion({
    clock,
    isQuiet: () => process.isQuiet,
    start: ({ claim }) => started.push(claim),
  });
  return { clock, process, started, seclusion, claim: claimOf({ crashCount: 2 }) };
}

describe('a job that may be what processes die of', () => {
  it.each([
    [0, false],
    [1, false],
    [2, true],
    [5, true],
  ])('after %i deaths: %s', (crashCount, expected) => {
    expect(isDangerous(claimOf({ crashCount }))).toBe(expected);
  });

  it('begins only when nothing else is in the process, and keeps it closed until it has ended', () => {
    const { clock, process, started, seclusion, claim } = stage();
    expect(seclusion.isClosed).toBe(false);
    seclusion.take({ claim, claimedAtMs: 0 });
    clock.advance(10_000);
    expect(started).toEqual([]);
    expect(seclusion).toMatchObject({ isClosed: true, waiting: claim });
    process.isQuiet = true;
    clock.advance(100);
    clock.advance(100);
    expect(started).toEqual([claim]);
    expect(seclusion.isClosed).toBe(true);
    expect(seclusion.waiting).toBeUndefined();
    expect(seclusion.release(claim)).toBe(true);
    expect(seclusion.isClosed).toBe(false);
    expect(clock.timers).toBe(0);
  });

  it('may be given up before it has begun, and nobody else opens the process', () => {
    const { clock, process, started, seclusion, claim } = stage();
    seclusion.take({ claim, claimedAtMs: 0 });
    expect(seclusion.release(claimOf())).toBe(false);
    expect(seclusion.isClosed).toBe(true);
    expect(seclusion.release(claim)).toBe(true);
    process.isQuiet = true;
    clock.advance(1_000);
    expect(started).toEqual([]);
    expect(seclusion.release(claim)).toBe(false);
  });
});
