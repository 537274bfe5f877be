import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DispatchLab, tookMs, untilMode } from '../support/dispatch/dispatch-lab.js';
import { hintsOf, makeHint, makeHints } from '../support/dispatch/hints.js';
import { openDispatcher, type OpenDispatcher } from '../support/dispatch/open-dispatcher.js';
import { eventually } from '../support/eventually.js';

const ROOMS = [{ type: 'send_email', size: 100 }];
const READY = 'kyu:{shop}:ready:send_email';
/** What the issue promises: work goes on within 2 s, and Redis is used again within 5 s. */
const GOES_ON_WITHIN_MS = 2_000;
const RETURNS_WITHIN_MS = 5_000;

let lab: DispatchLab;

beforeEach(async () => {
  lab = await DispatchLab.start();
});

afterEach(async () => {
  await lab.end();
});

describe('a dispatcher whose Redis dies', { timeout: 30_000 }, () => {
  it('sends workers to the ledger at once, wakes them over it, and says why', async () => {
    const subject = await lab.open();
    await lab.server.kill();
    subject.woken.length = 0;
    expect(await subject.dispatcher.take('shop', ROOMS, 10)).toEqual({ kind: 'look' });
    await subject.dispatcher.announce('shop', [makeHint()]);
    expect(subject.ledgerWakeUp.sent).toEqual(['shop']);
    expect(subject.woken).toContain('shop');
    await untilMode(subject, 'postgres', GOES_ON_WITHIN_MS);
    const [switched] = subject.events('dispatcher.switched');
    expect(switched).toMatchObject({ to: 'postgres' });
    expect(switched?.reason).toContain(`Redis at 127.0.0.1:${lab.server.port} cannot be used`);
    expect(subject.events('announce.failed')).toMatchObject([{ queue: 'shop', count: 1 }]);
  });

  it('notices it while nothing is to do, and wakes its workers', async () => {
    const subject = await lab.open();
    await lab.server.kill();
    await untilMode(subject, 'postgres', 4_000);
    expect(subject.woken).toContain('shop');
    expect(await subject.dispatcher.take('shop', ROOMS, 10)).toEqual({ kind: 'look' });
  });

  it('returns without a restart, and has every queue restored, the unknown ones too', async () => {
    const subject = await lab.open();
    await lab.server.kill();
    await untilMode(subject, 'postgres', 4_000);
    await lab.server.start();
    subject.woken.length = 0;
    await untilMode(subject, 'redis', RETURNS_WITHIN_MS);
    expect(subject.woken).toContain('shop');
    expect(subject.events('dispatcher.switched').map(({ to }) => to)).toEqual(['postgres', 'redis']);
    for (const queue of ['shop', 'never-used-before']) {
      expect(await subject.dispatcher.take(queue, ROOMS, 10)).toEqual({ kind: 'forgotten' });
      const hint = makeHint();
      await subject.dispatcher.restore(queue, 'send_email', [hint], true);
      expect(hintsOf(await subject.dispatcher.take(queue, ROOMS, 10)).ids).toEqual([hint.id]);
    }
  });

  it('has queues restored after a return even if Redis kept its data', async () => {
    const subject = await lab.open();
    const hint = makeHint();
    await subject.dispatcher.announce('shop', [hint]);
    lab.server.pause();
    await untilMode(subject, 'postgres', 5_000);
    lab.server.resume();
    await untilMode(subject, 'redis', RETURNS_WITHIN_MS);
    expect(await subject.dispatcher.take('shop', ROOMS, 10)).toEqual({ kind: 'forgotten' });
    expect(hintsOf(await subject.dispatcher.take('shop', ROOMS, 10)).ids).toEqual([hint.id]);
  });

  it('hears the wake-ups of others again afterwards', async () => {
    const [worker, producer] = [await lab.open(), await lab.open({ queues: [] })];
    await lab.server.kill();
    await Promise.all([untilMode(worker, 'postgres', 4_000), untilMode(producer, 'postgres', 4_000)]);
    await lab.server.start();
    await Promise.all([
      untilMode(worker, 'redis', RETURNS_WITHIN_MS),
      untilMode(producer, 'redis', RETURNS_WITHIN_MS),
    ]);
    await eventually(async () => {
      worker.woken.length = 0;
      producer.ledgerWakeUp.sent.length = 0;
      await producer.dispatcher.announce('shop', [makeHint()]);
      await eventually(() => expect(worker.woken).toContain('shop'), { withinMs: 100 });
      // A Redis that takes longer than the announcement's patience is helped out by the ledger: not this time.
      expect(producer.ledgerWakeUp.sent).toEqual([]);
    });
  });

  it('survives a restart so short that nobody asked: the loss of memory is noticed all the same', async () => {
    const subject = await lab.open();
    await subject.dispatcher.announce('shop', [makeHint()]);
    await lab.server.kill();
    await lab.server.start();
    const answer = await eventually(async () => {
      const taken = await subject.dispatcher.take('shop', ROOMS, 10);
      expect(taken.kind).not.toBe('look');
      return taken;
    });
    expect(answer).toEqual({ kind: 'forgotten' });
  });

  it('is not given up for a single failure', async () => {
    const subject = await lab.open();
    await lab.admin((redis) => redis.set(READY, 'not a sorted set'));
    expect(await subject.dispatcher.take('shop', ROOMS, 10)).toEqual({ kind: 'look' });
    await lab.admin((redis) => redis.del(READY));
    const hint = makeHint();
    await subject.dispatcher.announce('shop', [hint]);
    expect(hintsOf(await subject.dispatcher.take('shop', ROOMS, 10)).ids).toEqual([hint.id]);
    expect(subject.dispatcher.mode).toBe('redis');
    expect(subject.events('engine.failed')).toMatchObject([{ during: 'take' }]);
  });
});

