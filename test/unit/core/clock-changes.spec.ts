import { describe, expect, it } from 'vitest';
import { clockChangeNote } from '../../../lib/core/clock-changes.js';
import { cronInWords } from '../../../lib/core/cron-words.js';

const NOW = Date.parse('2027-01-10T12:00:00Z');
const note = (cron: string, zone = 'Europe/Berlin'): string | null => clockChangeNote(cron, zone, NOW);

describe('F51 a schedule in words', () => {
  it.each([
    ['30 7 * * 1-5', 'At 07:30, Monday through Friday'],
    ['*/5 * * * *', 'Every 5 minutes'],
    ['0 30 2 1 * *', 'At 02:30, on day 1 of the month'],
    ['no cron at all', 'no cron at all'],
  ])('F51 says %j', (cron, words) => {
    expect(cronInWords(cron)).toBe(words);
  });

  it('F51 tells of a tick in an hour that the clocks skip, and of one that comes twice', () => {
    expect(note('30 2 * * *')).toBe(
      'On 2027-03-28 the clocks skip 02:00 to 03:00: the tick at 02:30 runs at 03:00. ' +
        'On 2027-10-31 the clocks show 02:00 to 03:00 twice: the tick at 02:30 runs once, at the first.',
    );
    expect(note('*/20 2 * * *')).toContain('is left out');
    expect(note('*/20 2 * * *')).toContain('runs both times');
    expect(note('15 30 2 * * *')).toContain('02:30');
  });

  it('F51 says nothing where no tick is touched', () => {
    expect(note('30 7 * * *')).toBeNull();
    expect(note('30 2 * * 1')).toBeNull();
    expect(note('* * * * *')).toBeNull();
    expect(note('0 */2 * * *')).toBeNull();
    expect(note('30 2 * * *', 'UTC')).toBeNull();
    expect(note('30 2 * * *', 'Asia/Kolkata')).toBeNull();
  });

  it('F51 knows zones that change by half an hour, at another date, or the other way round', () => {
    expect(note('15 2 * * *', 'Australia/Lord_Howe')).toContain('02:00 to 02:30');
    expect(note('30 1 * * *', 'America/New_York')).toContain('2027-11-07');
  });
});
