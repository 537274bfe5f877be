import { paced } from '../support/fair-trial.js';
import { recordSeconds } from '../support/fault/figures.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventLog } from '../support/fault/event-log.js';
import { monotonicMs } from '../support/fault/events.js';
import { freezePostgres } from '../support/fault/frozen-postgres.js';
import { Laboratory, type Round } from '../support/fault/laboratory.js';
import type { Member } from '../support/fault/member.js';
import { recordReport } from '../support/fault/round.js';
import type { JobOrder } from '../support/fault/process-messages.js';
import { startsSince } from '../support/fault/waits.js';

const GRACE_MS = 1_000;
const LONGEST_END_MS = GRACE_MS + 3_000;
const LONGEST_HANDOVER_MS = 1_000;
const LONGEST_TAKING_MS = 50;
const LEASE_MS = 3_000;

const SHORT: JobOrder = { type: 'hold', ms: 300 };
const LONG: JobOrder = { type: 'hold', ms: 300_000 };
const STUBBORN: JobOrder = { type: 'stubborn', ms: 300_000 };

describe('a worker that is told to end', () => {
  let laboratory: Laboratory;

  beforeAll(async () => {
    laboratory = await Laboratory.open();
  });

  afterAll(() => laboratory.close());

  it('F34 lets runs end, hands the others over uncharged, and is gone within its grace period and 3 s', async () => {
    await using round = await openRound();
    const { events, fleet, ledger } = round;
    const { jobs, worker } = await startBusyWorker(round, [SHORT, SHORT, LONG, LONG, STUBBORN]);
    const other = await fleet.startWorker();
    const endedAt = await terminate(worker, 'with work in flight');
    await round.drained();

    const rows = await ledger.jobs(jobs);
    expect(rows.map(({ crashCount, retryCount, status }) => ({ crashCount, retryCount, status }))).toEqual(
      rows.map(() => ({ crashCount: 0, retryCount: 0, status: 'completed' })),
    );
    const shortOnes = await ledger.jobs(jobs.slice(0, 2));
    expect(shortOnes.map(({ run }) => run)).toEqual([1, 1]);
    const handedOver = events.of('start', { pid: other.pid });
    expect(handedOver.map(({ job }) => job).sort()).toEqual(jobs.slice(2).sort());
    const latest = Math.max(...handedOver.map(({ at }) => at)) - endedAt;
    const report = await round.examine();
    const { findings } = report;
    // A handler that ignores its signal goes on until its process is gone, while the job may start elsewhere.
    const [overlaps, rest] = [
      findings.filter(isOverlapOf(jobs[4])),
      findings.filter((one) => !isOverlapOf(jobs[4])(one)),
    ];
    console.log(
      `SIGTERM: what was left started elsewhere ${Math.round(latest)} ms after the end of the process; ` +
        `of the stubborn handler: ${overlaps.map(({ detail }) => detail).join() || 'no overlap'}.`,
    );
    recordSeconds('sigterm_leftovers_claimable_s', latest);
    // That overlap is not promised away (docs/guarantees.md): it is told above, and is no figure of the run.
    recordReport({ ...report, findings: rest });
    expect(rest).toEqual([]);
    expect(latest).toBeLessThanOrEqual(paced(LONGEST_HANDOVER_MS));
  });

  it('takes no job any more within 50 ms, under load', async () => {
    await using round = await openRound();
    const { events, fleet } = round;
    const [producer, workers] = await Promise.all([fleet.startProducer(), fleet.startWorkers(3)]);
    producer.startLoad({ seed: laboratory.seed, perSecond: 100, longestNapMs: 20 });
    const latest: number[] = [];
    const sinceHeard: number[] = [];
    for (const worker of workers.slice(1)) {
      const busy = (log: EventLog) => log.of('start', { pid: worker.pid }).at(20);
      await events.first('a worker with work', busy);
      const toldAt = worker.terminate();
      await worker.ended(10_000);
      const last = Math.max(toldAt, ...events.of('start', { pid: worker.pid }).map(({ at }) => at));
      latest.push(last - toldAt);
      // A machine that others use as well may let it wait for its turn before it hears of the signal.
      const heard = events
        .of('log', { pid: worker.pid })
        .find(({ message }) => message.startsWith('Shutting down'));
      sinceHeard.push(last - (heard?.at ?? Number.NaN));
    }
    await producer.stopLoad();
    await round.drained();
    recordSeconds('sigterm_stops_taking_s', Math.max(...latest));
    console.log(
      `SIGTERM under load: the last start came after ${latest.map(Math.round).join(', ')} ms, ` +
        `${sinceHeard.map(Math.round).join(', ')} ms after the process had heard of it.`,
    );
    expect(Math.max(...sinceHeard)).toBeLessThanOrEqual(paced(LONGEST_TAKING_MS));
    expect(Math.max(...latest)).toBeLessThanOrEqual(paced(LONGEST_HANDOVER_MS));
    expect((await round.judge()).findings).toEqual([]);
  });

  it.each([
    ['killed', (redis: Laboratory['redis']) => redis.kill()],
    ['frozen', async (redis: Laboratory['redis']) => redis.pause()],
  ] as const)('ends as well while Redis is %s', async (what, strike) => {
    await using round = await openRound();
    const { jobs, worker } = await startBusyWorker(round, [SHORT, LONG, STUBBORN]);
    await strike(laboratory.redis);
    try {
      await terminate(worker, `while Redis is ${what}`);
      await round.fleet.startWorker();
      await round.drained();
    } finally {
      laboratory.redis.resume();
      await laboratory.redis.start();
    }
    const rows = await round.ledger.jobs(jobs);
    expect(rows.map(({ crashCount, retryCount, status }) => ({ crashCount, retryCount, status }))).toEqual(
      rows.map(() => ({ crashCount: 0, retryCount: 0, status: 'completed' })),
    );
    const { findings } = await round.judge();
    expect(findings.filter((finding) => !isOverlapOf(jobs[2])(finding))).toEqual([]);
  });

  it('ends as well while PostgreSQL is stopped, and loses nothing', async () => {
    await using round = await openRound();
    const { worker } = await startBusyWorker(round, [SHORT, LONG, STUBBORN]);
    await laboratory.postgres.stop('fast');
    try {
      await terminate(worker, 'while PostgreSQL is stopped');
    } finally {
      await laboratory.postgres.start();
    }
    await expectTakenOver(round);
  });

  it('ends as well while PostgreSQL is frozen, and loses nothing', async () => {
    await using round = await openRound();
    const { worker } = await startBusyWorker(round, [SHORT, LONG, STUBBORN]);
    const thaw = freezePostgres(laboratory.postgres);
    try {
      await terminate(worker, 'while PostgreSQL is frozen');
    } finally {
      thaw();
    }
    await expectTakenOver(round);
  });

  function openRound(): Promise<Round> {
    return laboratory.round({ graceMs: paced(GRACE_MS), leaseMs: LEASE_MS, beatMs: 600 });
  }
});

