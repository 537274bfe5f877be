import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readDeclaredSchedules, refuseRepeatedNames } from '../../../lib/core/declared-schedules.js';
import type { ConfigProblem } from '../../../lib/core/errors.js';
import { defineJob } from '../../../lib/core/job-definition.js';
import { DEFAULT_PRIORITIES } from '../../../lib/core/option-defaults.js';
import { readSchedule } from '../../../lib/core/resolve-schedule.js';

const READING = {
  defaultsFor: () => ({ queue: 'shop', maxRetries: 3, timeoutMs: 30_000 }),
  payloadLimitBytes: 2_000,
  priorities: DEFAULT_PRIORITIES,
  nowMs: Date.parse('2026-01-01T00:00:00Z'),
};
const GOOD = { name: 'digest', cron: '0 7 * * *', type: 'send_digest' };

async function problemsOf(given: unknown): Promise<ConfigProblem[]> {
  const problems: ConfigProblem[] = [];
  expect(await readSchedule(given, 'dynamic', READING, problems)).toBeUndefined();
  return problems;
}

describe('a schedule as code gives it', () => {
  it('gets every default', async () => {
    expect(await readSchedule(GOOD, 'dynamic', READING, [])).toEqual({
      name: 'digest',
      cron: '0 7 * * *',
      timezone: 'UTC',
      type: 'send_digest',
      queue: 'shop',
      payload: 'null',
      options: {},
      missed: 'once',
      missedWindowMs: 3_600_000,
      overlap: 'allow',
      jitterMs: 0,
      source: 'dynamic',
    });
  });

  it('F52 carries the options of its jobs', async () => {
    const given = {
      ...GOOD,
      ...{ payload: { tenant: 42 }, queue: 'reports', priority: 'high', maxRetries: 1, timeout: '2m' },
      ...{ tags: ['tenant:42'] },
      ...{ timezone: 'Europe/Berlin', missed: 'all', missedWindow: '2h', overlap: 'queue', jitter: '30s' },
    };
    expect(await readSchedule(given, 'provider', READING, [])).toMatchObject({
      payload: '{"tenant":42}',
      queue: 'reports',
      options: { priority: 'high', maxRetries: 1, timeout: '2m', tags: ['tenant:42'] },
      timezone: 'Europe/Berlin',
      missed: 'all',
      missedWindowMs: 7_200_000,
      overlap: 'queue',
      jitterMs: 30_000,
      source: 'provider',
    });
  });

  it.each([
    ['cron', { ...GOOD, cron: '* * *' }, /five fields/],
    ['cron', { ...GOOD, cron: 7 }, /five fields/],
    ['cron', { ...GOOD, cron: '0 0 30 2 *' }, /six with the seconds/],
    ['timezone', { ...GOOD, timezone: 'Europe/Berln' }, /IANA/],
    ['name', { ...GOOD, name: 'a b' }, /letters, digits/],
    ['name', { cron: '* * * * *', type: 'x' }, /letters, digits/],
    ['type', { ...GOOD, type: '' }, /defineJob/],
    ['missed', { ...GOOD, missed: 'never' }, /'skip' or 'once' or 'all'/],
    ['overlap', { ...GOOD, overlap: 'wait' }, /'allow' or 'skip'/],
    ['jitter', { ...GOOD, jitter: '-1s' }, /duration/],
    ['priority', { ...GOOD, priority: 'urgent' }, /high/],
    ['tags', { ...GOOD, tags: 'x' }, /^at most 20 texts of 1 to 128 characters/],
    ['queue', { ...GOOD, queue: '{x}' }, /queue name/],
    ['maxRetries', { ...GOOD, maxRetries: -1 }, /whole number/],
    ['payload', { ...GOOD, payload: { at: Number.NaN } }, /plain JSON/],
    ['payload', { ...GOOD, payload: 'x'.repeat(3_000) }, /reference/],
    ['timezon', { ...GOOD, timezon: 'UTC' }, /timezone/],
  ])('F48 is refused for its %s (case %#)', async (field, given, allowed) => {
    const problems = await problemsOf(given);
    expect(problems.map((problem) => problem.field)).toEqual([field]);
    expect(problems[0]?.allowed).toMatch(allowed);
  });

  it('says of a payload what `enqueue` would say', async () => {
    expect(await problemsOf({ ...GOOD, payload: { at: Number.NaN } })).toEqual([
      {
        field: 'payload',
        value: 'payload.at is NaN, which JSON turns into null',
        allowed: 'plain JSON data',
      },
    ]);
  });

  it('is an object', async () => {
    expect(await problemsOf('* * * * *')).toContainEqual(expect.objectContaining({ allowed: 'an object' }));
  });

  it('names every mistake at once, and what was probably meant', async () => {
    const problems = await problemsOf({ ...GOOD, cron: 'x', timezone: 'y', overlap: 'skipp', jiter: 1 });
    expect(problems.map(({ field }) => field).sort()).toEqual(['cron', 'jiter', 'overlap', 'timezone']);
    expect(problems.find(({ field }) => field === 'overlap')?.suggestion).toBe('skip');
    expect(problems.find(({ field }) => field === 'jiter')?.suggestion).toBe('jitter');
  });

  it('has its payload checked by the schema of its token', async () => {
    const type = defineJob('send_digest', { schema: z.object({ to: z.email() }) });
    const good = { ...GOOD, type, payload: { to: 'a@b.example' } };
    expect(await readSchedule(good, 'dynamic', READING, [])).toMatchObject({ type: 'send_digest' });
    expect(await problemsOf({ ...good, payload: { to: 'nobody' } })).toMatchObject([
      { field: 'payload', value: expect.stringContaining('payload.to') as unknown },
    ]);
  });
});

describe('what code declares', () => {
  it('is refused with the place of each mistake', async () => {
    const written = [
      { schedule: { ...GOOD, cron: 'x' }, source: 'decorator', place: 'Reports.digest in ReportsModule' },
      { schedule: { ...GOOD, name: 'b', timezone: 'y' }, source: 'options', place: 'schedules[0]' },
    ] as const;
    await expect(readDeclaredSchedules(written, READING)).rejects.toThrow(
      /Reports\.digest in ReportsModule: cron[\s\S]*schedules\[0\]: timezone/,
    );
  });

  it('has each name once', () => {
    const one = { schedule: GOOD, source: 'options', place: 'schedules[0]' } as const;
    expect(() => refuseRepeatedNames([one, { ...one, place: 'Reports.digest' }])).toThrow(
      'Schedule "digest" exists twice: schedules[0] and Reports.digest.',
    );
  });
});
