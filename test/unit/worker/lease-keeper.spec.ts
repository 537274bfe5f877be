import { describe, expect, it } from 'vitest';
import { EventBus } from '../../../lib/core/event-bus.js';
import type { WorkerRegistry } from '../../../lib/core/ports/ledger.js';
import { LeaseKeeper } from '../../../lib/worker/lease-keeper.js';
import { ManualClock } from '../../support/observability/manual-clock.js';
import { settled } from '../../support/worker/claims.js';

function stage() {
  const clock = new ManualClock();
  const events = new EventBus();
  const told: string[] = [];
  const ledger = { answer: async (): Promise<boolean> => true };
  const registry: WorkerRegistry = {
    register: async ({ workerId }) => void told.push(`register ${workerId}`),
    beat: (workerId) => {
      told.push(`beat ${workerId}`);
      return ledger.answer();
    },
    markDraining: async (workerId) => void told.push(`drain ${workerId}`),
    sayGoodbye: async (workerId) => void told.push(`goodbye ${workerId}`),
  };
  let ids = 0;
  const lease = new LeaseKeeper({
    registry,
    clock,
    events,
    beatMs: 2_000,
    leaseMs: 10_000,
    newWorkerId: () => `w${(ids += 1)}`,
    describe: () => ({ host: 'h', pid: 1, version: '1', queues: ['shop'], types: ['mail'], concurrency: 5 }),
    onLost: () => told.push('lost'),
    onProven: () => told.push('proven'),
  });
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 500) {
      clock.advance(500);
      await settled();
    }
  };
  return { clock, events, told, ledger, lease, pass };
}

describe('LeaseKeeper', () => {
  it('claims only with a proven lease', async () => {
    const { lease, told } = stage();
    expect(lease.workerId).toBeUndefined();
    await lease.start();
    expect(lease.workerId).toBe('w1');
    expect(told).toEqual(['register w1', 'proven']);
  });

  it('beats every two seconds', async () => {
    const { lease, told, pass } = stage();
    await lease.start();
    await pass(6_000);
    expect(told.filter((line) => line === 'beat w1')).toHaveLength(3);
  });

  it('loses the lease after 80 % of it without proof, and proves it again when a beat gets through', async () => {
    const { lease, ledger, told, pass } = stage();
    await lease.start();
    ledger.answer = () => Promise.reject(new Error('PostgreSQL is away'));
    await pass(7_500);
    expect(lease.workerId).toBe('w1');
    await pass(1_000);
    expect(lease.workerId).toBeUndefined();
    expect(told.filter((line) => line === 'lost')).toHaveLength(1);
    ledger.answer = async () => true;
    await pass(2_000);
    expect(lease.workerId).toBe('w1');
  });

  it('counts the lease from the moment a beat was sent, not from its answer', async () => {
    const { lease, ledger, pass } = stage();
    await lease.start();
    let answer: (alive: boolean) => void = () => {};
    ledger.answer = () => new Promise((resolve) => (answer = resolve));
    await pass(8_000);
    expect(lease.workerId).toBeUndefined();
    answer(true); // sent at 2 s, so it proves until 10 s
    await pass(500);
    expect(lease.workerId).toBe('w1');
    ledger.answer = () => Promise.reject(new Error('away'));
    await pass(2_000);
    expect(lease.workerId).toBeUndefined();
  });

  it('rises under a new id after the ledger has buried it', async () => {
    const { lease, ledger, told, pass } = stage();
    await lease.start();
    ledger.answer = async () => false;
    await pass(2_000);
    ledger.answer = async () => true;
    expect(told).toEqual(['register w1', 'proven', 'beat w1', 'lost', 'register w2', 'proven']);
    expect(lease.workerId).toBe('w2');
  });

  it('says goodbye, also when the ledger does not hear it', async () => {
    const { lease, told, clock } = stage();
    await lease.start();
    await lease.drain();
    await lease.stop();
    expect(told.slice(-2)).toEqual(['drain w1', 'goodbye w1']);
    expect(lease.workerId).toBeUndefined();
    expect(clock.timers).toBe(0);
  });

  it('starts again under a new id', async () => {
    const { lease } = stage();
    await lease.start();
    await lease.stop();
    await lease.start();
    expect(lease.workerId).toBe('w2');
  });
});
