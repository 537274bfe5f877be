import { describe, expect, it } from 'vitest';
import { about, perMinute } from '../../../../lib/dashboard/browser/words/numbers.js';

const HOUR_MS = 3_600_000;

describe('a rate per minute', () => {
  it.each([
    [0, '0'],
    [1, '< 0.1'],
    [3, '0.1'],
    [90, '1.5'],
    [6_000, '100'],
    [600_000, '10,000'],
  ])('F92 of %i in an hour is %s: what is small is not nothing', (amount, text) => {
    expect(perMinute(amount, HOUR_MS)).toBe(text);
  });
});

describe('an estimate', () => {
  it('F91 is said to be one', () => {
    expect(about(12_345)).toBe('≈ 12,345');
  });
});
