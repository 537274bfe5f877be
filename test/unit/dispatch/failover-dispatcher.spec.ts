import { describe, expect, it } from 'vitest';
import { EventBus } from '../../../lib/core/event-bus.js';
import type { Taken } from '../../../lib/core/ports/dispatcher.js';
import { FailoverDispatcher } from '../../../lib/dispatch/failover-dispatcher.js';
import type { FallibleDispatcher } from '../../../lib/dispatch/fallible-dispatcher.js';
import { PollingDispatcher } from '../../../lib/dispatch/polling-dispatcher.js';
import { LoopbackWakeUp } from '../../support/dispatch/loopback-wake-up.js';
import { ManualClock } from '../../support/observability/manual-clock.js';

const ROOMS = [{ type: 'send_email', size: 1 }];
const NOTHING: Taken = { kind: 'hints', ids: [], lowTypes: [], left: 0 };
const HINT = { id: 'any', type: 'send_email', priority: 0 };

/** A Redis that does what the test says. */
class ScriptedRedis implements FallibleDispatcher {
  readonly address = 'scripted:6379';
  answer: () => Promise<void> = async () => {};
  resets = 0;
  forgot = 0;

  announce(): Promise<void> {
    return this.answer();
  }

  async take(): Promise<Taken> {
    await this.answer();
    return NOTHING;
  }

  async restore(): Promise<{ added: number }> {
    await this.answer();
    return { added: 1 };
  }

  withdraw(): Promise<void> {
    return this.answer();
  }

  withdrawUpTo(): Promise<void> {
    return this.answer();
  }

  async check(): Promise<string[]> {
    await this.answer();
    return [];
  }

  probe(): Promise<void> {
    return this.answer();
  }

  forgetEverything(): void {
    this.forgot += 1;
  }

  reset(): void {
    this.resets += 1;
  }

  async close(): Promise<void> {}

  fails(): void {
    this.answer = () => Promise.reject(new Error('refused'));
  }

  works(): void {
    this.answer = () => Promise.resolve();
  }
}

async function startFailover() {
  const redis = new ScriptedRedis();
  const clock = new ManualClock();
  const events = new EventBus();
  const switches: string[] = [];
  const failedAnnouncements: number[] = [];
  events.on('dispatcher.switched', ({ to }) => switches.push(to));
  events.on('announce.failed', ({ count }) => failedAnnouncements.push(count));
  const parts = { queues: ['shop'], onWake: () => {}, clock, events };
  const ledgerWakeUp = new LoopbackWakeUp();
  const polling = new PollingDispatcher({ ...parts, ledgerWakeUp, windowSize: 10 });
  const redisWakeUp = { check: async () => {}, stop: async () => {} };
  const failover = new FailoverDispatcher({ ...parts, redis, polling, redisWakeUp });
  await failover.start();
  return { failover, redis, clock, switches, failedAnnouncements, ledgerWakeUp };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('FailoverDispatcher', () => {
  it('stays with Redis while failures are not in a row', async () => {
    const { failover, redis, switches } = await startFailover();
    for (let round = 0; round < 5; round += 1) {
      redis.fails();
      expect(await failover.take('shop', ROOMS, 1)).toEqual({ kind: 'look' });
      redis.works();
      expect(await failover.take('shop', ROOMS, 1)).toEqual(NOTHING);
    }
    expect(switches).toEqual([]);
  });

  it('leaves Redis at the second failure in a row, whatever failed, and drops the connection', async () => {
    const { failover, redis, switches } = await startFailover();
    redis.fails();
    expect(await failover.restore('shop', 'send_email', [HINT], true)).toEqual({ added: 0 });
    expect(failover.mode).toBe('redis');
    await failover.announce('shop', [HINT]);
    expect(failover.mode).toBe('postgres');
    expect(switches).toEqual(['postgres']);
    expect(redis.resets).toBe(1);
  });

  it('counts a hint that could not be withdrawn as a failure, and withdraws nothing while Redis is away', async () => {
    const { failover, redis } = await startFailover();
    redis.fails();
    await failover.withdraw('shop', [HINT]);
    expect(failover.mode).toBe('redis');
    await failover.withdrawUpTo('shop', [HINT]);
    expect(failover.mode).toBe('postgres');
    let isAsked = false;
    redis.answer = async () => {
      isAsked = true;
    };
    await failover.withdraw('shop', [HINT]);
    await failover.withdrawUpTo('shop', [HINT]);
    expect(isAsked).toBe(false);
  });

  it('notices a loss by its own looks, one a second', async () => {
    const { failover, redis, clock } = await startFailover();
    redis.fails();
    clock.advance(1_000);
    await settled();
    expect(failover.mode).toBe('redis');
    clock.advance(1_000);
    await settled();
    expect(failover.mode).toBe('postgres');
  });

  it('returns after one probe that succeeds, and has everything restored', async () => {
    const { failover, redis, clock, switches } = await startFailover();
    redis.fails();
    await Promise.all([failover.take('shop', ROOMS, 1), failover.take('shop', ROOMS, 1)]);
    clock.advance(1_000);
    await settled();
    expect(failover.mode).toBe('postgres');
    expect(redis.forgot).toBe(0);
    redis.works();
    clock.advance(1_000);
    await settled();
    expect(switches).toEqual(['postgres', 'redis']);
    expect(redis.forgot).toBe(1);
  });

  it('does not count failures of an earlier period', async () => {
    const { failover, redis, clock } = await startFailover();
    const late: (() => void)[] = [];
    redis.answer = () => new Promise((_resolve, reject) => late.push(() => reject(new Error('late'))));
    const lateTakes = [failover.take('shop', ROOMS, 1), failover.take('shop', ROOMS, 1)];
    redis.fails();
    await Promise.all([failover.take('shop', ROOMS, 1), failover.take('shop', ROOMS, 1)]);
    redis.works();
    clock.advance(1_000);
    await settled();
    expect(failover.mode).toBe('redis');
    for (const fail of late) fail();
    expect(await Promise.all(lateTakes)).toEqual([{ kind: 'look' }, { kind: 'look' }]);
    expect(failover.mode).toBe('redis');
  });

  it('lets a producer go after 100 ms, wakes by the ledger meanwhile, and counts only what fails in the end', async () => {
    const { failover, redis, clock, failedAnnouncements, ledgerWakeUp } = await startFailover();
    const pending: { succeed: () => void; fail: () => void }[] = [];
    redis.answer = () =>
      new Promise((resolve, reject) => {
        pending.push({ succeed: resolve, fail: () => reject(new Error('late')) });
      });
    let released = 0;
    for (const queue of ['shop', 'shop']) void failover.announce(queue, [HINT]).then(() => (released += 1));
    clock.advance(99);
    await settled();
    expect(released).toBe(0);
    clock.advance(1);
    await settled();
    expect(released).toBe(2);
    expect(failedAnnouncements).toEqual([]);
    expect(ledgerWakeUp.sent).toEqual(['shop', 'shop']);
    pending[0]?.succeed();
    pending[1]?.fail();
    await settled();
    expect(failedAnnouncements).toEqual([1]);
    expect(ledgerWakeUp.sent).toEqual(['shop', 'shop', 'shop']);
  });

  it('leaves no timer behind, and is silent after its end', async () => {
    const { failover, redis, clock, switches, failedAnnouncements } = await startFailover();
    redis.fails();
    await failover.stop();
    await failover.announce('shop', [HINT]);
    await failover.take('shop', ROOMS, 1);
    await failover.take('shop', ROOMS, 1);
    expect([clock.timers, switches, failedAnnouncements]).toEqual([0, [], []]);
  });
});
