import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../lib/core/system-clock.js';
import { DispatchKeys } from '../../lib/dispatch/keys.js';
import { blueprintOf } from '../../lib/dispatch/redis-client.js';
import { RedisConnection } from '../../lib/dispatch/redis-connection.js';
import { RedisDispatcher } from '../../lib/dispatch/redis-dispatcher.js';
import { hintsOf, idsOf, makeHint, makeHints } from '../support/dispatch/hints.js';
import { eventually } from '../support/eventually.js';
import { startRedis, type PrivateRedis } from '../support/stores/start-redis.js';

const ROOMS = [{ type: 'send_email', size: 100 }];
const READY = 'kyu:{shop}:ready:send_email';
const MORE = 'kyu:{shop}:more';
const EPOCH = 'kyu:{shop}:epoch';

let server: PrivateRedis;
/** The test's own view of Redis. */
let redis: Redis;
let connections: RedisConnection[] = [];

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});

afterAll(async () => {
  redis.disconnect();
  await server.remove();
});

beforeEach(async () => {
  await Promise.all(connections.map((connection) => connection.close()));
  connections = [];
  await redis.flushall();
});

/** A process that knows the queue already: its epoch is agreed on, and what had to be restored is. */
async function openProcess(windowSize = 100): Promise<RedisDispatcher> {
  const connection = new RedisConnection(blueprintOf(server.url, systemClock), systemClock);
  connections.push(connection);
  const dispatcher = new RedisDispatcher({
    connection,
    keys: new DispatchKeys(),
    windowSize,
    queues: ['shop'],
  });
  await dispatcher.probe();
  await dispatcher.take('shop', ROOMS, 1);
  return dispatcher;
}

describe('an announcement behind a full window', () => {
  /** Bytes that clients have sent since the server was started. */
  async function bytesSent(): Promise<number> {
    return Number(/^total_net_input_bytes:(\d+)/m.exec(await redis.info('stats'))?.[1]);
  }

  async function bytesOf(work: () => Promise<void>): Promise<number> {
    const before = await bytesSent();
    await work();
    return (await bytesSent()) - before;
  }

  it('does not carry what has no place there', async () => {
    const dispatcher = await openProcess(100);
    const [line, more, evenMore] = [makeHints(150), makeHints(500), makeHints(500)];
    await dispatcher.announce('shop', line);
    const first = await bytesOf(() => dispatcher.announce('shop', more));
    const second = await bytesOf(() => dispatcher.announce('shop', evenMore));
    expect(first).toBeGreaterThan(500 * 36);
    expect(second).toBeLessThan(2_000);
    expect(await redis.zrange(READY, 0, -1)).toEqual(idsOf(line.slice(0, 100)));
  });

  it('carries everything again as soon as one of it has a place', async () => {
    const dispatcher = await openProcess(100);
    const images = makeHints(30, { type: 'resize_image' });
    const [line, more] = [makeHints(150), makeHints(50)];
    await dispatcher.announce('shop', line);
    await dispatcher.announce('shop', more);
    // The best of them is not the first.
    const urgent = makeHint({ priority: 5 });
    await dispatcher.announce('shop', [...makeHints(30), urgent, makeHint({ priority: 4 }), ...images]);
    const held = await redis.zrange(READY, 0, -1);
    expect(held.slice(0, 3)).toEqual([urgent.id, expect.any(String), line[0]!.id]); // made above
    expect(held).toHaveLength(100);
    expect(await redis.zcard('kyu:{shop}:ready:resize_image')).toBe(30);
    // The window has been emptied since, and nothing waits for it in the ledger.
    await redis.del(READY, MORE);
    const late = makeHints(60);
    await dispatcher.announce('shop', late);
    expect(await redis.zrange(READY, 0, -1)).toEqual(idsOf(late));
  });
});

describe('the keys in Redis', () => {
  it('share one hash tag per queue, and there are no others', async () => {
    const dispatcher = await openProcess(2);
    await dispatcher.announce('shop', [...makeHints(5), makeHint({ type: 'generate_report' })]);
    const keys = await redis.keys('*');
    expect(keys.sort()).toEqual([EPOCH, MORE, 'kyu:{shop}:ready:generate_report', READY].sort());
  });

  it('hold −priority as score and the id as member', async () => {
    const dispatcher = await openProcess();
    const hint = makeHint({ priority: 7 });
    await dispatcher.announce('shop', [hint]);
    expect(await redis.zrange(READY, 0, -1, 'WITHSCORES')).toEqual([hint.id, '-7']);
  });

  it('stay apart from those of another prefix', () => {
    const keys = new DispatchKeys('kyu:reports');
    expect(keys.forScript('shop', ['a', 'b:c'])).toEqual([
      'kyu:reports:{shop}:epoch',
      'kyu:reports:{shop}:more',
      'kyu:reports:{shop}:ready:a',
      'kyu:reports:{shop}:ready:b:c',
    ]);
  });

  it('cannot be given a prefix that moves them to another slot', () => {
    expect(() => new DispatchKeys('a{b}')).toThrow(/prefix: got "a\{b\}"/);
  });
});

