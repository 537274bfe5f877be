import { describe, expect, it } from 'vitest';
import { axisTime, dayAndHour, exactTime } from '../../../../lib/dashboard/browser/time/exact-time.js';
import { ageSpan, relativeTime, shortSpan } from '../../../../lib/dashboard/browser/time/relative-time.js';

const NOW = Date.parse('2026-11-22T10:00:00Z');

describe('relativeTime', () => {
  it.each([
    ['2026-11-22T10:00:00.400Z', 'now'],
    ['2026-11-22T09:59:56Z', '4 s ago'],
    ['2026-11-22T09:56:50Z', '3 min ago'],
    ['2026-11-22T07:55:59Z', '2 h 4 min ago'],
    ['2026-11-22T00:00:00Z', '10 h ago'],
    ['2026-11-19T07:00:00Z', '3 d 3 h ago'],
    ['2026-11-22T10:05:00Z', 'in 5 min'],
    ['nonsense', 'unknown'],
  ])('calls %s %s', (instant, words) => {
    expect(relativeTime(instant, NOW)).toBe(words);
  });
});

describe('shortSpan', () => {
  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [1_000, '1 s'],
    [1_250, '1.2 s'],
    [9_990, '9.9 s'],
    [59_999, '59 s'],
    [250_000, '4 min 10 s'],
    [7_200_000, '2 h'],
    [183_600_000, '2 d 3 h'],
  ])('calls %i ms %s', (span, words) => {
    expect(shortSpan(span)).toBe(words);
  });

  it('counts an age in whole seconds', () => {
    expect([ageSpan(300), ageSpan(1_900), ageSpan(61_500)]).toEqual(['0 s', '1 s', '1 min 1 s']);
  });
});

describe('exactTime', () => {
  it('says the zone', () => {
    expect(exactTime('2026-11-22T10:04:09.120Z', 'Europe/Zurich')).toBe(
      '2026-11-22 11:04:09.120 Europe/Zurich',
    );
    expect(exactTime('2026-07-01T23:30:00.000Z', 'Asia/Kolkata')).toBe(
      '2026-07-02 05:00:00.000 Asia/Kolkata',
    );
  });

  it('shows what is no instant as it is', () => {
    expect(exactTime('soon', 'UTC')).toBe('soon');
  });

  it('marks an axis with hours within a day and with days beyond', () => {
    expect(axisTime('2026-11-22T10:04:00Z', 3_600_000, 'UTC')).toBe('10:04');
    expect(axisTime('2026-11-22T10:04:00Z', 7 * 86_400_000, 'UTC')).toBe('22.11.');
  });

  it('names the day of a tick', () => {
    expect(dayAndHour('2026-11-23T08:00:00Z', 'Europe/Zurich')).toBe('Mon 2026-11-23 09:00');
  });
});
