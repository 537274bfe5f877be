import { beforeEach, describe, expect, it } from 'vitest';
import { EventBus } from '../../../lib/core/event-bus.js';
import type { KyuEvents } from '../../../lib/core/events.js';
import { JobIdSource } from '../../../lib/core/job-id.js';
import { DEFAULT_PRIORITIES } from '../../../lib/core/option-defaults.js';
import type { ScheduleDefinition } from '../../../lib/core/schedule.js';
import { CronTicker } from '../../../lib/maintenance/cron-ticker.js';
import { MemoryDispatcher } from '../../../lib/testing/memory-dispatcher.js';
import { MemoryLedger } from '../../../lib/testing/memory-ledger.js';
import { eventually } from '../../support/eventually.js';
import { ManualClock } from '../../support/observability/manual-clock.js';

const APP = 'shop';

let clock: ManualClock;
let ledger: MemoryLedger;
let ticker: CronTicker;
let fired: KyuEvents['schedule.fired'][];
let cancelled: KyuEvents['job.cancelled'][];
let skipped: KyuEvents['schedule.skipped'][];
let enqueued: KyuEvents['jobs.enqueued'][];
let broken: KyuEvents['schedule.failed'][];
let woken: string[];

beforeEach(() => {
  clock = new ManualClock();
  ledger = new MemoryLedger(clock);
  const events = new EventBus();
  fired = [];
  cancelled = [];
  skipped = [];
  enqueued = [];
  broken = [];
  woken = [];
  events.on('schedule.fired', (event) => fired.push(event));
  events.on('job.cancelled', (event) => cancelled.push(event));
  events.on('schedule.skipped', (event) => skipped.push(event));
  events.on('jobs.enqueued', (event) => enqueued.push(event));
  events.on('schedule.failed', (event) => broken.push(event));
  const ids = new JobIdSource(() => clock.nowMs());
  ticker = new CronTicker({
    app: APP,
    schedules: ledger.schedules,
    dispatcher: new MemoryDispatcher({ onWake: (queue) => woken.push(queue) }),
    clock,
    events,
    newJobId: () => ids.next(),
    defaultsFor: () => ({ queue: APP, maxRetries: 7, timeoutMs: 9_000 }),
    priorities: DEFAULT_PRIORITIES,
    declared: () => [],
  });
});

/** A schedule whose first tick comes in so many ms. */
async function write(inMs: number, fields: Partial<ScheduleDefinition> = {}): Promise<void> {
  const definition: ScheduleDefinition = {
    name: 'digest',
    cron: '* * * * * *',
    timezone: 'UTC',
    type: 'send_digest',
    queue: 'letters',
    payload: '{"a":1}',
    options: { priority: 'high', maxRetries: 1 },
    missed: 'once',
    missedWindowMs: 0,
    overlap: 'allow',
    jitterMs: 0,
    source: 'dynamic',
    ...fields,
  };
  await ledger.schedules.upsert(APP, [{ definition, firstTickMs: clock.nowMs() + inMs }], []);
}

describe('the cron ticker', () => {
  it('F52 makes a job of a tick, with the options of its schedule and the defaults of its type, and announces it', async () => {
    await write(0);
    expect(await ticker.fireDue()).toBe(1);
    const [event] = fired;
    expect(event).toMatchObject({ schedule: 'digest', tick: new Date(clock.nowMs()), latenessMs: 0 });
    expect(await ledger.inspection.find(event?.jobId ?? '')).toMatchObject({
      type: 'send_digest',
      queue: 'letters',
      payload: { a: 1 },
      priority: 10,
      maxRetries: 1,
      timeoutMs: 9_000,
      tags: ['schedule:digest'],
      uniqueKey: `schedule/shop/digest/${new Date(clock.nowMs()).toISOString()}`,
    });
    expect(woken).toEqual(['letters']);
  });

  it('F50 wakes in between for a tick that comes sooner than its next turn, and not after it was stopped', async () => {
    await write(400);
    ticker.begin();
    await ticker.perform();
    expect(fired).toEqual([]);
    clock.advance(399);
    expect(clock.timers).toBe(1);
    clock.advance(1);
    await eventually(() => expect(fired).toHaveLength(1));
    expect(fired[0]?.latenessMs).toBe(0);
    await eventually(() => expect(clock.timers).toBe(1));
    ticker.stop();
    expect(clock.timers).toBe(0);
    await ticker.perform();
    expect(clock.timers).toBe(0);
  });

  it('catches up the ticks of a moment, each with its job, oldest first', async () => {
    await write(0);
    clock.advance(5_000);
    expect(await ticker.fireDue()).toBe(6);
    const ticks = fired.map(({ tick }) => tick.getTime());
    expect(ticks).toEqual(ticks.map((_, index) => (ticks[0] ?? 0) + index * 1_000));
    expect(await ticker.fireDue()).toBe(0);
  });

  it('F50 tells once of each job that it enqueued, and of each tick that has none', async () => {
    await write(0, { overlap: 'skip' });
    const firstTick = new Date(clock.nowMs());
    await ticker.fireDue();
    expect(enqueued).toMatchObject([
      { queue: 'letters', jobs: [{ id: fired[0]?.jobId, type: 'send_digest' }] },
    ]);
    clock.advance(1_000);
    await ticker.fireDue();
    const tick = new Date(firstTick.getTime() + 1_000);
    expect(skipped).toEqual([{ schedule: 'digest', tick, reason: 'overlap' }]);
    expect([fired.length, enqueued.length]).toEqual([1, 1]);
  });

  it('complains once of a schedule that cannot be read, however often it comes by', async () => {
    await write(0, { cron: 'never' });
    for (let turn = 0; turn < 3; turn += 1) await ticker.fireDue();
    expect(broken).toMatchObject([{ schedule: 'digest', error: expect.any(Error) as Error }]);
    expect(fired).toEqual([]);
  });

  it('tells of the job that gave way', async () => {
    await write(0, { overlap: 'replace' });
    await write(0, { name: 'beside', overlap: 'allow' });
    clock.advance(1_000);
    expect(await ticker.fireDue()).toBe(4);
    expect(cancelled).toMatchObject([
      { job: { id: fired.find(({ schedule }) => schedule === 'digest')?.jobId, queue: 'letters' } },
    ]);
    expect(cancelled[0]?.reason).toBe('replaced by the next tick of the schedule "digest"');
  });
});
