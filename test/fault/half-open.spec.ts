import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EventLog } from '../support/fault/event-log.js';
import { monotonicMs } from '../support/fault/events.js';
import { paced } from '../support/fair-trial.js';
import { recordSeconds } from '../support/fault/figures.js';
import { Laboratory, type Round } from '../support/fault/laboratory.js';
import { FaultProxy } from '../support/fault/proxy/fault-proxy.js';
import { waitUntil } from '../support/fault/wait-until.js';
import { startsSince } from '../support/fault/waits.js';

const LONGEST_HEARTBEAT_NOTICE_MS = 3_000;
const LONGEST_ENGINE_NOTICE_MS = 5_000;
const LONGEST_REDIS_NOTICE_MS = 2_000;
const STRIKES = 3;
/** More often than the lease is long. */
const STRIKE_EVERY_MS = 1_000;

/** A firewall forgets connections, a machine vanishes: no FIN, no RST, no error, only silence. New connections pass. */
describe('connections that die without a word', () => {
  let laboratory: Laboratory;
  let postgres: FaultProxy;
  let redis: FaultProxy;

  beforeAll(async () => {
    laboratory = await Laboratory.open();
  });

  beforeEach(async () => {
    postgres = await FaultProxy.open(laboratory.postgres.port);
    redis = await FaultProxy.open(laboratory.redis.port);
  });

  afterEach(() => Promise.all([postgres.close(), redis.close()]));
  afterAll(() => laboratory.close());

  function throughProxies() {
    return { dsn: postgres.through(laboratory.postgres.url), redis: redis.through(laboratory.redis.url) };
  }

  it('of the heartbeat are replaced within 3 s', async () => {
    await using round = await laboratory.round();
    const { events, fleet } = round;
    await fleet.startWorker(throughProxies());
    await firstBeat(round);
    const notices: number[] = [];
    for (let count = 0; count < STRIKES; count += 1) {
      const strike = () => (postgres.halfOpen(':watchdog') > 0 ? monotonicMs() : undefined);
      const struckAt = await waitUntil('a heartbeat to strike', strike, { everyMs: 10 });
      const [last] = await beatsOf(round);
      const anew = async () => ((await beatsOf(round)).at(0) === last ? undefined : monotonicMs());
      const noticedAt = await waitUntil('a fresh heartbeat', anew, { everyMs: 20 });
      notices.push(noticedAt - struckAt);
    }
    recordSeconds('half_open_heartbeat_s', Math.max(...notices));
    console.log(`Half-open heartbeat noticed after ${notices.map(Math.round).join(', ')} ms.`);
    expect(Math.max(...notices)).toBeLessThanOrEqual(paced(LONGEST_HEARTBEAT_NOTICE_MS));
    expect(lossesOf(events)).toEqual([]);
  });

  it('of the heartbeat cost no lease, however often', async () => {
    const leaseMs = 3_000;
    await using round = await laboratory.round({ leaseMs, beatMs: 600 });
    const { events, fleet } = round;
    const [producer] = await Promise.all([fleet.startProducer(), fleet.startWorker(throughProxies())]);
    const other = await fleet.startWorker();
    const jobs = await producer.enqueue(
      Array.from({ length: 10 }, () => ({ type: 'stubborn' as const, ms: 2.5 * paced(leaseMs) })),
    );
    await startsSince(events, 0, jobs.length);
    await firstBeat(round);
    const since = monotonicMs();
    const struck = setInterval(() => postgres.halfOpen(':watchdog'), paced(STRIKE_EVERY_MS));
    await round.drained().finally(() => clearInterval(struck));
    const { counts, findings } = await round.judge();
    console.log(
      `Heartbeat half-open every ${paced(STRIKE_EVERY_MS)} ms (lease ${paced(leaseMs)} ms): ${JSON.stringify(counts)}.`,
    );
    expect(events.of('start', { pid: other.pid })).not.toEqual([]);
    expect(findings).toEqual([]);
    expect(lossesOf(events, since)).toEqual([]);
    expect(counts).toMatchObject({ runs: jobs.length, completed: jobs.length, crashedRuns: 0 });
  });

  it('of the engine are replaced within 5 s, and nobody is taken for dead', async () => {
    await using round = await laboratory.round();
    const { events, fleet } = round;
    const [producer, worker] = await Promise.all([
      fleet.startProducer(),
      fleet.startWorker(throughProxies()),
    ]);
    producer.startLoad({ seed: laboratory.seed, perSecond: 40, longestNapMs: 30 });
    await startsSince(events, monotonicMs(), 40);
    const notices: number[] = [];
    for (let count = 0; count < STRIKES; count += 1) {
      const struckAt = monotonicMs();
      expect(postgres.halfOpen()).toBeGreaterThan(2);
      notices.push((await firstNewStart(events, worker.pid, struckAt)) - struckAt);
      await startsSince(events, monotonicMs(), 40);
    }
    await producer.stopLoad();
    await round.drained();
    const { counts, findings } = await round.judge();
    recordSeconds('half_open_engine_s', Math.max(...notices));
    console.log(
      `Every connection to PostgreSQL half-open: the next job starts after ${notices.map(Math.round).join(', ')} ms; ` +
        `${JSON.stringify(counts)}.`,
    );
    expect(findings).toEqual([]);
    expect(Math.max(...notices)).toBeLessThanOrEqual(paced(LONGEST_ENGINE_NOTICE_MS));
    await expectNobodyTakenForDead(round);
  });

  it('to Redis are noticed within 2 s, and the producer sees no error', async () => {
    await using round = await laboratory.round();
    const { events, fleet } = round;
    const { redis: url } = throughProxies();
    const [producer, worker] = await Promise.all([
      fleet.startProducer({ redis: url }),
      fleet.startWorker({ redis: url }),
    ]);
    producer.startLoad({ seed: laboratory.seed, perSecond: 40, longestNapMs: 30 });
    await startsSince(events, monotonicMs(), 40);
    const notices: number[] = [];
    for (let count = 0; count < STRIKES; count += 1) {
      const struckAt = monotonicMs();
      expect(redis.halfOpen()).toBeGreaterThanOrEqual(3);
      for (const { pid } of [producer, worker]) {
        const noticed = (log: EventLog) =>
          log.of('log', { pid, since: struckAt }).find(({ details }) => details['to'] === 'postgres')?.at;
        notices.push((await events.first('the switch to PostgreSQL', noticed)) - struckAt);
        const back = (log: EventLog) =>
          log.of('log', { pid, since: struckAt }).find(({ details }) => details['to'] === 'redis');
        await events.first('the return to Redis', back);
      }
      await startsSince(events, monotonicMs(), 40);
    }
    await producer.stopLoad();
    await round.drained();
    recordSeconds('half_open_redis_s', Math.max(...notices));
    console.log(`Half-open connections to Redis noticed after ${notices.map(Math.round).join(', ')} ms.`);
    expect((await round.judge()).findings).toEqual([]);
    expect(events.of('refused')).toEqual([]);
    expect(Math.max(...notices)).toBeLessThanOrEqual(paced(LONGEST_REDIS_NOTICE_MS));
  });
});

