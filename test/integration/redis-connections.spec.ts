import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DispatchLab, tookMs } from '../support/dispatch/dispatch-lab.js';
import { hintsOf, makeHint } from '../support/dispatch/hints.js';
import { eventually } from '../support/eventually.js';

const ROOMS = [{ type: 'send_email', size: 100 }];
const READY = 'kyu:{shop}:ready:send_email';

let lab: DispatchLab;

beforeEach(async () => {
  lab = await DispatchLab.start();
});

afterEach(async () => {
  await lab.end();
});

describe('the address of Redis', { timeout: 30_000 }, () => {
  it('may be the options of ioredis, with a key prefix of the application', async () => {
    const subject = await lab.open({
      redis: { host: '127.0.0.1', port: lab.server.port, keyPrefix: 'shop:' },
    });
    const hint = makeHint();
    subject.woken.length = 0;
    await subject.dispatcher.announce('shop', [hint]);
    await eventually(() => expect(subject.woken).toEqual(['shop']));
    expect(await lab.admin((redis) => redis.keys('*ready*'))).toEqual([`shop:${READY}`]);
    expect(hintsOf(await subject.dispatcher.take('shop', ROOMS, 10)).ids).toEqual([hint.id]);
  });

  it('may be an instance of the application, which stays as it was', async () => {
    const redis = new Redis(lab.server.url);
    await redis.ping();
    const listeners = redis.eventNames().map((name) => redis.listenerCount(name));
    const subject = await lab.open({ redis });
    const hint = makeHint();
    await subject.dispatcher.announce('shop', [hint]);
    expect(hintsOf(await subject.dispatcher.take('shop', ROOMS, 10)).ids).toEqual([hint.id]);
    await subject.dispatcher.stop();
    expect(redis.status).toBe('ready');
    expect(redis.eventNames().map((name) => redis.listenerCount(name))).toEqual(listeners);
    redis.disconnect();
  });
});

describe('the end of a dispatcher', { timeout: 30_000 }, () => {
  it('leaves no connection, no timer and no listener behind', async () => {
    const subject = await lab.open();
    await subject.dispatcher.announce('shop', [makeHint()]);
    await lab.admin(async (redis) => {
      expect(await clientsOf(redis)).toBe(2);
      await subject.dispatcher.stop();
      await eventually(async () => expect(await clientsOf(redis)).toBe(0));
    });
    expect(subject.clock.timers).toBe(0);
    expect(subject.ledgerWakeUp.isListening).toBe(false);
  });

  it('opens one connection in a process that only enqueues', async () => {
    await lab.open({ queues: [] });
    await lab.admin(async (redis) => expect(await clientsOf(redis)).toBe(1));
  });

  it.each([
    ['is dead', () => lab.server.kill()],
    ['is frozen', async () => lab.server.pause()],
  ])('is quick and silent while Redis %s', async (_how, hurt) => {
    const subject = await lab.open();
    await hurt();
    const inFlight = [
      subject.dispatcher.take('shop', ROOMS, 1),
      subject.dispatcher.announce('shop', [makeHint()]),
    ];
    expect(await tookMs(subject.dispatcher.stop())).toBeLessThan(2_000);
    await Promise.all(inFlight);
    const told = subject.events('dispatcher.switched').length;
    await eventually(() => expect(subject.clock.timers).toBe(0));
    expect(subject.events('dispatcher.switched')).toHaveLength(told);
  });

  it('is quick while it looks for a Redis that is not there', async () => {
    await lab.server.kill();
    const subject = await lab.open();
    expect(await tookMs(subject.dispatcher.stop())).toBeLessThan(2_000);
    expect(subject.clock.timers).toBe(0);
  });

  async function clientsOf(redis: Redis): Promise<number> {
    const list = String(await redis.client('LIST'));
    return list.trim().split('\n').length - 1; // without the one that asks
  }
});
