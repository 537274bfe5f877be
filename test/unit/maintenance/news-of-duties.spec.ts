import { describe, expect, it } from 'vitest';
import { EventBus } from '../../../lib/core/event-bus.js';
import type { KyuEventName, RescuedJobEvent } from '../../../lib/core/events.js';
import type { QueuedHint } from '../../../lib/core/job.js';
import type { Dispatcher } from '../../../lib/core/ports/dispatcher.js';
import type { DutyTurn, LedgerUpkeep } from '../../../lib/core/ports/ledger-upkeep.js';
import { Aging } from '../../../lib/maintenance/aging.js';
import { DutyLoop, type Duty } from '../../../lib/maintenance/duty-loop.js';
import { Reaper } from '../../../lib/maintenance/reaper.js';
import { Reconciler } from '../../../lib/maintenance/reconciler.js';
import { Scheduler } from '../../../lib/maintenance/scheduler.js';
import { ManualClock } from '../../support/observability/manual-clock.js';

const QUEUE = 'shop';
const LEASE_MS = 10_000;
const TURN: DutyTurn = { queue: QUEUE, sinceLastMs: 500, quietForMs: 0 };
const NAMES: readonly KyuEventName[] = [
  'jobs.rescued',
  'worker.buried',
  'rescue.postponed',
  'jobs.promoted',
  'jobs.aged',
  'jobs.reconciled',
  'duty.failed',
];

const hint = (id: string): QueuedHint => ({ id, queue: QUEUE, type: 'mail', priority: 0 });
const rescued = (id: string, status: RescuedJobEvent['status']): RescuedJobEvent => ({
  ...hint(id),
  status,
  run: 1,
  attempt: 1,
  workerId: 'w',
  cancelReason: null,
});

/** A ledger that answers once as the test says; everything that anybody hears of it, in its order. */
function stage(upkeep: Partial<LedgerUpkeep>) {
  const told: unknown[] = [];
  const events = new EventBus();
  for (const name of NAMES) events.on(name, (event) => void told.push([name, event]));
  const dispatcher = {
    mode: 'redis',
    windowSize: 1_000,
    announce: async (queue: string, hints: readonly { id: string }[]) =>
      void told.push(['announced', queue, hints.map(({ id }) => id)]),
    restore: async () => ({ added: 3 }),
  } as Partial<Dispatcher> as Dispatcher;
  const clock = new ManualClock();
  return {
    told,
    clock,
    parts: { queues: [QUEUE], upkeep: upkeep as LedgerUpkeep, dispatcher, events, clock },
  };
}

describe('the reaper', () => {
  const reaperOf = (parts: ReturnType<typeof stage>['parts']) =>
    new Reaper({ ...parts, leaseMs: LEASE_MS, staleJobTimeoutMs: 60_000 });

  it('F65 tells once of each worker that it buries and of what it takes back, and announces what may run', async () => {
    const worker = { workerId: 'w', host: 'h', pid: 7 };
    const jobs = [rescued('a', 'pending'), rescued('b', 'dead'), rescued('c', 'cancelled')];
    const { told, parts } = stage({ bury: async () => [worker], rescue: async () => jobs });
    await reaperOf(parts).perform(TURN);
    expect(told).toEqual([
      ['worker.buried', worker],
      ['jobs.rescued', { jobs }],
      ['announced', QUEUE, ['a']],
    ]);
  });

  it('tells nothing of nothing', async () => {
    const { told, parts } = stage({ bury: async () => [], rescue: async () => [] });
    await reaperOf(parts).perform(TURN);
    expect(told).toEqual([]);
  });

  it('buries nobody while it is quiet, and says so once, at its first turn after the gap', async () => {
    let burials = 0;
    const bury: LedgerUpkeep['bury'] = async () => {
      burials += 1;
      return [];
    };
    const { told, parts } = stage({ bury, rescue: async () => [] });
    const reaper = reaperOf(parts);
    for (const quietForMs of [LEASE_MS, LEASE_MS - 500, 1]) await reaper.perform({ ...TURN, quietForMs });
    await reaper.perform({ ...TURN, sinceLastMs: null, quietForMs: LEASE_MS });
    expect(burials).toBe(0);
    expect(told).toEqual([['rescue.postponed', { queue: QUEUE, forMs: LEASE_MS }]]);
    await reaper.perform(TURN);
    expect(burials).toBe(1);
  });

  it('goes on batch by batch until one is not full, and tells of each', async () => {
    const full = Array.from({ length: 500 }, (_, place) => rescued(`job-${place}`, 'dead'));
    const batches = [full, [rescued('last', 'dead')]];
    const { told, parts } = stage({ rescue: async () => batches.shift() ?? [] });
    expect(await reaperOf(parts).sweep()).toBe(501);
    expect(told).toHaveLength(2);
  });
});

