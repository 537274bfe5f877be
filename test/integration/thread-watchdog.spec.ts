import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Watchdog, WatchdogReport } from '../../lib/core/ports/watchdog.js';
import { eventually } from '../support/eventually.js';
import { identityOf, LedgerStage } from '../support/ledger/ledger-stage.js';
import { openLedger, type PostgresSubject } from '../support/ledger/open-ledger.js';

const RHYTHM = { beatMs: 100, leaseMs: 2_000 };

describe('the watchdog of the lease', () => {
  let subject: PostgresSubject;
  let stage: LedgerStage<EntityManager>;
  const running: Watchdog[] = [];

  beforeAll(async () => {
    subject = await openLedger();
    stage = new LedgerStage(subject);
  });

  afterEach(() => {
    for (const watchdog of running.splice(0)) watchdog.stop();
  });

  afterAll(() => subject.close());

  async function watch(workerId: string, reports: WatchdogReport[] = []): Promise<Watchdog> {
    const watchdog = subject.registry.startWatchdog(workerId, RHYTHM, (report) => reports.push(report));
    if ('impossible' in watchdog) throw new Error(watchdog.impossible);
    running.push(watchdog);
    await eventually(() => expect(watchdog.sinceProofMs).toBeLessThan(1_000));
    return watchdog;
  }

  async function heartbeatOf(workerId: string): Promise<Date> {
    const [worker] = (await subject.readings.workers(['shop'])).filter((row) => row.workerId === workerId);
    if (worker === undefined) throw new Error(`there is no worker ${workerId}`);
    return worker.heartbeatAt;
  }

  it('renews the lease while the event loop is blocked', async () => {
    const workerId = await stage.worker({ leaseMs: RHYTHM.leaseMs });
    const watchdog = await watch(workerId);
    const blockedAt = performance.now();
    while (performance.now() - blockedAt < 3_000);
    const sinceProofMs = watchdog.sinceProofMs;
    expect(sinceProofMs).toBeLessThan(1_000);
    expect(await subject.upkeep.bury(['shop'])).toEqual([]);
  });

  it('tells when the ledger has buried the worker, once, and beats no more', async () => {
    const workerId = await stage.worker();
    const reports: WatchdogReport[] = [];
    const watchdog = await watch(workerId, reports);
    await subject.dataSource.query(`update ${subject.schema}.kyu_workers set state = 'dead' where id = $1`, [
      workerId,
    ]);
    await eventually(() => expect(reports).toEqual([{ kind: 'buried' }]));
    const before = watchdog.sinceProofMs;
    await eventually(() => expect(watchdog.sinceProofMs).toBeGreaterThan(before + 3 * RHYTHM.beatMs));
    expect(reports).toHaveLength(1);
  });

  it('turns to another worker id when it is told to', async () => {
    const [first, second] = [await stage.worker(), await stage.worker()];
    await watch(first);
    const watchdog = await watch(second);
    const [firstBeat, secondBeat] = [await heartbeatOf(first), await heartbeatOf(second)];
    await eventually(async () =>
      expect((await heartbeatOf(second)).getTime()).toBeGreaterThan(secondBeat.getTime()),
    );
    expect(await heartbeatOf(first)).toEqual(firstBeat);
    expect(watchdog.sinceProofMs).toBeLessThan(1_000);
  });

  it('reports a connection that is cut, and goes on over another one', async () => {
    const workerId = await stage.worker();
    const reports: WatchdogReport[] = [];
    const watchdog = await watch(workerId, reports);
    const text = `select pg_terminate_backend(pid) from pg_stat_activity where application_name like '%:watchdog'`;
    await subject.dataSource.query(text);
    await eventually(() => expect(watchdog.sinceProofMs).toBeLessThan(RHYTHM.beatMs));
    expect(reports.filter(({ kind }) => kind !== 'failed')).toEqual([]);
    const beat = await heartbeatOf(workerId);
    await eventually(async () =>
      expect((await heartbeatOf(workerId)).getTime()).toBeGreaterThan(beat.getTime()),
    );
  });

  it('beats no more once it is stopped', async () => {
    const workerId = await stage.worker();
    const watchdog = await watch(workerId);
    watchdog.stop();
    const before = watchdog.sinceProofMs;
    await eventually(() => expect(watchdog.sinceProofMs).toBeGreaterThan(before + 3 * RHYTHM.beatMs));
  });

  it('does not guard a worker that the ledger does not know', async () => {
    const reports: WatchdogReport[] = [];
    const { workerId } = identityOf({ workerId: randomUUID() });
    const watchdog = subject.registry.startWatchdog(workerId, RHYTHM, (report) => reports.push(report));
    await eventually(() => expect(reports).toEqual([{ kind: 'buried' }]));
    expect(watchdog).toMatchObject({ sinceProofMs: Infinity });
  });
});
