import { describe, expect, it } from 'vitest';
import { EventBus } from '../../../lib/core/event-bus.js';
import type { WorkerRegistry } from '../../../lib/core/ports/worker-registry.js';
import type { WatchdogReport } from '../../../lib/core/ports/watchdog.js';
import { LeaseKeeper } from '../../../lib/worker/lease-keeper.js';
import { ManualClock } from '../../support/observability/manual-clock.js';
import { settled } from '../../support/worker/claims.js';

/** A watchdog of a test's: it proves and reports what the test says. */
interface FakeWatchdog {
  sinceProofMs: number;
  tell: (report: WatchdogReport) => void;
}

function stage({ withWatchdog }: { withWatchdog: boolean } = { withWatchdog: false }) {
  const clock = new ManualClock();
  const events = new EventBus();
  const told: string[] = [];
  const dogs: FakeWatchdog[] = [];
  events.on('watchdog.absent', ({ reason }) => void told.push(`absent: ${reason}`));
  const ledger = { answer: async (): Promise<boolean> => true };
  const registry: WorkerRegistry = {
    register: async ({ workerId }) => void told.push(`register ${workerId}`),
    beat: (workerId) => {
      told.push(`beat ${workerId}`);
      return ledger.answer();
    },
    markDraining: async (workerId) => void told.push(`drain ${workerId}`),
    sayGoodbye: async (workerId) => void told.push(`goodbye ${workerId}`),
    startWatchdog: (workerId, _rhythm, tell) => {
      told.push(`watch ${workerId}`);
      const dog: FakeWatchdog = { sinceProofMs: Infinity, tell };
      dogs.push(dog);
      return {
        get sinceProofMs() {
          return dog.sinceProofMs;
        },
        stop: () => void told.push(`leave ${workerId}`),
      };
    },
  };
  let ids = 0;
  const lease = new LeaseKeeper({
    registry,
    clock,
    events,
    beatMs: 2_000,
    leaseMs: 10_000,
    watchdog: withWatchdog,
    newWorkerId: () => `w${(ids += 1)}`,
    describe: () => ({
      host: 'h',
      pid: 1,
      version: '1',
      queues: ['shop'],
      types: ['mail'],
      concurrency: 5,
    }),
    onLost: () => told.push('lost'),
    onProven: () => told.push('proven'),
  });
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 500) {
      clock.advance(500);
      await settled();
    }
  };
  return { clock, events, told, ledger, lease, pass, dogs };
}

describe('LeaseKeeper', () => {
  it('claims only with a proven lease', async () => {
    const { lease, told } = stage();
    expect(lease.workerId).toBeUndefined();
    await lease.start();
    expect(lease.workerId).toBe('w1');
    expect(told).toEqual(['register w1', 'proven']);
  });

  it('F66 beats every two seconds', async () => {
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

  it('tells of its registration and of its loss once each, and of every beat that failed', async () => {
    const { events, lease, ledger, pass } = stage();
    const heard: string[] = [];
    for (const name of ['worker.registered', 'heartbeat.failed', 'lease.lost'] as const)
      events.on(name, ({ workerId }) => void heard.push(`${name} ${workerId}`));
    await lease.start();
    ledger.answer = () => Promise.reject(new Error('PostgreSQL is away'));
    await pass(8_000);
    const failed = Array<string>(4).fill('heartbeat.failed w1');
    expect(heard.filter((line) => line !== 'lease.lost w1')).toEqual(['worker.registered w1', ...failed]);
    expect(heard.filter((line) => line === 'lease.lost w1')).toHaveLength(1);
  });

  it('covers no run when its time is over, although nothing has looked at the time since', async () => {
    const { lease, told, clock } = stage();
    await lease.start();
    expect(lease.covers('w1')).toBe(true);
    clock.skip(8_000);
    expect(lease.covers('w1')).toBe(false);
    expect(told).toContain('lost');
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
    expect([lease.covers('w1'), lease.covers('w2')]).toEqual([false, true]);
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

describe('LeaseKeeper with a watchdog', () => {
  it('leaves the beats to it, and trusts what it has proved', async () => {
    const { lease, told, pass, dogs } = stage({ withWatchdog: true });
    await lease.start();
    for (let minute = 0; minute < 3; minute += 1) {
      dogs[0]!.sinceProofMs = 500; // it was started above
      await pass(6_000);
    }
    expect(lease.workerId).toBe('w1');
    expect(told).toEqual(['register w1', 'proven', 'watch w1']);
  });

  it('keeps the lease though the event loop was blocked for longer than that', async () => {
    const { lease, told, clock, dogs } = stage({ withWatchdog: true });
    await lease.start();
    dogs[0]!.sinceProofMs = 1_000;
    clock.advance(60_000);
    await settled();
    expect(lease.workerId).toBe('w1');
    expect(told).not.toContain('lost');
  });

  it('loses the lease when its proof is too old, and proves it again when there is a newer one', async () => {
    const { lease, told, pass, dogs } = stage({ withWatchdog: true });
    await lease.start();
    dogs[0]!.sinceProofMs = 8_000;
    await pass(8_500);
    expect(lease.workerId).toBeUndefined();
    expect(told.filter((line) => line === 'lost')).toHaveLength(1);
    dogs[0]!.sinceProofMs = 100;
    await pass(500);
    expect(lease.workerId).toBe('w1');
  });

  it('rises under a new id when it says that the ledger has buried this one', async () => {
    const { lease, ledger, told, dogs } = stage({ withWatchdog: true });
    await lease.start();
    ledger.answer = async () => false;
    dogs[0]!.tell({ kind: 'buried' });
    await settled();
    expect(lease.workerId).toBe('w2');
    const rise = ['leave w1', 'beat w1', 'lost', 'register w2', 'proven', 'watch w2'];
    expect(told).toEqual(['register w1', 'proven', 'watch w1', ...rise]);
    dogs[0]!.tell({ kind: 'buried' });
    await settled();
    expect(lease.workerId).toBe('w2');
  });

  it('beats itself when the watchdog is gone, and says so', async () => {
    const { lease, told, pass, dogs } = stage({ withWatchdog: true });
    await lease.start();
    dogs[0]!.tell({ kind: 'gone', reason: 'it ended' });
    await pass(4_000);
    expect(told.slice(3)).toEqual(['absent: it ended', 'beat w1', 'beat w1', 'beat w1']);
    expect(lease.workerId).toBe('w1');
  });

  it('says goodbye after the watchdog has been called off', async () => {
    const { lease, told, clock } = stage({ withWatchdog: true });
    await lease.start();
    await lease.stop();
    expect(told.slice(-2)).toEqual(['leave w1', 'goodbye w1']);
    expect(clock.timers).toBe(0);
  });
});
