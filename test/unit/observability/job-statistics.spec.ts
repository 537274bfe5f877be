import { describe, expect, it } from 'vitest';
import { EventBus } from '../../../lib/core/event-bus.js';
import { BoundedNames } from '../../../lib/observability/bounded-names.js';
import { JobStatisticsBook } from '../../../lib/observability/job-statistics.js';
import { claim, EVERY_END, settlement } from '../../support/observability/runs.js';

function book() {
  const events = new EventBus();
  const statistics = new JobStatisticsBook(events);
  const run = (given: { type?: string; priority?: number }, end: string, tookMs: number): void => {
    const claimed = claim(given);
    events.emit('runs.claimed', { queue: 'shop', claims: [claimed], hints: 1 });
    const settled = settlement({ ...EVERY_END[end], claim: claimed, finishedAfterMs: tookMs });
    events.emit('runs.settled', { settlements: [settled] });
  };
  return { statistics, run };
}

describe('the counters of a process', () => {
  it('F108 are kept by priority and type, and can be read', () => {
    const { statistics, run } = book();
    run({ priority: 10 }, 'completed', 5);
    run({ priority: 10 }, 'failed', 7);
    run({ priority: 0 }, 'exhausted', 1);
    run({ type: 'report' }, 'completed', 100);
    expect(statistics.read()).toEqual([
      { type: 'report', priority: 0, started: 1, succeeded: 1, failed: 0, totalDurationMs: 100 },
      { type: 'send_email', priority: 10, started: 2, succeeded: 1, failed: 1, totalDurationMs: 12 },
      { type: 'send_email', priority: 0, started: 1, succeeded: 0, failed: 1, totalDurationMs: 1 },
    ]);
  });

  it('F108 stay as they were read, so that two readings can be compared', () => {
    const { statistics, run } = book();
    run({}, 'completed', 5);
    const before = statistics.read();
    run({}, 'completed', 7);
    expect(before).toMatchObject([{ started: 1, succeeded: 1, totalDurationMs: 5 }]);
    expect(statistics.read()).toMatchObject([{ started: 2, succeeded: 2, totalDurationMs: 12 }]);
  });

  it('F108 count a run that neither succeeded nor failed as started only', () => {
    const { statistics, run } = book();
    for (const end of ['snoozed', 'released', 'cancelled']) run({}, end, 9);
    expect(statistics.read()).toEqual([
      { type: 'send_email', priority: 0, started: 3, succeeded: 0, failed: 0, totalDurationMs: 0 },
    ]);
  });

  it('F107 do not grow with made-up types and priorities', () => {
    const { statistics, run } = book();
    for (let number = 0; number < 200; number += 1) run({ type: `type-${number}` }, 'completed', 1);
    for (let priority = 0; priority < 100; priority += 1) run({ type: 'type-0', priority }, 'completed', 1);
    const read = statistics.read();
    expect(new Set(read.map(({ type }) => type)).size).toBe(101);
    expect(read.find(({ type }) => type === 'other')).toMatchObject({ started: 100 });
    const ofOne = read.filter(({ type }) => type === 'type-0');
    expect(ofOne).toHaveLength(33);
    expect(ofOne.at(-1)).toMatchObject({ priority: 'other', started: 68 });
  });
});

describe('names as label values', () => {
  it('F107 stand for themselves until there are too many', () => {
    const names = new BoundedNames(2, 'other');
    expect(['a', 'b', 'c', 'a', 'c'].map((name) => names.of(name))).toEqual([
      'a',
      'b',
      'other',
      'a',
      'other',
    ]);
  });
});
