import { paced } from '../support/fair-trial.js';
import { recordSeconds } from '../support/fault/figures.js';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventLog } from '../support/fault/event-log.js';
import { monotonicMs } from '../support/fault/events.js';
import { Laboratory, type Round } from '../support/fault/laboratory.js';
import { waitUntil } from '../support/fault/wait-until.js';
import { startsSince } from '../support/fault/waits.js';

const LONGEST_RESUMPTION_MS = 3_000;
const FEWEST_RESTARTS = 4;
const MOST_RESTARTS = 12;
/** `KYU_FAULT_OUTAGE_SECONDS=60` is the long form. */
const OUTAGE_MS = 1_000 * Number(process.env['KYU_FAULT_OUTAGE_SECONDS'] ?? 15);

describe('PostgreSQL that goes away under load', () => {
  let laboratory: Laboratory;

  beforeAll(async () => {
    laboratory = await Laboratory.open();
  });

  afterAll(() => laboratory.close());

  it('F116 is restarted, in order and by a crash, and nobody is taken for dead', async () => {
    await using round = await laboratory.round();
    const { events, fleet } = round;
    const [producer] = await Promise.all([fleet.startProducer(), fleet.startWorkers(2)]);
    producer.startLoad({ seed: laboratory.seed, perSecond: 60, longestNapMs: 50, failing: 0.1 });
    const resumptions: string[] = [];
    // Until every worker has felt one: a restart between two of its statements would prove nothing.
    const unmoved = () => fleet.workers.filter(({ pid }) => troublesOf(events, pid).length === 0);
    while (resumptions.length < FEWEST_RESTARTS || unmoved().length > 0) {
      expect(resumptions.length).toBeLessThan(MOST_RESTARTS);
      const mode = resumptions.length % 2 === 0 ? 'fast' : 'immediate';
      await startsSince(events, monotonicMs(), 60);
      await laboratory.postgres.restart(mode);
      const backAt = monotonicMs();
      const resumedAfterMs = (await firstStart(events, backAt)) - backAt;
      recordSeconds('pg_restart_resume_s', resumedAfterMs);
      resumptions.push(`${mode} ${Math.round(resumedAfterMs)} ms`);
      expect(resumedAfterMs).toBeLessThanOrEqual(paced(LONGEST_RESUMPTION_MS));
    }
    await startsSince(events, monotonicMs(), 60);
    await producer.stopLoad();
    await round.drained();

    const { counts, findings } = await round.judge();
    const refused = events.of('refused').reduce((sum, { count }) => sum + count, 0);
    console.log(
      `PostgreSQL restarted, claims resume after: ${resumptions.join(', ')}; ${refused} jobs were refused; ${JSON.stringify(counts)}.`,
    );
    expect(findings).toEqual([]);
    expect(fleet.desertions).toEqual([]);
    expect(counts.completed + counts.dead).toBe(counts.jobs);
    await expectNobodyTakenForDead(round);
  });

  it(`is away for ${OUTAGE_MS / 1_000} s, longer than the lease, and nobody is taken for dead`, async () => {
    await using round = await laboratory.round();
    const { events, fleet, ledger } = round;
    const [producer] = await Promise.all([fleet.startProducer(), fleet.startWorkers(2)]);
    const workersBefore = await ledger.workers();
    const begunAt = monotonicMs();
    const outlasting = await producer.enqueue([
      ...Array.from({ length: 3 }, () => ({ type: 'stubborn' as const, ms: OUTAGE_MS + 1_000 })),
      ...Array.from({ length: 3 }, () => ({ type: 'hold' as const, ms: 300_000 })),
    ]);
    await startsSince(events, begunAt, outlasting.length);
    producer.startLoad({ seed: laboratory.seed, perSecond: 30, longestNapMs: 50 });
    await startsSince(events, monotonicMs(), 60);

    await laboratory.postgres.stop('fast');
    await delay(OUTAGE_MS); // the outage itself
    await laboratory.postgres.start();
    const backAt = monotonicMs();
    const resumedAfterMs = (await firstStart(events, backAt)) - backAt;
    await startsSince(events, monotonicMs(), 60);
    await producer.stopLoad();
    await round.drained();
    // Only a reaper that buries again can take a living worker for dead: wait until its quiet time is over.
    const buriesAgain = async () => (await ledger.reaperIsActive()) || undefined;
    await waitUntil('the end of the quiet time', buriesAgain, { everyMs: 200 });

    const { counts, findings } = await round.judge();
    console.log(
      `PostgreSQL away for ${OUTAGE_MS / 1_000} s: claims resume after ${Math.round(resumedAfterMs)} ms; ${JSON.stringify(counts)}.`,
    );
    recordSeconds('pg_restart_resume_s', resumedAfterMs);
    expect(findings).toEqual([]);
    expect(fleet.desertions).toEqual([]);
    expect(resumedAfterMs).toBeLessThanOrEqual(paced(LONGEST_RESUMPTION_MS));
    await expectNobodyTakenForDead(round);
    expect(await ledger.workers()).toEqual(workersBefore);
    expect(events.of('log').some(({ message }) => message.includes('is taken for dead in the next'))).toBe(
      true,
    );
    // A result that was computed while the ledger was away is not thrown away.
    const stubborn = (await ledger.jobs(outlasting)).filter(({ type }) => type === 'stubborn');
    expect(stubborn.map(({ run, status }) => ({ run, status }))).toEqual(
      stubborn.map(() => ({ run: 1, status: 'completed' })),
    );
  });
});

/** The first start of a job that did not exist before: nobody can have claimed it earlier. */
async function firstStart(events: EventLog, since: number): Promise<number> {
  const find = (log: EventLog) => {
    const fresh = new Set(log.of('enqueued', { since }).flatMap(({ jobs }) => jobs));
    return log.of('start', { since }).find(({ job }) => fresh.has(job))?.at;
  };
  return events.first('the start of a job that is newer than the outage', find);
}

async function expectNobodyTakenForDead({ ledger }: Round): Promise<void> {
  const struck = (await ledger.jobs()).filter(({ crashCount }) => crashCount > 0);
  expect(struck).toEqual([]);
  const crashed = (await ledger.attempts()).filter(({ outcome }) => outcome === 'crashed');
  expect(crashed).toEqual([]);
  expect((await ledger.workers()).filter(({ state }) => state === 'dead')).toEqual([]);
}

/** What a worker said about a ledger that it could not reach. */
function troublesOf(events: EventLog, pid: number): string[] {
  const lines = events
    .of('log', { pid })
    .filter(({ details }) => 'error' in details && !('attempt' in details));
  return lines.map(({ message }) => message);
}
