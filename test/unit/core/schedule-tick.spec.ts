import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CronExpression } from '../../../lib/core/cron-expression.js';
import type { JobStatus } from '../../../lib/core/job-status.js';
import { JOB_STATUSES } from '../../../lib/core/job-status.js';
import { MISSED_POLICIES } from '../../../lib/core/schedule.js';
import {
  decideTick,
  jitterOf,
  ON_TIME_MS,
  tickKey,
  type DueSchedule,
  type LastJob,
} from '../../../lib/core/schedule-tick.js';

const MINUTE = 60_000;
const PLANNED = Date.parse('2026-01-01T10:00:00Z');

function due(fields: Partial<DueSchedule> = {}): DueSchedule {
  return {
    name: 'digest',
    cron: '* * * * *',
    timezone: 'UTC',
    type: 'digest',
    queue: 'shop',
    payload: 'null',
    options: {},
    missed: 'once',
    missedWindowMs: 60 * MINUTE,
    overlap: 'allow',
    jitterMs: 0,
    source: 'dynamic',
    plannedMs: PLANNED,
    guard: 'here',
    lastJob: null,
    ...fields,
  };
}

function last(status: JobStatus, endedAtMs: number | null = null): LastJob {
  return { id: '01890a5d-ac96-774b-bcce-b302099a8057', status, endedAtMs };
}

describe('a tick that comes in time', () => {
  it.each(MISSED_POLICIES)('F50 has its job, late by less than %s would mind', (missed) => {
    for (const latenessMs of [0, 1, 900, ON_TIME_MS]) {
      expect(decideTick(due({ missed }), PLANNED + latenessMs)).toEqual({
        tickMs: PLANNED,
        nextMs: PLANNED + MINUTE,
        replaces: null,
        skipped: null,
      });
    }
  });

  it('is the last one when there is no other', () => {
    const cron = '0 10 1 1 *';
    expect(decideTick(due({ cron }), PLANNED)?.nextMs).toBe(Date.parse('2027-01-01T10:00:00Z'));
  });
});

