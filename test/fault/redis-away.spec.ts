import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventLog } from '../support/fault/event-log.js';
import { monotonicMs } from '../support/fault/events.js';
import { paced } from '../support/fair-trial.js';
import { recordFigure, recordSeconds } from '../support/fault/figures.js';
import { Laboratory } from '../support/fault/laboratory.js';
import type { Member } from '../support/fault/member.js';
import { describeSpread, spreadOf } from '../support/fault/recovery.js';
import { FaultProxy } from '../support/fault/proxy/fault-proxy.js';
import { waitUntil } from '../support/fault/wait-until.js';
import { startRate, startsSince, waitsOf } from '../support/fault/waits.js';

const OUTAGE_MS = 10_000;
/** A frozen server costs timeouts, which a refused connection does not; longer than all of them is long enough. */
const FREEZE_MS = 6_000;
const LONGEST_WAIT_MS = 2_000;
const LONGEST_RETURN_MS = 5_000;
const SMALLEST_SHARE = 0.5;
const FEWEST_CALLS = 10;

describe('Redis that goes away under load', () => {
  let laboratory: Laboratory;

  beforeAll(async () => {
    laboratory = await Laboratory.open();
  });

  afterAll(() => laboratory.close());

  it('is replaced when it was killed, and used again when it is back', async () => {
    const { redis } = laboratory;
    await survive(
      'killed',
      OUTAGE_MS,
      () => redis.kill(),
      () => redis.start(),
    );
  });

  it('is replaced when it is frozen, and used again when it goes on', async () => {
    const { redis } = laboratory;
    await survive(
      'frozen',
      FREEZE_MS,
      async () => redis.pause(),
      async () => redis.resume(),
    );
  });

  it('is replaced when nothing reaches it and nobody hears of it, and used again when the network is back', async () => {
    const proxy = await FaultProxy.open(laboratory.redis.port);
    try {
      await survive(
        'black-holed',
        FREEZE_MS,
        async () => proxy.blackHole(),
        async () => proxy.heal(),
        proxy.through(laboratory.redis.url),
      );
    } finally {
      await proxy.close();
    }
  });

  it('keeps no idle worker from the next job when it is frozen', async () => {
    const { redis } = laboratory;
    await using round = await laboratory.round();
    const { events, fleet } = round;
    const [producer] = await Promise.all([fleet.startProducer(), fleet.startWorkers(1)]);
    await producer.enqueue([{ type: 'noop' }]);
    await round.drained();
    redis.pause();
    try {
      const [job] = await producer.enqueue([{ type: 'noop' }]);
      await events.first('its start', (log) => log.of('start').find((start) => start.job === job));
      await round.drained();
    } finally {
      redis.resume();
    }
    const [wait = Infinity] = waitsOf(events, { from: events.of('enqueued').at(-1)?.at ?? 0, to: Infinity });
    console.log(`Redis frozen under an idle worker: the next job waits ${Math.round(wait)} ms.`);
    expect((await round.judge()).findings).toEqual([]);
    expect(wait).toBeLessThanOrEqual(paced(LONGEST_WAIT_MS));
  });

  async function survive(
    what: string,
    outageMs: number,
    strike: () => Promise<void>,
    heal: () => Promise<void>,
    redis = laboratory.redis.url,
  ): Promise<void> {
    await using round = await laboratory.round();
    const { events, fleet } = round;
    const [producer, workers] = await Promise.all([
      fleet.startProducer({ redis }),
      fleet.startWorkers(2, { redis }),
    ]);
    const loadedAt = monotonicMs();
    producer.startLoad({ seed: laboratory.seed, perSecond: 50, longestNapMs: 50, failing: 0.1 });
    await startsSince(events, loadedAt, 150);

    const struckAt = monotonicMs();
    const normalRate = startRate(events, { from: loadedAt, to: struckAt });
    await strike();
    await delay(outageMs); // the outage itself
    await heal();
    const healedAt = monotonicMs();
    await laboratory.redisView.resetCounters();
    const returns = await Promise.all(
      [...workers, producer].map((member) => returnOf(member, events, healedAt)),
    );
    // The log is one thing, the counters of Redis are another: ids go in, and ids come out.
    await waitUntil('traffic in Redis', flows, { everyMs: 100 });
    await startsSince(events, monotonicMs(), 50);
    await producer.stopLoad();
    await round.drained();

    const { counts, findings } = await round.judge();
    const waits = spreadOf(waitsOf(events, { from: struckAt, to: healedAt }));
    const nextStart = (events.of('start', { since: struckAt }).at(0)?.at ?? Infinity) - struckAt;
    const share = startRate(events, { from: struckAt, to: healedAt }) / normalRate;
    const slowestReturn = Math.max(...returns) - healedAt;
    console.log(
      `Redis ${what} for ${outageMs / 1_000} s: next start after ${Math.round(nextStart)} ms, waits ` +
        `${describeSpread(waits)}, ${Math.round(share * 100)} % of the normal rate, ` +
        `used again by everybody after ${Math.round(slowestReturn)} ms; ${JSON.stringify(counts)}.`,
    );
    recordSeconds('redis_down_next_start_p99_s', Math.max(nextStart, waits.p99));
    recordFigure('redis_down_throughput_share', Math.round(share * 100) / 100);
    recordSeconds('redis_back_used_s', slowestReturn);
    expect(findings).toEqual([]);
    expect(fleet.desertions).toEqual([]);
    expect(events.of('refused')).toEqual([]);
    expect(nextStart).toBeLessThanOrEqual(paced(LONGEST_WAIT_MS));
    expect(waits.p99).toBeLessThanOrEqual(paced(LONGEST_WAIT_MS));
    expect(share).toBeGreaterThanOrEqual(SMALLEST_SHARE);
    expect(slowestReturn).toBeLessThanOrEqual(paced(LONGEST_RETURN_MS));
    // All of them noticed: an outage that nobody felt would prove nothing.
    for (const { pid } of [...workers, producer])
      expect(switches(events, pid, struckAt)).toContain('postgres');
  }

  async function flows(): Promise<true | undefined> {
    const { redisView } = laboratory;
    const [added, taken] = await Promise.all([
      redisView.countCalls('zadd'),
      redisView.countCalls('zremrangebyrank'),
    ]);
    return (added >= FEWEST_CALLS && taken >= FEWEST_CALLS) || undefined;
  }
});

/** When this process said that it uses Redis again. */
async function returnOf({ pid }: Member, events: EventLog, since: number): Promise<number> {
  const find = (log: EventLog) =>
    log.of('log', { pid, since }).find(({ details }) => details['to'] === 'redis')?.at;
  return events.first(`the return of process ${pid} to Redis`, find);
}

function switches(events: EventLog, pid: number, since: number): unknown[] {
  return events.of('log', { pid, since }).map(({ details }) => details['to']);
}
