import { describe, expect, it } from 'vitest';
import { resolveOptions } from '../../../lib/core/resolve-options.js';
import { BACKOFF_PRESETS, retryDelayMs, type BackoffPolicy } from '../../../lib/core/retry-policy.js';

const ATTEMPTS = [1, 2, 3, 4, 5, 6, 7, 8];
const inTheMiddle = () => 0.5;

function delaysInSeconds(backoff: BackoffPolicy, random: () => number): number[] {
  return ATTEMPTS.map((attempt) => retryDelayMs(backoff, attempt, random) / 1_000);
}

describe('backoff presets', () => {
  it('F36 kyu doubles from one second, without jitter', () => {
    expect(delaysInSeconds(BACKOFF_PRESETS.kyu, inTheMiddle)).toEqual([1, 2, 4, 8, 16, 32, 64, 128]);
    expect(delaysInSeconds(BACKOFF_PRESETS.kyu, () => 0)).toEqual([1, 2, 4, 8, 16, 32, 64, 128]);
  });

  it('F37 pgqueue doubles from two seconds, from half to one and a half of it', () => {
    expect(delaysInSeconds(BACKOFF_PRESETS.pgqueue, inTheMiddle)).toEqual([2, 4, 8, 16, 32, 64, 128, 256]);
    expect(delaysInSeconds(BACKOFF_PRESETS.pgqueue, () => 0)).toEqual([1, 2, 4, 8, 16, 32, 64, 128]);
    expect(delaysInSeconds(BACKOFF_PRESETS.pgqueue, () => 0.999_999_999)).toEqual([
      3, 6, 12, 24, 48, 96, 192, 384,
    ]);
  });

  it('F38 asynqpg takes the fourth power, ± a tenth, at least a second and at most a day', () => {
    expect(delaysInSeconds(BACKOFF_PRESETS.asynqpg, inTheMiddle)).toEqual([
      1, 16, 81, 256, 625, 1_296, 2_401, 4_096,
    ]);
    expect(delaysInSeconds(BACKOFF_PRESETS.asynqpg, () => 0)[0]).toBe(1);
    expect(delaysInSeconds(BACKOFF_PRESETS.asynqpg, () => 0)[1]).toBe(14.4);
    expect(retryDelayMs(BACKOFF_PRESETS.asynqpg, 1_000, inTheMiddle)).toBe(24 * 3_600_000);
  });

  it('F40 is chosen by name, and a misspelt one is a mistake', () => {
    expect(resolveOptions({ defaults: { backoff: 'pgqueue' } }).backoff).toEqual(BACKOFF_PRESETS.pgqueue);
    expect(() => resolveOptions({ defaults: { backoff: 'pgque' as 'pgqueue' } })).toThrow(
      /defaults\.backoff.*did you mean "pgqueue"/s,
    );
  });
});
