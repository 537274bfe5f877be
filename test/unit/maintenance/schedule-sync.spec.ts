import { beforeEach, describe, expect, it } from 'vitest';
import { EventBus } from '../../../lib/core/event-bus.js';
import { DEFAULT_PRIORITIES } from '../../../lib/core/option-defaults.js';
import type { ScheduleInput } from '../../../lib/core/schedule.js';
import { ScheduleSync } from '../../../lib/maintenance/schedule-sync.js';
import { MemoryLedger } from '../../../lib/testing/memory-ledger.js';
import { eventually } from '../../support/eventually.js';
import { ManualClock } from '../../support/observability/manual-clock.js';

const EVERY_MS = 180_000;
const NIGHTLY: ScheduleInput = { name: 'nightly', cron: '0 3 * * *', type: 'x' };

let clock: ManualClock;
let ledger: MemoryLedger;
let failures: unknown[];
let changes: { written: readonly string[]; removed: readonly string[] }[];

beforeEach(() => {
  clock = new ManualClock();
  ledger = new MemoryLedger(clock);
  failures = [];
  changes = [];
});

function syncOf(load: () => Promise<ScheduleInput[]>): ScheduleSync {
  const events = new EventBus();
  events.on('schedules.sync.failed', ({ error }) => failures.push(error));
  events.on('schedules.synced', (change) => changes.push(change));
  return new ScheduleSync({
    app: 'shop',
    schedules: ledger.schedules,
    clock,
    events,
    provider: { load },
    everyMs: EVERY_MS,
    reading: () => ({
      defaultsFor: () => ({ queue: 'shop', maxRetries: 3, timeoutMs: 0 }),
      payloadLimitBytes: 10_000,
      priorities: DEFAULT_PRIORITIES,
      nowMs: clock.nowMs(),
    }),
  });
}

describe('the sync with a provider', () => {
  it('F49 asks at once and then every period, and tells what has changed', async () => {
    let listed = [NIGHTLY];
    const sync = syncOf(async () => listed);
    await sync.start();
    await sync.start();
    expect(changes).toEqual([{ written: ['nightly'], removed: [] }]);
    clock.advance(EVERY_MS);
    await sync.sync();
    expect(changes).toHaveLength(1);
    listed = [{ ...NIGHTLY, name: 'weekly' }];
    clock.advance(EVERY_MS);
    await eventually(() => expect(changes[1]).toEqual({ written: ['weekly'], removed: ['nightly'] }));
    sync.stop();
    expect(clock.timers).toBe(0);
    expect(failures).toEqual([]);
  });

  it('shares one load among those who ask at the same time', async () => {
    let loads = 0;
    const sync = syncOf(async () => {
      loads += 1;
      return [NIGHTLY];
    });
    await Promise.all([sync.sync(), sync.sync(), sync.sync()]);
    expect(loads).toBe(1);
  });

  it('F49 says so when a load does not answer, and goes on when it does', async () => {
    let answer: (listed: ScheduleInput[]) => void = () => {};
    const sync = syncOf(() => new Promise((resolve) => (answer = resolve)));
    const first = sync.start();
    clock.advance(EVERY_MS);
    expect(failures.map(String)).toEqual(['Error: load() has not answered for 3m or longer.']);
    answer([NIGHTLY]);
    await first;
    expect(changes).toHaveLength(1);
    sync.stop();
  });

  it('reports a provider that throws before it promises anything', async () => {
    const sync = syncOf(() => {
      throw new Error('no table');
    });
    await sync.sync();
    expect(failures.map(String)).toEqual(['Error: no table']);
  });
});
