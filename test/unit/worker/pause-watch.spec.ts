import { describe, expect, it } from 'vitest';
import type { QueuePause } from '../../../lib/core/ports/queue-pauses.js';
import { PauseWatch } from '../../../lib/worker/pause-watch.js';
import { ManualClock } from '../../support/observability/manual-clock.js';

const ROOMS = [
  { type: 'mail', size: 2 },
  { type: 'report', size: 3 },
];

function pauseOf(queue: string, type: string | null = null): QueuePause {
  return { queue, type, pausedAt: new Date(0), actor: null, reason: null };
}

/** A ledger that answers what a test says, and counts the questions. */
function watchWith(pauses: QueuePause[]) {
  const clock = new ManualClock();
  const ledger = { pauses, questions: 0, failure: undefined as Error | undefined };
  const list = async (): Promise<QueuePause[]> => {
    ledger.questions += 1;
    if (ledger.failure !== undefined) throw ledger.failure;
    return ledger.pauses;
  };
  const watch = new PauseWatch({ pauses: { list }, queues: ['shop', 'reports'], clock });
  return { watch, clock, ledger };
}

describe('PauseWatch', () => {
  it('F58 leaves out the rooms of what rests', async () => {
    const { watch } = watchWith([pauseOf('shop'), pauseOf('reports', 'mail')]);
    watch.doubt();
    await watch.refresh();
    expect(watch.openRooms('shop', ROOMS)).toEqual([]);
    expect(watch.openRooms('reports', ROOMS)).toEqual([{ type: 'report', size: 3 }]);
    expect(watch.openRooms('mail', ROOMS)).toEqual(ROOMS);
  });

  it('asks once a second while nothing rests, and ten times while something does', async () => {
    const { watch, clock, ledger } = watchWith([]);
    for (let searches = 0; searches < 20; searches += 1) {
      await watch.refresh();
      clock.advance(100);
    }
    expect(ledger.questions).toBe(2);
    ledger.pauses = [pauseOf('shop')];
    watch.doubt();
    await watch.refresh();
    const before = ledger.questions;
    for (let searches = 0; searches < 20; searches += 1) {
      clock.advance(50);
      await watch.refresh();
    }
    expect(ledger.questions - before).toBe(10);
  });

  it('lets nobody wait for the answer while nothing rests, as far as it knows', async () => {
    const { watch, ledger } = watchWith([]);
    ledger.failure = new Error('PostgreSQL is away');
    await watch.refresh();
    expect(ledger.questions).toBe(1);
    await expect(watch.refresh()).rejects.toThrow('PostgreSQL is away'); // it doubts since the first failure
  });

  it('shortens the rest of a worker while something rests', async () => {
    const { watch, ledger } = watchWith([pauseOf('shop')]);
    expect(watch.longestRestMs(5_000)).toBe(5_000);
    watch.doubt();
    await watch.refresh();
    expect(watch.longestRestMs(5_000)).toBe(500);
    expect(watch.longestRestMs(100)).toBe(100);
    ledger.pauses = [];
    watch.doubt();
    await watch.refresh();
    expect(watch.longestRestMs(5_000)).toBe(5_000);
  });
});