describe('a dispatcher whose Redis freezes', { timeout: 30_000 }, () => {
  it('holds a worker up for a second at most, and a producer for a tenth of one', async () => {
    const subject = await lab.open();
    lab.server.pause();
    const takes = Promise.all([1, 2].map(() => subject.dispatcher.take('shop', ROOMS, 10)));
    expect(await tookMs(subject.dispatcher.announce('shop', [makeHint()]))).toBeLessThan(500);
    expect(await tookMs(takes)).toBeLessThan(1_500);
    expect(await takes).toEqual([{ kind: 'look' }, { kind: 'look' }]);
    expect(subject.dispatcher.mode).toBe('postgres');
    await eventually(() => expect(subject.events('announce.failed')).toMatchObject([{ count: 1 }]));
    lab.server.resume();
    await untilMode(subject, 'redis', RETURNS_WITHIN_MS);
  });

  it('lets the announcement arrive that Redis was only slow to take', async () => {
    const subject = await lab.open();
    const hint = makeHint();
    const sleep = lab.admin((redis) => redis.call('DEBUG', 'SLEEP', '0.5'));
    await eventually(async () => {
      const ping = lab.admin((redis) => redis.ping()).then(() => 'awake');
      // Who has not answered by then sleeps; `eventually` asks again when it was too early.
      const asleep = new Promise((resolve) => setTimeout(resolve, 50, 'asleep'));
      expect(await Promise.race([ping, asleep])).toBe('asleep');
    });
    await subject.dispatcher.announce('shop', [hint]);
    await sleep;
    await eventually(async () => {
      expect(hintsOf(await subject.dispatcher.take('shop', ROOMS, 10)).ids).toEqual([hint.id]);
    });
    expect(subject.events('announce.failed')).toEqual([]);
    expect(subject.dispatcher.mode).toBe('redis');
  });

  it('starts nevertheless, in time', async () => {
    lab.server.pause();
    const startedMs = performance.now();
    const subject = await lab.open();
    expect(performance.now() - startedMs).toBeLessThan(4_000);
    expect(subject.dispatcher.mode).toBe('postgres');
    lab.server.resume();
    await untilMode(subject, 'redis', RETURNS_WITHIN_MS);
  });
});