describe('the epoch', () => {
  it('is agreed on by all processes', async () => {
    const first = await openProcess();
    const epoch = await redis.get(EPOCH);
    const second = await openProcess();
    expect(await redis.get(EPOCH)).toBe(epoch);
    const hint = makeHint();
    await first.announce('shop', [hint]);
    expect(hintsOf(await second.take('shop', ROOMS, 1)).ids).toEqual([hint.id]);
  });

  it('makes the first process that finds none restore its queue', async () => {
    const connection = new RedisConnection(blueprintOf(server.url, systemClock), systemClock);
    connections.push(connection);
    const dispatcher = new RedisDispatcher({
      connection,
      keys: new DispatchKeys(),
      windowSize: 9,
      queues: ['shop'],
    });
    await dispatcher.probe();
    expect(await dispatcher.take('shop', ROOMS, 1)).toEqual({ kind: 'forgotten' });
    expect(hintsOf(await dispatcher.take('shop', ROOMS, 1)).ids).toEqual([]);
  });

  it.each([
    ['FLUSHALL', () => redis.flushall()],
    ['another generation of the data', () => redis.set(EPOCH, 'from an old snapshot')],
  ])('tells a take of %s, once', async (_what, lose) => {
    const dispatcher = await openProcess();
    await lose();
    expect(await dispatcher.take('shop', ROOMS, 1)).toEqual({ kind: 'forgotten' });
    const hint = makeHint();
    await dispatcher.restore('shop', 'send_email', [hint], true);
    expect(hintsOf(await dispatcher.take('shop', ROOMS, 1)).ids).toEqual([hint.id]);
  });

  it('tells the take after an announcement that found Redis flushed; the announced job is there', async () => {
    const dispatcher = await openProcess();
    await redis.flushall();
    const hint = makeHint();
    await dispatcher.announce('shop', [hint]);
    expect(await dispatcher.take('shop', ROOMS, 1)).toEqual({ kind: 'forgotten' });
    expect(hintsOf(await dispatcher.take('shop', ROOMS, 1)).ids).toEqual([hint.id]);
  });

  it('tells every other process as well', async () => {
    const [first, second] = [await openProcess(), await openProcess()];
    await redis.flushall();
    await first.announce('shop', [makeHint()]);
    expect(await second.take('shop', ROOMS, 1)).toEqual({ kind: 'forgotten' });
  });

  it('is looked at while nothing is to do', async () => {
    const dispatcher = await openProcess();
    expect(await dispatcher.check()).toEqual([]);
    await redis.flushall();
    expect(await dispatcher.check()).toEqual(['shop']);
    expect(await dispatcher.take('shop', ROOMS, 1)).toEqual({ kind: 'forgotten' });
    expect(await dispatcher.check()).toEqual([]);
  });
});