/** The registration is no beat: the thread connects afterwards. */
async function firstBeat(round: Round): Promise<void> {
  const beats = async () => (await beatsOf(round)).at(0);
  await waitUntil('the first beat', beats, { everyMs: 50 });
}

async function beatsOf({ ledger, stores }: Round): Promise<string[]> {
  const sql = `select heartbeat_at::text as at from ${stores.schema}.kyu_workers where heartbeat_at > started_at`;
  return (await ledger.query<{ at: string }>(sql)).map(({ at }) => at);
}

function lossesOf(events: EventLog, since = 0): string[] {
  return events
    .of('log', { since })
    .map(({ message }) => message)
    .filter((message) => message.includes('lost its lease'));
}

/** The first start of a job that did not exist before: nobody can have claimed it earlier. */
async function firstNewStart(events: EventLog, pid: number, since: number): Promise<number> {
  const find = (log: EventLog) => {
    const fresh = new Set(log.of('enqueued', { since }).flatMap(({ jobs }) => jobs));
    return log.of('start', { pid, since }).find(({ job }) => fresh.has(job))?.at;
  };
  return events.first('the start of a new job', find);
}

async function expectNobodyTakenForDead({ ledger }: Round): Promise<void> {
  const isQuiet = async () => (await ledger.reaperIsActive()) || undefined;
  await waitUntil('a reaper that buries', isQuiet, { everyMs: 200 });
  expect((await ledger.attempts()).filter(({ outcome }) => outcome === 'crashed')).toEqual([]);
  expect((await ledger.workers()).filter(({ state }) => state === 'dead')).toEqual([]);
}