describe('a dispatcher whose Redis answers, but refuses', { timeout: 30_000 }, () => {
  const refusals: {
    name: string;
    begin: (redis: Redis) => Promise<unknown>;
    end: (redis: Redis) => Promise<unknown>;
  }[] = [
    {
      name: 'READONLY',
      begin: (redis) => redis.replicaof('127.0.0.1', 1),
      end: (redis) => redis.replicaof('NO', 'ONE'),
    },
    {
      name: 'OOM',
      begin: (redis) => redis.config('SET', 'maxmemory', '1'),
      end: (redis) => redis.config('SET', 'maxmemory', '0'),
    },
    {
      name: 'WRONGTYPE',
      begin: (redis) => redis.set(READY, 'foreign'),
      end: (redis) => redis.del(READY),
    },
    {
      name: 'NOPERM',
      begin: (redis) => redis.call('ACL', 'SETUSER', 'default', '-evalsha', '-eval'),
      end: (redis) => redis.call('ACL', 'SETUSER', 'default', '+@all'),
    },
  ];

  it.each(refusals)(
    'goes to PostgreSQL for $name, and stays there until it is over',
    async ({ name, begin, end }) => {
      const subject = await lab.open();
      await lab.admin(begin);
      for (const hint of makeHints(2)) await subject.dispatcher.announce('shop', [hint]);
      expect(subject.dispatcher.mode).toBe('postgres');
      expect(subject.events('dispatcher.switched')).toMatchObject([
        { reason: expect.stringContaining(name) },
      ]);
      expect(subject.events('announce.failed')).toHaveLength(2);

      await seesProbes(2); // one that is content with PING would have gone back by now
      expect(subject.dispatcher.mode).toBe('postgres');
      await lab.admin(end);
      await untilMode(subject, 'redis', RETURNS_WITHIN_MS);
    },
  );

  it('tells no password when it is wrong, and no argument of a command', async () => {
    await lab.admin((redis) => redis.config('SET', 'requirepass', 'right-secret'));
    const redis = `redis://:wrong-secret@127.0.0.1:${lab.server.port}`;
    const subject = await lab.open({ redis });
    expect(subject.dispatcher.mode).toBe('postgres');
    const switched = subject.events('dispatcher.switched');
    expect(switched).toMatchObject([{ reason: expect.stringContaining('WRONGPASS') }]);
    expect(JSON.stringify(switched)).not.toContain('secret');
  });

  it('begins to use Redis once its password is accepted', async () => {
    await lab.admin((redis) => redis.config('SET', 'requirepass', 'right-secret'));
    const subject = await lab.open();
    expect(subject.events('dispatcher.switched')).toMatchObject([
      { reason: expect.stringContaining('NOAUTH') },
    ]);
    const authorised = new Redis(lab.server.url, { password: 'right-secret' });
    await authorised.config('SET', 'requirepass', '');
    authorised.disconnect();
    await untilMode(subject, 'redis', RETURNS_WITHIN_MS);
  });

  it('gives its listeners errors that hold words alone', async () => {
    const subject = await lab.open();
    await lab.admin((redis) => redis.set(READY, 'foreign'));
    const hint = makeHint();
    await subject.dispatcher.announce('shop', [hint]);
    const [failed] = subject.events('announce.failed');
    expect(failed?.error).toMatchObject({ code: 'KYU_REDIS_UNAVAILABLE', name: 'RedisUnavailableError' });
    const everything = Object.getOwnPropertyNames(failed?.error).map((key) =>
      Reflect.get(failed?.error as object, key),
    );
    expect(everything.map(String).join(' ')).not.toContain(hint.id);
  });

  /** Every failed probe replaces its connection, and nobody else opens any meanwhile. */
  async function seesProbes(count: number): Promise<void> {
    await lab.admin(async (redis) => {
      const before = await connectionsSoFar(redis);
      await eventually(async () =>
        expect(await connectionsSoFar(redis)).toBeGreaterThanOrEqual(before + count),
      );
    });
  }

  async function connectionsSoFar(redis: Redis): Promise<number> {
    const info = await redis.info('stats');
    return Number(/total_connections_received:(\d+)/.exec(info)?.[1]);
  }
});

describe('a dispatcher that starts without Redis', { timeout: 30_000 }, () => {
  it('starts, works with PostgreSQL, and uses Redis once it appears', async () => {
    await lab.server.kill();
    const subject = await lab.open({ redis: `redis://someone:secret@127.0.0.1:${lab.server.port}/0` });
    expect(subject.dispatcher.mode).toBe('postgres');
    const [switched] = subject.events('dispatcher.switched');
    expect(switched?.reason).toMatch(
      new RegExp(`Redis at 127.0.0.1:${lab.server.port} cannot be used: .*ECONNREFUSED`),
    );
    expect(switched?.reason).not.toContain('secret');
    await subject.dispatcher.announce('shop', [makeHint()]);
    expect(subject.ledgerWakeUp.sent).toEqual(['shop']);
    expect(subject.events('announce.failed')).toEqual([]);

    await lab.server.start();
    await lab.admin((redis) => redis.call('ACL', 'SETUSER', 'someone', 'on', '>secret', '~*', '&*', '+@all'));
    await untilMode(subject, 'redis', RETURNS_WITHIN_MS);
    expect(await subject.dispatcher.take('shop', ROOMS, 10)).toEqual({ kind: 'forgotten' });
    await producerReaches(subject);
  });

  it.each([
    ['redis://user:secret@[bad', 'a URL that cannot be read'],
    ['postgres://user:secret@127.0.0.1:5432/kyu', 'a postgres:// URL'],
  ])('refuses what is no address of a Redis: %s', async (redis, what) => {
    const failure = await openDispatcher({ redis }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'KYU_CONFIG', field: 'redis' });
    expect(String(failure)).toContain(what);
    expect(String(failure)).not.toContain('secret');
    expect((failure as Error).cause).toBeUndefined();
  });

  async function producerReaches(worker: OpenDispatcher): Promise<void> {
    const producer = await lab.open({ queues: [] });
    const hint = makeHint();
    await producer.dispatcher.announce('shop', [hint]);
    expect(hintsOf(await worker.dispatcher.take('shop', ROOMS, 10)).ids).toEqual([hint.id]);
  }
});

describe('a dispatcher whose Redis is flushed', { timeout: 30_000 }, () => {
  it('says so at the next take, and wakes its workers if there is none', async () => {
    const subject = await lab.open();
    subject.woken.length = 0;
    await lab.admin((redis) => redis.flushall());
    await eventually(() => expect(subject.woken).toContain('shop'), { withinMs: 3_000 });
    expect(await subject.dispatcher.take('shop', ROOMS, 10)).toEqual({ kind: 'forgotten' });
    expect(subject.dispatcher.mode).toBe('redis');
  });
});
