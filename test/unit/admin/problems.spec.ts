import { describe, expect, it } from 'vitest';
import { problemsOf } from '../../../lib/admin/problems.js';
import type {
  LivingGroup,
  StandingReading,
  TrafficReading,
} from '../../../lib/core/ports/traffic-readings.js';

const QUIET: TrafficReading = { enqueued: [], completed: [], failed: [] } as unknown as TrafficReading;

function textsOf(standing: Partial<StandingReading>): string[] {
  const calm = { groups: [], diedLately: 0, counts: { dead: 0 }, oldestTransactionMs: 0, lateSchedules: 0 };
  const whole = { ...calm, ...standing } as unknown as StandingReading;
  return problemsOf(whole, QUIET, { mode: 'redis', configured: 'redis' }).map(({ text }) => text);
}

const group = (pending: number, fields: Partial<LivingGroup> = {}): LivingGroup => ({
  queue: 'mail',
  type: 'send',
  pending,
  running: 0,
  oldestPendingMs: 0,
  liveWorkers: 0,
  ableWorkers: 0,
  isPaused: false,
  ...fields,
});

describe('the problems of the overview', () => {
  it.each([
    [1, 'No living worker serves the queue "mail": one job waits there.'],
    [2, 'No living worker serves the queue "mail": 2 jobs wait there.'],
  ])('F85 count %i in whole sentences', (pending, text) => {
    expect(textsOf({ groups: [group(pending)] })).toEqual([text]);
  });

  it('F85 begin with a capital, one job or many', () => {
    const counts = { dead: 1 } as unknown as StandingReading['counts'];
    expect(textsOf({ counts })).toEqual(['One job is dead; none died within the last hour.']);
    expect(textsOf({ counts, diedLately: 1 })).toEqual([
      'One job died within the last hour; one is dead in all.',
    ]);
    expect(textsOf({ groups: [group(1, { liveWorkers: 1 })] })).toEqual([
      'No living worker of the queue "mail" handles "send": one job waits.',
    ]);
    expect(textsOf({ groups: [group(1, { isPaused: true })] })).toEqual([
      'One job of "send" rests in the queue "mail", because it is paused.',
    ]);
  });
});