describe('ticks that nobody ran in time', () => {
  const now = PLANNED + 90 * MINUTE + 10_000;

  it('F50 are skipped by `skip`, but for one that is only late', () => {
    expect(decideTick(due({ missed: 'skip' }), now)).toMatchObject({
      tickMs: PLANNED + 90 * MINUTE,
      nextMs: PLANNED + 91 * MINUTE,
      skipped: 'missed',
    });
    expect(decideTick(due({ missed: 'skip', cron: '0 * * * *' }), now)).toEqual({
      tickMs: null,
      nextMs: PLANNED + 120 * MINUTE,
      replaces: null,
      skipped: 'missed',
    });
  });

  it('F50 have one job together by `once`, that of the latest of them', () => {
    expect(decideTick(due({ missed: 'once', cron: '0 * * * *' }), now)).toMatchObject({
      tickMs: PLANNED + 60 * MINUTE,
      nextMs: PLANNED + 120 * MINUTE,
      skipped: 'missed',
    });
    expect(decideTick(due({ missed: 'once', cron: '0 10 * * *' }), now)).toMatchObject({
      tickMs: PLANNED,
      nextMs: PLANNED + 24 * 60 * MINUTE,
      skipped: null,
    });
  });

  it('F50 have each its own by `all`, within the window', () => {
    const all = due({ missed: 'all', missedWindowMs: 20 * MINUTE });
    expect(decideTick(all, now)).toMatchObject({
      tickMs: PLANNED + 71 * MINUTE,
      nextMs: PLANNED + 72 * MINUTE,
      skipped: 'missed',
    });
    expect(decideTick({ ...all, plannedMs: PLANNED + 72 * MINUTE }, now)).toMatchObject({
      tickMs: PLANNED + 72 * MINUTE,
      skipped: null,
    });
  });

  it('are never run before their time, nor in the wrong order, whatever the policy', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('* * * * *', '*/7 * * * *', '0 3 * * *', '*/10 * * * * *'),
        fc.constantFrom(...MISSED_POLICIES),
        fc.integer({ min: 0, max: 40 * 24 * 60 * MINUTE }),
        (cron, missed, latenessMs) => {
          const plannedMs = CronExpression.parse(cron, 'UTC').after(PLANNED) ?? 0;
          const now = plannedMs + latenessMs;
          const decision = decideTick(due({ cron, missed, plannedMs }), now);
          const { tickMs, nextMs } = decision ?? {};
          if (tickMs != null) {
            expect(tickMs).toBeGreaterThanOrEqual(plannedMs);
            expect(tickMs).toBeLessThanOrEqual(now);
            expect(CronExpression.parse(cron, 'UTC').atOrBefore(tickMs)).toBe(tickMs);
          }
          expect(nextMs).toBeGreaterThan(tickMs ?? now);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('a tick while the last job is unfinished', () => {
  const unfinished = JOB_STATUSES.filter((status) => !['completed', 'dead', 'cancelled'].includes(status));

  it.each(unfinished)('has a job beside one that is %s by `allow`', (status) => {
    expect(decideTick(due({ lastJob: last(status) }), PLANNED)).toMatchObject({
      tickMs: PLANNED,
      replaces: null,
    });
  });

  it.each(unfinished)('is skipped beside one that is %s by `skip`', (status) => {
    expect(decideTick(due({ overlap: 'skip', lastJob: last(status) }), PLANNED)).toEqual({
      tickMs: null,
      nextMs: PLANNED + MINUTE,
      replaces: null,
      skipped: 'overlap',
    });
  });

  it.each(unfinished)('waits for one that is %s by `queue`', (status) => {
    expect(decideTick(due({ overlap: 'queue', lastJob: last(status) }), PLANNED)).toBeUndefined();
  });

  it.each(unfinished)('takes the place of one that is %s by `replace`', (status) => {
    const lastJob = last(status);
    expect(decideTick(due({ overlap: 'replace', lastJob }), PLANNED)).toMatchObject({
      tickMs: PLANNED,
      replaces: lastJob.id,
    });
  });

  it.each(['skip', 'queue', 'replace'] as const)(
    'has its job by `%s` when the last one has ended',
    (overlap) => {
      for (const status of ['completed', 'dead', 'cancelled'] as const) {
        expect(decideTick(due({ overlap, lastJob: last(status, PLANNED - 1) }), PLANNED)).toMatchObject({
          tickMs: PLANNED,
          replaces: null,
        });
      }
    },
  );

  it('was not missed while it waited in line', () => {
    const lastJob = last('completed', PLANNED + 50 * MINUTE);
    const schedule = due({ overlap: 'queue', missed: 'skip', lastJob });
    expect(decideTick(schedule, PLANNED + 50 * MINUTE + 5_000)).toMatchObject({
      tickMs: PLANNED,
      skipped: null,
    });
    expect(decideTick(schedule, PLANNED + 52 * MINUTE)).toMatchObject({ tickMs: PLANNED + 52 * MINUTE });
  });
});

describe('jitter', () => {
  it('F52 is the same for the same tick, whoever computes it, and spread over its span', () => {
    const schedule = due({ jitterMs: 60_000 });
    const ticks = Array.from({ length: 500 }, (_, index) => PLANNED + index * MINUTE);
    const delays = ticks.map((tick) => jitterOf(schedule, tick));
    expect(delays).toEqual(ticks.map((tick) => jitterOf({ ...schedule }, tick)));
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...delays)).toBeLessThanOrEqual(60_000);
    const average = delays.reduce((sum, delay) => sum + delay) / delays.length;
    expect(average).toBeGreaterThan(25_000);
    expect(average).toBeLessThan(35_000);
    expect(jitterOf({ ...schedule, name: 'other' }, PLANNED)).not.toBe(jitterOf(schedule, PLANNED));
    expect(jitterOf(due(), PLANNED)).toBe(0);
  });
});

describe('the key of a tick', () => {
  it('names the application, the schedule and the instant', () => {
    expect(tickKey('shop', 'digest', PLANNED)).toBe('schedule/shop/digest/2026-01-01T10:00:00.000Z');
  });
});
