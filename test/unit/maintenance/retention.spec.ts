import { describe, expect, it } from 'vitest';
import { EventBus } from '../../../lib/core/event-bus.js';
import type { KyuEvents } from '../../../lib/core/events.js';
import type { RetentionProgress, RetentionStep } from '../../../lib/core/ports/retention.js';
import type { ResolvedRetentionRule } from '../../../lib/core/retention-options.js';
import { Retention } from '../../../lib/maintenance/retention.js';
import { ManualClock } from '../../support/observability/manual-clock.js';

const HOUR_MS = 3_600_000;
const RULE: ResolvedRetentionRule = {
  status: 'completed',
  keepForMs: 1_000,
  action: 'delete',
  onlyTypes: null,
  exceptTypes: [],
};
const TURN = { queue: 'shop', sinceLastMs: null, quietForMs: 0 };
const END: RetentionProgress = { retired: 0, seen: 0, reached: null };

/** A ledger that answers as the test says, and keeps what it was asked. */
function stage(rules: readonly ResolvedRetentionRule[] = [RULE], batchSize = 10) {
  const clock = new ManualClock();
  const events = new EventBus();
  const told: KyuEvents['jobs.retired'][] = [];
  events.on('jobs.retired', (event) => void told.push(event));
  const asked: RetentionStep[] = [];
  const answers: RetentionProgress[] = [];
  const ledger = {
    retire: async (step: RetentionStep): Promise<RetentionProgress> => {
      asked.push(step);
      return answers.shift() ?? END;
    },
  };
  const queues = ['shop', 'reports'];
  const settings = { rules, batchSize, everyMs: 60_000 };
  const retention = new Retention({ queues, ledger, clock, events, retention: settings });
  return { clock, told, asked, answers, retention };
}

describe('retention', () => {
  it('is not needed without a rule', () => {
    expect(stage([]).retention.isNeeded).toBe(false);
    expect(stage().retention.isNeeded).toBe(true);
  });

  it('goes on batch by batch until one is not full, and tells what it did', async () => {
    const { retention, asked, answers, told } = stage();
    answers.push({ retired: 7, seen: 10, reached: 'a' }, { retired: 0, seen: 10, reached: 'b' });
    answers.push({ retired: 2, seen: 3, reached: 'c' });
    await retention.perform(TURN);
    expect(asked.map(({ queue, from, limit }) => [queue, from, limit])).toEqual([
      ['shop', null, 10],
      ['shop', 'a', 10],
      ['shop', 'b', 10],
    ]);
    expect(told).toEqual([
      { queue: 'shop', status: 'completed', action: 'delete', count: 7 },
      { queue: 'shop', status: 'completed', action: 'delete', count: 2 },
    ]);
  });

  it('goes on where its last pass ended, rule by rule and queue by queue', async () => {
    const { retention, asked, answers } = stage([RULE, { ...RULE, status: 'dead' }]);
    answers.push({ retired: 0, seen: 3, reached: 'a' }, { retired: 0, seen: 4, reached: 'b' });
    await retention.perform(TURN);
    await retention.perform(TURN);
    await retention.perform({ ...TURN, queue: 'reports' });
    expect(asked.map(({ status, queue, from }) => [status, queue, from])).toEqual([
      ['completed', 'shop', null],
      ['dead', 'shop', null],
      ['completed', 'shop', 'a'],
      ['dead', 'shop', 'b'],
      ['completed', 'reports', null],
      ['dead', 'reports', null],
    ]);
  });

  it('starts over after an hour, because a job may have come to lie behind', async () => {
    const { retention, asked, answers, clock } = stage();
    answers.push({ retired: 0, seen: 3, reached: 'a' });
    await retention.perform(TURN);
    clock.advance(HOUR_MS - 1);
    await retention.perform(TURN);
    clock.advance(1);
    await retention.perform(TURN);
    expect(asked.map(({ from }) => from)).toEqual([null, 'a', null]);
  });

  it('looks wider where more jobs ended in one instant than one look takes in', async () => {
    const { retention, asked, answers } = stage();
    const kept = { retired: 0, reached: 'noon' };
    answers.push({ ...kept, seen: 10 }, { ...kept, seen: 10 }, { ...kept, seen: 20 });
    answers.push({ retired: 0, seen: 40, reached: 'one' });
    await retention.perform(TURN);
    expect(asked.map(({ from, limit }) => [from, limit])).toEqual([
      [null, 10],
      ['noon', 10],
      ['noon', 20],
      ['noon', 40],
      ['one', 10],
    ]);
  });

  it('ends with the batch under way when the workers stop, and begins again with them', async () => {
    const { retention, asked, answers } = stage();
    answers.push({ retired: 10, seen: 10, reached: 'a' }, { retired: 10, seen: 10, reached: 'b' });
    const pass = retention.perform(TURN);
    retention.stop();
    await pass;
    expect(asked).toHaveLength(1);
    retention.begin();
    await retention.perform(TURN);
    expect(asked.map(({ from }) => from)).toEqual([null, 'a', 'b']);
  });

  it('sweeps every queue from the beginning', async () => {
    const { retention, asked, answers } = stage();
    answers.push({ retired: 1, seen: 3, reached: 'a' });
    await retention.perform(TURN);
    answers.push({ retired: 2, seen: 2, reached: 'a' }, { retired: 3, seen: 3, reached: 'a' });
    expect(await retention.sweep()).toBe(5);
    expect(asked.map(({ queue, from }) => [queue, from])).toEqual([
      ['shop', null],
      ['shop', null],
      ['reports', null],
    ]);
  });
});
