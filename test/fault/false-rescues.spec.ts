import { Injectable } from '@nestjs/common';
import { JobHandler, KyuProducer } from 'nestjs-kyu';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { DataSource, type QueryRunner } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../support/eventually.js';
import { monotonicMs } from '../support/fault/events.js';
import { paced } from '../support/fair-trial.js';
import { recordFigure } from '../support/fault/figures.js';
import { Laboratory, type Round } from '../support/fault/laboratory.js';
import { LedgerView } from '../support/fault/ledger-view.js';
import { waitUntil } from '../support/fault/wait-until.js';
import { startsSince } from '../support/fault/waits.js';
import { startApp } from '../support/kyu-app.js';

const LEASE_MS = 3_000;
const BEAT_MS = 600;
/** One that is shorter than the lease, and one that is longer; postgres-restart.spec.ts has 15 s and more. */
const OUTAGES_MS = [1_000, 5_000];
const APPLICATION_POOL = 3;

const SILENT = { log: () => {}, warn: () => {}, error: () => {}, debug: () => {} };

/** The application's own connections, as a provider would have them. */
let application: DataSource;

@Injectable()
class HoardingHandlers {
  static runs = 0;

  /** Each takes a connection of the application's, and keeps it. */
  @JobHandler('hoard', { timeout: '1m' })
  async hoard(): Promise<void> {
    HoardingHandlers.runs += 1;
    const runner: QueryRunner = application.createQueryRunner();
    await runner.startTransaction();
    await runner.query('select pg_sleep($1)', [(2.5 * paced(LEASE_MS)) / 1_000]);
    await runner.commitTransaction();
    await runner.release();
  }
}

describe('a worker that lives', () => {
  let laboratory: Laboratory;

  beforeAll(async () => {
    laboratory = await Laboratory.open();
  });

  afterAll(() => laboratory.close());

  it('is not taken for dead because PostgreSQL was away, for however long', async () => {
    await using round = await laboratory.round({ leaseMs: LEASE_MS, beatMs: BEAT_MS });
    const { events, fleet, ledger } = round;
    const [producer] = await Promise.all([fleet.startProducer(), fleet.startWorkers(2)]);
    const longMs = paced(OUTAGES_MS.reduce((sum, ms) => sum + ms, 4_000));
    const jobs = await producer.enqueue([
      ...Array.from({ length: 3 }, () => ({ type: 'stubborn' as const, ms: longMs })),
      ...Array.from({ length: 2 }, () => ({ type: 'hold' as const, ms: longMs })),
    ]);
    await startsSince(events, 0, jobs.length);
    const workers = await ledger.workers();
    producer.startLoad({ seed: laboratory.seed, perSecond: 30, longestNapMs: 30 });
    for (const outageMs of OUTAGES_MS) {
      await startsSince(events, monotonicMs(), 30);
      await laboratory.postgres.stop('fast');
      await delay(paced(outageMs)); // the outage itself
      await laboratory.postgres.start();
      await startsSince(events, monotonicMs(), 30);
      await reaperIsActive(round);
    }
    await producer.stopLoad();
    await round.drained();
    const { counts, findings } = await round.judge();
    console.log(
      `PostgreSQL away for ${OUTAGES_MS.join(' and ')} ms (lease ${LEASE_MS} ms): ${counts.crashedRuns} false rescues; ` +
        `${JSON.stringify(counts)}.`,
    );
    recordFigure('false_rescues', counts.crashedRuns);
    expect(findings).toEqual([]);
    expect(counts.crashedRuns).toBe(0);
    expect(await ledger.workers()).toEqual(workers);
  });

  it('is not taken for dead because its handlers hold every connection, and the server has none left', async () => {
    const schema = 'hoarding';
    application = await new DataSource({
      type: 'postgres',
      url: laboratory.postgres.url,
      extra: { max: APPLICATION_POOL },
    }).initialize();
    onTestFinished(() => application.destroy());
    const kyu = {
      ...{
        dataSource: application,
        redis: laboratory.redis.url,
        schema,
        migrationsRun: true,
        logger: SILENT,
      },
      ...{
        lease: { beat: paced(BEAT_MS), length: paced(LEASE_MS) },
        pool: { maxOpen: 2 },
        workers: APPLICATION_POOL + 1,
      },
    };
    const app = await startApp({ providers: [HoardingHandlers], kyu });
    // Somebody who would bury it.
    await startApp({ kyu: { ...kyu, dataSource: undefined, dsn: laboratory.postgres.url } });
    const producer = app.get(KyuProducer);
    for (let count = 0; count < APPLICATION_POOL + 1; count += 1) await producer.enqueue('hoard', {});
    await eventually(() => expect(HoardingHandlers.runs).toBe(APPLICATION_POOL + 1));
    const hogs = await useUpConnections(laboratory.postgres.url);
    await delay(1.5 * paced(LEASE_MS)); // the shortage itself, longer than the lease
    await Promise.all(hogs.map((hog) => hog.end()));
    const ledger = new LedgerView(laboratory.postgres.url, schema);
    const isDone = async () => (await ledger.countUnfinished()) === 0 || undefined;
    await waitUntil('the end of every job', isDone, { everyMs: 200 });
    const attempts = await ledger.attempts();
    const crashed = attempts.filter(({ outcome }) => outcome === 'crashed').length;
    console.log(
      `Every connection held (${hogs.length} besides), lease ${LEASE_MS} ms: ${crashed} false rescues.`,
    );
    recordFigure('false_rescues', crashed);
    expect(hogs.length).toBeGreaterThan(0);
    expect(attempts.map(({ outcome, run }) => ({ outcome, run }))).toEqual(
      Array.from({ length: APPLICATION_POOL + 1 }, () => ({ outcome: 'completed', run: 1 })),
    );
  });
});

/** Connections until the server refuses one. */
async function useUpConnections(url: string): Promise<Client[]> {
  const hogs: Client[] = [];
  for (;;) {
    const client = new Client({ connectionString: url });
    client.on('error', () => {}); // the server may end it first
    try {
      await client.connect();
    } catch (error) {
      expect(error).toMatchObject({ code: '53300' });
      return hogs;
    }
    hogs.push(client);
  }
}

/** Only a reaper that buries again can take a living worker for dead. */
async function reaperIsActive({ ledger }: Round): Promise<void> {
  const buriesAgain = async () => (await ledger.reaperIsActive()) || undefined;
  await waitUntil('the end of the quiet time', buriesAgain, { everyMs: 200 });
}