describe('the scripts', () => {
  it('are sent again to a Redis that forgot them', async () => {
    const dispatcher = await openProcess();
    const hints = makeHints(3);
    await redis.script('FLUSH');
    await dispatcher.announce('shop', hints.slice(0, 2));
    await redis.script('FLUSH');
    expect(hintsOf(await dispatcher.take('shop', ROOMS, 10)).ids).toEqual(idsOf(hints.slice(0, 2)));
    await redis.script('FLUSH');
    expect(await dispatcher.restore('shop', 'send_email', hints, true)).toEqual({ added: 3 });
  });

  it('take many hints in order from many types at once', async () => {
    const dispatcher = await openProcess(10_000);
    const types = Array.from({ length: 40 }, (_, index) => `type-${index}`);
    const hints = Array.from({ length: 3_000 }, (_, index) =>
      makeHint({ type: types[(index * 7) % types.length], priority: (index * 13) % 5 }),
    );
    await dispatcher.announce('shop', hints);
    const expected = [...hints].sort(
      (one, other) => other.priority - one.priority || (one.id < other.id ? -1 : 1),
    );
    const rooms = types.map((type) => ({ type, size: 500 }));
    const taken: string[] = [];
    for (const limit of [1, 2, 41, 500, 999, 2_000]) {
      taken.push(...hintsOf(await dispatcher.take('shop', rooms, limit)).ids);
    }
    expect(taken).toEqual(idsOf(expected));
    expect(await redis.keys('kyu:{shop}:ready:*')).toEqual([]);
  });

  it('leave an arrival to the ledger that would overtake jobs beyond the window', async () => {
    const dispatcher = await openProcess(8);
    const hints = makeHints(20);
    await dispatcher.announce('shop', hints);
    await dispatcher.take('shop', ROOMS, 3);
    await dispatcher.announce('shop', [makeHint()]);
    expect(await redis.zrange(READY, 0, -1)).toEqual(idsOf(hints.slice(3, 8)));
    const urgent = makeHint({ priority: 1 });
    await dispatcher.announce('shop', [urgent]);
    expect(await redis.zrange(READY, 0, -1)).toEqual(idsOf([urgent, ...hints.slice(3, 8)]));
  });

  it('tell one of several processes that a type runs low', async () => {
    const processes = await Promise.all([openProcess(8), openProcess(8), openProcess(8)]);
    await processes[0].announce('shop', makeHints(20));
    const takes = await Promise.all(processes.map((process) => process.take('shop', ROOMS, 3)));
    expect(takes.flatMap((taken) => hintsOf(taken).lowTypes)).toEqual(['send_email']);
    await processes[1].restore('shop', 'send_email', makeHints(8), false);
    expect(await redis.smembers(MORE)).toEqual(['send_email']);
  });

  it('restore more than one call can carry', async () => {
    const dispatcher = await openProcess(10_000);
    const hints = makeHints(2_500);
    expect(await dispatcher.restore('shop', 'send_email', hints, false)).toEqual({ added: 2_500 });
    expect(await redis.zcard(READY)).toBe(2_500);
    expect(await redis.smembers(MORE)).toEqual(['send_email']);
    expect(await dispatcher.restore('shop', 'send_email', hints, true)).toEqual({ added: 0 });
    expect(await redis.exists(MORE)).toBe(0);
  });

  it('wake the listeners of the queue', async () => {
    const dispatcher = await openProcess();
    const listener = new Redis(server.url);
    const channels: string[] = [];
    listener.on('message', (channel) => channels.push(channel));
    await listener.subscribe('kyu:{shop}:wake');
    const hint = makeHint();
    await dispatcher.announce('shop', [hint]);
    await eventually(() => expect(channels).toEqual(['kyu:{shop}:wake']));
    await dispatcher.restore('shop', 'send_email', [hint], true);
    await dispatcher.restore('shop', 'send_email', [hint, makeHint()], true);
    await eventually(() => expect(channels).toHaveLength(2));
    listener.disconnect();
  });

  it('name their keys, arguments, answers and callers', async () => {
    const { readFile, readdir } = await import('node:fs/promises');
    const folder = new URL('../../lib/dispatch/scripts/', import.meta.url);
    const files = (await readdir(folder)).filter((file) => file.endsWith('.lua'));
    expect(files.sort()).toEqual([
      'adopt-epoch.lua',
      'announce.lua',
      'restore.lua',
      'take.lua',
      'withdraw-up-to.lua',
      'withdraw.lua',
    ]);
    for (const file of files) {
      const header = (await readFile(new URL(file, folder), 'utf8')).split(']]')[0];
      for (const part of ['Purpose', 'Called by', 'KEYS[1]', 'ARGV[1]', 'Returns', 'Twice']) {
        expect(header, file).toContain(part);
      }
    }
  });
});

describe('what others wrote into Redis', () => {
  it('is handed out where it looks like a job: the ledger refuses it', async () => {
    const dispatcher = await openProcess();
    const [forged, hint] = [makeHint(), makeHint()];
    await dispatcher.announce('shop', [hint]);
    await redis.zadd(READY, '-inf', forged.id);
    expect(hintsOf(await dispatcher.take('shop', ROOMS, 10)).ids).toEqual([forged.id, hint.id]);
  });

  it('is dropped where it is no id at all, and does not hide the jobs behind it', async () => {
    const dispatcher = await openProcess();
    const hint = makeHint();
    await dispatcher.announce('shop', [hint]);
    await redis.zadd(READY, -1, '', -1, "'; drop table kyu_jobs; --", -1, 'ф'.repeat(1_000));
    expect(await dispatcher.take('shop', ROOMS, 2)).toEqual({ kind: 'look' });
    expect(hintsOf(await dispatcher.take('shop', ROOMS, 10)).ids).toEqual([hint.id]);
  });

  it.each([READY, MORE, EPOCH])(
    'under %s with another type fails the call and touches nothing else',
    async (key) => {
      const dispatcher = await openProcess(4);
      const reports = makeHints(6, { type: 'generate_report' });
      const rooms = [{ type: 'generate_report', size: 10 }, ...ROOMS];
      await dispatcher.announce('shop', reports);
      await redis.del(key);
      await redis.hset(key, 'field', 'value');
      const before = await redis.zrange('kyu:{shop}:ready:generate_report', 0, -1);

      const late = [makeHint({ type: 'generate_report', priority: 1 }), makeHint()];
      await expect(dispatcher.announce('shop', late)).rejects.toThrow(/WRONGTYPE/);
      await expect(dispatcher.take('shop', rooms, 1)).rejects.toThrow(/WRONGTYPE/);
      await expect(dispatcher.restore('shop', 'send_email', makeHints(1), true)).rejects.toThrow(/WRONGTYPE/);
      await expect(dispatcher.probe()).rejects.toThrow(/WRONGTYPE/);
      expect(await redis.zrange('kyu:{shop}:ready:generate_report', 0, -1)).toEqual(before);
      expect(await redis.hgetall(key)).toEqual({ field: 'value' });
    },
  );
});
