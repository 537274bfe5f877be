import { Redis } from 'ioredis';
import { setTimeout as delay } from 'node:timers/promises';
import { JobIdSource } from '../../../lib/core/job-id.js';
import type { SeededRandom } from './seeded-random.js';

/** One thing that is done to Redis, and what ends it; both may fail while another one is still felt. */
export interface Attack {
  readonly name: string;
  strike(): Promise<unknown>;
  /** After a while; absent = it is over at once. */
  heal?(): Promise<unknown>;
}

const PASSWORD = 'changed under everybody';
const FLOOD = 5_000;
/** Longer than two timeouts of a command, so that both modes are lived in. */
const LONGEST_ATTACK_MS = 2_200;

/**
 * Somebody with every right on Redis who wants harm: forges, steals, renames and mistypes what Kyu keeps there, and
 * turns the server against its clients. Its connection survives what it does to others.
 */
export class RedisAdversary {
  private readonly redis: Redis;
  private readonly ids = new JobIdSource(() => Date.now());
  /** How often each attack was made. */
  readonly strikes = new Map<string, number>();

  constructor(
    url: string,
    private readonly random: SeededRandom,
    /** Ids of jobs that are none of the queue's pending ones, such as ended ones. */
    private readonly foreignIds: () => Promise<readonly string[]>,
  ) {
    this.redis = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 50 });
    this.redis.on('error', () => {}); // a connection that it has cut itself
  }

  /** Attacks for so long, one after another, chosen by chance; then everything that lasts is taken back. */
  async storm(forMs: number): Promise<void> {
    const until = performance.now() + forMs;
    let deck: Attack[] = [];
    while (performance.now() < until) {
      // Each of them once before any comes again: a short storm leaves none out.
      if (deck.length === 0) deck = this.shuffled(this.attacks());
      await this.make(deck.pop()!); // it was just filled
    }
    await this.redis.flushall();
  }

  close(): void {
    this.redis.disconnect();
  }

  private async make(attack: Attack): Promise<void> {
    this.strikes.set(attack.name, (this.strikes.get(attack.name) ?? 0) + 1);
    try {
      await attack.strike();
      const isLasting = attack.heal !== undefined;
      await delay(this.random.between(50, isLasting ? LONGEST_ATTACK_MS : 400)); // the attack itself
    } finally {
      await attack.heal?.();
    }
  }

  private attacks(): Attack[] {
    const { redis } = this;
    return [
      { name: 'forged ids', strike: () => this.add(this.forged(200)) },
      { name: 'ids of other jobs', strike: async () => this.add(await this.foreignIds()) },
      {
        name: 'members that are no ids',
        strike: () => this.add(['', 'no id', '\u0000', 'x'.repeat(10_000)]),
      },
      { name: 'flood of ids', strike: () => this.add(this.forged(FLOOD)) },
      { name: 'stolen ids', strike: () => this.each('ready', (key) => redis.zpopmin(key, 100)) },
      { name: 'renamed sets', strike: () => this.each('ready', (key) => redis.rename(key, `${key}_away`)) },
      {
        name: 'text in place of sets',
        strike: () => this.each('ready', (key) => redis.set(key, 'a text')),
        heal: () => this.deleteSome(1),
      },
      {
        name: 'a list in place of the epoch',
        strike: () => this.each('epoch', (key) => redis.multi().del(key).lpush(key, 'one').exec()),
        heal: () => this.deleteSome(1),
      },
      { name: 'forged epoch', strike: () => this.each('epoch', (key) => redis.set(key, 'forged')) },
      { name: 'deleted keys', strike: () => this.deleteSome(0.5) },
      { name: 'FLUSHALL', strike: () => redis.flushall() },
      { name: 'SCRIPT FLUSH', strike: () => redis.script('FLUSH') },
      { name: 'wake-ups for nothing', strike: () => this.wakeForNothing() },
      { name: 'cut connections', strike: () => redis.client('KILL', 'SKIPME', 'yes') },
      { name: 'CLIENT PAUSE', strike: () => redis.client('PAUSE', 700) },
      {
        name: 'READONLY',
        strike: () => redis.replicaof('127.0.0.1', 1),
        heal: () => redis.replicaof('NO', 'ONE'),
      },
      {
        name: 'OOM',
        strike: () => redis.config('SET', 'maxmemory', '1'),
        heal: () => redis.config('SET', 'maxmemory', '0'),
      },
      {
        name: 'NOAUTH',
        strike: async () => {
          await redis.config('SET', 'requirepass', PASSWORD);
          await redis.auth(PASSWORD);
          await redis.client('KILL', 'SKIPME', 'yes');
        },
        heal: () => redis.config('SET', 'requirepass', ''),
      },
      {
        name: 'NOPERM',
        strike: () => redis.acl('SETUSER', 'default', '-evalsha', '-eval', '-get'),
        heal: () => redis.acl('SETUSER', 'default', '+@all'),
      },
    ];
  }

  /** Into every ready set, before everything else that is there. */
  private async add(members: readonly string[]): Promise<void> {
    if (members.length === 0) return;
    const pairs = members.flatMap((member) => [-1_000_000, member]);
    await this.each('ready', (key) => this.redis.zadd(key, ...pairs));
  }

  private forged(count: number): string[] {
    return Array.from({ length: count }, () => this.ids.next());
  }

  /** A key of the wrong type, left by an attack before, is no reason to stop. */
  private async each(kind: string, act: (key: string) => Promise<unknown>): Promise<void> {
    const keys = await this.redis.keys(`*:${kind}*`);
    await Promise.allSettled(keys.map(act));
  }

  private async deleteSome(share: number): Promise<void> {
    const keys = (await this.redis.keys('*')).filter(() => this.random.next() < share);
    if (keys.length > 0) await this.redis.del(keys);
  }

  private async wakeForNothing(): Promise<void> {
    const channels = (await this.redis.pubsub('CHANNELS', '*')) as string[];
    for (let count = 0; count < 500; count += 1)
      await Promise.all(channels.map((channel) => this.redis.publish(channel, 'wake up')));
  }

  private shuffled(attacks: Attack[]): Attack[] {
    const ranked = attacks.map((attack) => ({ attack, rank: this.random.next() }));
    return ranked.sort((one, other) => one.rank - other.rank).map(({ attack }) => attack);
  }
}
