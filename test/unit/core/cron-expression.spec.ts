import { describe, expect, it } from 'vitest';
import { complaintAbout, CronExpression, isTimezone } from '../../../lib/core/cron-expression.js';

const NOW = Date.parse('2026-01-01T00:00:00Z');

function ticks(cron: string, timezone: string, after: string, count: number): string[] {
  return CronExpression.parse(cron, timezone)
    .nextTicks(count, Date.parse(after))
    .map((tick) => new Date(tick).toISOString().replace(':00.000Z', 'Z'));
}

describe('a cron expression', () => {
  it('F48 has five fields, or six with the seconds first', () => {
    expect(ticks('0 7 * * 1-5', 'UTC', '2026-01-02T06:00:00Z', 2)).toEqual([
      '2026-01-02T07:00Z',
      '2026-01-05T07:00Z',
    ]);
    expect(CronExpression.parse('*/15 * * * * *', 'UTC').nextTicks(2, NOW)).toEqual([
      NOW + 15_000,
      NOW + 30_000,
    ]);
  });

  it('is read in its zone', () => {
    expect(ticks('0 7 * * *', 'Europe/Berlin', '2026-01-01T00:00:00Z', 1)).toEqual(['2026-01-01T06:00Z']);
    expect(ticks('0 7 * * *', 'Asia/Kolkata', '2026-01-01T12:00:00Z', 1)).toEqual(['2026-01-02T01:30Z']);
  });

  it('counts a tick at its own instant where it is asked to', () => {
    const cron = CronExpression.parse('* * * * *', 'UTC');
    expect(cron.after(NOW)).toBe(NOW + 60_000);
    expect(cron.atOrAfter(NOW)).toBe(NOW);
    expect(cron.atOrAfter(NOW + 1)).toBe(NOW + 60_000);
    expect(cron.atOrBefore(NOW)).toBe(NOW);
    expect(cron.atOrBefore(NOW - 1)).toBe(NOW - 60_000);
    expect(cron.atOrBefore(NOW + 59_999)).toBe(NOW);
  });

  it.each([
    '* * * *',
    '* * * * * * 2027',
    'every day',
    '61 * * * *',
    '0 25 * * *',
    '0 0 31 2 *',
    '? * * * *',
    '',
  ])('F48 is refused when it is %j', (cron) =>
    expect(complaintAbout(cron, 'UTC', NOW)).toEqual(expect.any(String)),
  );

  it.each(['* * * * *', '0 0 29 2 *', '0 0 L * *', '0 9 * * MON#2', '@daily', '0-30/5 8-18 * * 1-5'])(
    'may be %j',
    (cron) => expect(complaintAbout(cron, 'UTC', NOW)).toBeUndefined(),
  );

  it('knows time zones by their IANA names', () => {
    expect(['UTC', 'Europe/Berlin', 'America/New_York'].every(isTimezone)).toBe(true);
    expect(['', 'Europe/Berln', 'Mars/Olympus', 7, null].some(isTimezone)).toBe(false);
  });
});

/** What happens in the night in which clocks change, by zone: the instants before it, and what each schedule does. */
const NIGHTS = [
  {
    night: 'Berlin, spring: 02:00–03:00 does not exist',
    zone: 'Europe/Berlin',
    after: '2026-03-28T23:15:00Z',
    daily: ['2026-03-29T01:00Z', '2026-03-30T00:30Z'],
    listed: ['2026-03-29T01:00Z', '2026-03-29T12:30Z'],
    hourly: ['2026-03-29T00:00Z', '2026-03-29T01:00Z', '2026-03-29T02:00Z'],
    halfHours: ['2026-03-28T23:30Z', '2026-03-29T00:00Z', '2026-03-29T00:30Z', '2026-03-29T01:00Z'],
  },
  {
    night: 'Berlin, autumn: 02:00–03:00 exists twice',
    zone: 'Europe/Berlin',
    after: '2026-10-24T23:45:00Z',
    daily: ['2026-10-25T00:30Z', '2026-10-26T01:30Z'],
    listed: ['2026-10-25T00:30Z', '2026-10-25T13:30Z'],
    hourly: ['2026-10-25T00:00Z', '2026-10-25T01:00Z', '2026-10-25T02:00Z'],
    halfHours: ['2026-10-25T00:00Z', '2026-10-25T00:30Z', '2026-10-25T01:00Z', '2026-10-25T01:30Z'],
  },
  {
    night: 'New York, spring: 02:00–03:00 does not exist',
    zone: 'America/New_York',
    after: '2026-03-08T05:45:00Z',
    daily: ['2026-03-08T07:00Z', '2026-03-09T06:30Z'],
    listed: ['2026-03-08T07:00Z', '2026-03-08T18:30Z'],
    hourly: ['2026-03-08T06:00Z', '2026-03-08T07:00Z', '2026-03-08T08:00Z'],
    halfHours: ['2026-03-08T06:00Z', '2026-03-08T06:30Z', '2026-03-08T07:00Z', '2026-03-08T07:30Z'],
  },
  {
    night: 'New York, autumn: 01:00–02:00 exists twice',
    zone: 'America/New_York',
    after: '2026-11-01T04:45:00Z',
    daily: ['2026-11-01T07:30Z', '2026-11-02T07:30Z'],
    listed: ['2026-11-01T07:30Z', '2026-11-01T19:30Z'],
    hourly: ['2026-11-01T05:00Z', '2026-11-01T06:00Z', '2026-11-01T07:00Z'],
    halfHours: ['2026-11-01T05:00Z', '2026-11-01T05:30Z', '2026-11-01T06:00Z', '2026-11-01T06:30Z'],
  },
];

describe.each(NIGHTS)('in the night when clocks change in $night', (night) => {
  const { zone, after } = night;

  it('F50 a time of day runs once, at the first instant that is not before it', () => {
    expect(ticks('30 2 * * *', zone, after, 2)).toEqual(night.daily);
  });

  it('a list of hours is as many times of day', () => {
    expect(ticks('30 2,14 * * *', zone, after, 2)).toEqual(night.listed);
  });

  it('every hour, and every half hour, is an hour or half an hour after the one before it', () => {
    expect(ticks('0 * * * *', zone, after, 3)).toEqual(night.hourly);
    expect(ticks('*/30 * * * *', zone, after, 4)).toEqual(night.halfHours);
  });

  it('looking back finds the ticks that looking ahead has found', () => {
    for (const expression of ['30 2 * * *', '30 2,14 * * *', '0 * * * *', '*/30 * * * *']) {
      const cron = CronExpression.parse(expression, zone);
      for (const tick of cron.nextTicks(6, Date.parse(after))) {
        expect(cron.atOrBefore(tick)).toBe(tick);
        expect(cron.atOrBefore(tick + 999)).toBe(tick);
      }
    }
  });
});

describe('the hour that exists twice', () => {
  it('runs a time of day once, the first time, and an interval both times', () => {
    const after = '2026-11-01T04:00:00Z';
    expect(ticks('30 1 * * *', 'America/New_York', after, 2)).toEqual([
      '2026-11-01T05:30Z',
      '2026-11-02T06:30Z',
    ]);
    expect(ticks('30 * * * *', 'America/New_York', after, 4)).toEqual([
      '2026-11-01T04:30Z',
      '2026-11-01T05:30Z',
      '2026-11-01T06:30Z',
      '2026-11-01T07:30Z',
    ]);
  });
});
