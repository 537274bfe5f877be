import { describe, expect, it } from 'vitest';
import { EventBus } from '../../../lib/core/event-bus.js';
import { UnknownJobTypeError } from '../../../lib/core/errors.js';
import type { UnknownTypePolicy } from '../../../lib/core/options.js';
import type { WorkerReading } from '../../../lib/core/ports/ledger-readings.js';
import type { Settlement } from '../../../lib/core/settlement.js';
import { VirtualClock } from '../../../lib/testing/virtual-clock.js';
import { PATIENCE_MS, UnknownTypes } from '../../../lib/worker/unknown-types.js';
import { claimOf, handlerOf, tableOf } from '../../support/worker/claims.js';

const QUEUE = 'shop';

describe('pending types without a handler', () => {
  it.each<[string, WorkerReading[], string[]]>([
    ['nobody else is there', [], ['fax']],
    ['another handles it', [worker(['fax'])], []],
    ['another handles it by its prefix', [worker(['f*'])], []],
    ['another handles other types', [worker(['letter'])], ['fax']],
    ['one that drains handles it', [worker(['fax'], { state: 'draining' })], []],
    ['one that died handled it', [worker(['fax'], { state: 'dead' })], ['fax']],
    ['one that stopped handled it', [worker(['fax'], { state: 'stopped' })], ['fax']],
    ['one of another queue handles it', [worker(['fax'], { queues: ['reports'] })], ['fax']],
    ['one that told nothing might handle it', [worker(['letter']), worker(null)], []],
  ])('F21 %s', async (_what, workers, expected) => {
    const { unknown } = open({ workers });
    await unknown.note(QUEUE, ['mail', 'fax']);
    expect(unknown.all).toEqual(expected.map((type) => ({ queue: QUEUE, type })));
  });

  it('F21 are told once, and again when they come back', async () => {
    const { told, unknown } = open();
    await unknown.note(QUEUE, ['fax']);
    await unknown.note(QUEUE, ['fax', 'telex']);
    await unknown.note(QUEUE, []);
    await unknown.note(QUEUE, ['fax']);
    expect(told).toEqual([['fax'], ['telex'], ['fax']]);
  });

  it("F21 are left alone for ever with 'leave'", async () => {
    const { claimed, clock, unknown } = open({ policy: 'leave' });
    await unknown.note(QUEUE, ['fax']);
    clock.moveBy(10 * PATIENCE_MS);
    await unknown.bury('worker-1');
    expect(claimed).toEqual([]);
  });

  it("F21 are claimed and made dead with 'dead', after their minute and not before", async () => {
    const { claimed, clock, settled, unknown } = open();
    await unknown.note(QUEUE, ['fax', 'mail']);
    clock.moveBy(PATIENCE_MS - 1);
    await unknown.bury('worker-1');
    expect(claimed).toEqual([]);
    clock.moveBy(1);
    await unknown.bury('worker-1');
    expect(claimed).toEqual(['fax']);
    expect(settled).toMatchObject([{ status: 'dead', outcome: 'discarded', claim: { type: 'fax' } }]);
    expect(settled[0]?.error?.message).toContain(new UnknownJobTypeError('id', 'fax', QUEUE).name);
  });

  it('F21 are left alone when somebody handles them after all', async () => {
    const workers: WorkerReading[] = [];
    const { claimed, clock, unknown } = open({ workers });
    await unknown.note(QUEUE, ['fax']);
    clock.moveBy(PATIENCE_MS);
    workers.push(worker(['fax']));
    await unknown.bury('worker-1');
    expect(claimed).toEqual([]);
  });
});

const ALIVE = { state: 'alive', running: 0, heartbeatAgeMs: 0, drainRequestedAt: null };

function worker(types: readonly string[] | null, changes: Partial<WorkerReading> = {}): WorkerReading {
  const [startedAt, heartbeatAt, leaseExpiresAt] = [new Date(0), new Date(0), new Date(0)];
  const times = { startedAt, heartbeatAt, leaseExpiresAt };
  const identity = { workerId: 'other', host: 'h', pid: 1, version: '1', queues: [QUEUE], concurrency: 5 };
  return { ...identity, ...times, ...ALIVE, types, ...changes };
}

function open({
  policy = 'dead',
  workers = [],
}: { policy?: UnknownTypePolicy; workers?: readonly WorkerReading[] } = {}) {
  const clock = new VirtualClock();
  const events = new EventBus(() => {});
  const told: (readonly string[])[] = [];
  events.on('types.unhandled', ({ types }) => told.push(types));
  const claimed: string[] = [];
  const settled: Settlement[] = [];
  const unknown = new UnknownTypes({
    policy,
    handlers: tableOf(handlerOf({ type: 'mail' })),
    readings: { workers: async () => [...workers] },
    ledger: {
      claimByQueue: async (_worker, queue, rooms) =>
        rooms.map(({ type }) => {
          claimed.push(type);
          return claimOf({ queue, type });
        }),
    },
    clock,
    events,
    onSettled: (settlement) => settled.push(settlement),
  });
  return { unknown, clock, told, claimed, settled };
}