/** A worker that runs all of these, and nobody else who could. */
async function startBusyWorker({ events, fleet }: Round, orders: readonly JobOrder[]) {
  const [producer, worker] = await Promise.all([fleet.startProducer(), fleet.startWorker()]);
  const since = monotonicMs();
  const jobs = await producer.enqueue(orders);
  await startsSince(events, since, orders.length);
  return { jobs, worker };
}

/** Answers the instant of the end. */
async function terminate(worker: Member, when: string): Promise<number> {
  const toldAt = worker.terminate();
  const { at, code, signal } = await worker.ended(60_000);
  console.log(`SIGTERM ${when}: gone after ${Math.round(at - toldAt)} ms (grace ${paced(GRACE_MS)} ms).`);
  expect(at - toldAt).toBeLessThanOrEqual(paced(LONGEST_END_MS));
  // Nest ends the process with the signal that it was told to end by.
  expect({ code, signal }).toEqual({ code: null, signal: 'SIGTERM' });
  return at;
}

/** A worker that could not say goodbye is taken for dead in the end, and its jobs run elsewhere. */
async function expectTakenOver(round: Round): Promise<void> {
  await round.fleet.startWorker();
  await round.drained();
  const { counts, findings } = await round.judge();
  expect(findings).toEqual([]);
  expect(counts.completed).toBe(counts.enqueued);
}

function isOverlapOf(job: string | undefined) {
  return (finding: { rule: string; job: string }): boolean =>
    finding.rule === 'overlap' && finding.job === job;
}
