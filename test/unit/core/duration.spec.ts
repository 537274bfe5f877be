import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, LONGEST_DURATION_MS, parseDuration } from '../../../lib/core/duration.js';

describe('parseDuration', () => {
  it.each([
    [0, 0],
    [-0, 0],
    [1_500, 1_500],
    [1_500.4, 1_500],
    ['1500', 1_500],
    ['250ms', 250],
    ['30s', 30_000],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
    ['1.5s', 1_500],
    ['1.1s', 1_100],
    [' 10s ', 10_000],
    [LONGEST_DURATION_MS, LONGEST_DURATION_MS],
  ])('reads %j as %i ms', (given, milliseconds) => {
    expect(parseDuration(given)).toBe(milliseconds);
  });

  it.each([0.2, '0.2ms', '0.0001s'])('never turns %j into 0, which would mean "no limit"', (given) => {
    expect(parseDuration(given)).toBe(1);
  });

  it.each([
    -1,
    -0.1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    LONGEST_DURATION_MS + 1,
    '-5s',
    '',
    ' ',
    's',
    '5 s',
    '5S',
    '5x',
    '1h-30m',
    '1e3',
    '0x10',
    '٥s',
    '5s\n6',
    `${'9'.repeat(400)}d`,
    null,
    undefined,
    true,
    5n,
    [],
    {},
    new Date(0),
  ])('does not take %s for a duration', (given) => {
    expect(parseDuration(given)).toBeUndefined();
  });

  it('reads back every duration that formatDuration writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: LONGEST_DURATION_MS }), (milliseconds) => {
        expect(parseDuration(formatDuration(milliseconds))).toBe(milliseconds);
      }),
    );
  });

  it('answers a whole number within bounds, or nothing, for anything', () => {
    fc.assert(
      fc.property(fc.anything(), (given) => {
        const milliseconds = parseDuration(given) ?? 0;
        expect(Number.isInteger(milliseconds)).toBe(true);
        expect(milliseconds).toBeGreaterThanOrEqual(0);
        expect(milliseconds).toBeLessThanOrEqual(LONGEST_DURATION_MS);
      }),
    );
  });

  it('does not take long over hostile text', () => {
    const startedAt = performance.now();
    expect(parseDuration(`${'1m'.repeat(50_000)}!`)).toBeUndefined();
    expect(parseDuration('1'.repeat(100_000))).toBeUndefined();
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0ms'],
    [0.3, '0ms'],
    [90_000, '1m30s'],
    [90_061_001, '1d1h1m1s1ms'],
    [-5_000, '-5s'],
  ])('writes %i as %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });
});