describe('the scheduler', () => {
  it('tells once how many became due, and announces them', async () => {
    const promote: LedgerUpkeep['promote'] = async () => ({
      jobs: [hint('a'), hint('b')],
      nextDueInMs: null,
    });
    const { told, parts } = stage({ promote });
    await new Scheduler(parts).perform(TURN);
    expect(told).toEqual([
      ['jobs.promoted', { queue: QUEUE, count: 2 }],
      ['announced', QUEUE, ['a', 'b']],
    ]);
  });

  it('reports once that it could not look in between', async () => {
    const error = new Error('away');
    const answers = [Promise.resolve({ jobs: [], nextDueInMs: 100 }), Promise.reject(error)];
    const { told, parts, clock } = stage({ promote: () => answers.shift() ?? Promise.reject(error) });
    answers[1]?.catch(() => {});
    const scheduler = new Scheduler(parts);
    scheduler.begin();
    await scheduler.perform(TURN);
    clock.advance(100);
    await new Promise(setImmediate);
    expect(told).toEqual([['duty.failed', { duty: 'promote', error }]]);
  });
});

describe('aging', () => {
  it('F55 tells once how many gained a step, and announces them anew', async () => {
    const { told, parts } = stage({ age: async () => [hint('a')] });
    const aging = new Aging({ ...parts, agingMs: 60_000 });
    await aging.perform({ ...TURN, sinceLastMs: null });
    expect(told).toEqual([]);
    await aging.perform(TURN);
    expect(told).toEqual([
      ['jobs.aged', { queue: QUEUE, count: 1 }],
      ['announced', QUEUE, ['a']],
    ]);
  });
});

describe('the reconciler', () => {
  const upkeep = { pendingTypes: async () => ['mail'], firstPending: async () => [hint('a')] };

  it.each([
    ['probe', (reconciler: Reconciler) => reconciler.perform(TURN)],
    ['forgotten', (reconciler: Reconciler) => reconciler.restoreQueue(QUEUE)],
    ['forgotten', (reconciler: Reconciler) => reconciler.rebuildQueue(QUEUE)],
    ['low', (reconciler: Reconciler) => reconciler.refill(QUEUE, ['mail'])],
  ] as const)('tells once what was missing, and why: %s', async (cause, act) => {
    const { told, parts } = stage(upkeep);
    await act(new Reconciler(parts));
    expect(told).toEqual([['jobs.reconciled', { queue: QUEUE, count: 3, cause }]]);
  });
});

describe('a duty that throws', () => {
  it('is reported once for each tick, keeps its last error for people, and goes on', async () => {
    const error = new Error('no such table');
    const failures = [error, error];
    const duty: Duty = {
      name: 'rescue',
      plan: { periodMs: 500, longestGapMs: 1, quietMs: 0 },
      perform: async () => {
        const failure = failures.shift();
        if (failure !== undefined) throw failure;
      },
    };
    const { told, parts } = stage({ takeDuty: async () => [TURN] });
    const loop = new DutyLoop(duty, [QUEUE], parts.upkeep, parts.clock, parts.events);
    for (let tick = 0; tick < 2; tick += 1) await loop.tick();
    const failed = ['duty.failed', { duty: 'rescue', error }];
    expect(told).toEqual([failed, failed]);
    expect(loop.status()).toMatchObject({ turns: 2, lastError: 'no such table' });
    await loop.tick();
    expect(loop.status()).toMatchObject({ turns: 3, lastError: null });
    expect(told).toHaveLength(2);
  });
});
