import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventLog } from '../support/fault/event-log.js';
import { monotonicMs } from '../support/fault/events.js';
import { paced } from '../support/fair-trial.js';
import { Laboratory } from '../support/fault/laboratory.js';
import { startsSince } from '../support/fault/waits.js';

const LEASE_MS = 3_000;

describe('a worker that is frozen for longer than its lease', () => {
  let laboratory: Laboratory;

  beforeAll(async () => {
    laboratory = await Laboratory.open();
  });

  afterAll(() => laboratory.close());

  it('changes nothing with its late settlements, and works on under a new id', async () => {
    await using round = await laboratory.round({ leaseMs: LEASE_MS, beatMs: 600 });
    const { events, fleet, ledger } = round;
    const [producer, frozen] = await Promise.all([fleet.startProducer(), fleet.startWorker()]);
    // One handler comes to its end as soon as it is thawed, the other one listens to its signal and gives up.
    const jobs = await producer.enqueue([
      { type: 'stubborn', ms: paced(4_000) },
      { type: 'hold', ms: 300_000 },
    ]);
    await startsSince(events, 0, jobs.length);
    frozen.freeze();
    const frozenAt = monotonicMs();
    const other = await fleet.startWorker();
    await round.drained();
    const takenOver = events.of('start', { pid: other.pid }).map(({ job, run }) => ({ job, run }));
    expect(takenOver.sort(byJob)).toEqual(jobs.map((job) => ({ job, run: 2 })).sort(byJob));
    const settled = await ledger.wholeRows(jobs);

    frozen.thaw();
    const thawedAt = monotonicMs();
    expect(thawedAt - frozenAt).toBeGreaterThan(paced(LEASE_MS));
    const refused = await events.first(
      'the refusal of both settlements',
      (log) => atLeast(jobs.length, lostRuns(log, frozen.pid)),
      10_000,
    );
    await events.first('a new registration', (log) => registrations(log, frozen.pid).at(1));
    expect(refused.map(({ details }) => String(details['jobId'])).sort()).toEqual([...jobs].sort());
    expect(await ledger.wholeRows(jobs)).toEqual(settled);
    const ids = (await ledger.workers()).filter(({ pid }) => pid === frozen.pid);
    expect(ids.map(({ state }) => state).sort()).toEqual(['alive', 'dead']);

    other.terminate();
    await other.ended(20_000);
    const [next] = await producer.enqueue([{ type: 'noop' }]);
    const worksOn = (log: EventLog) => log.of('start', { pid: frozen.pid }).find(({ job }) => job === next);
    await events.first('a start by the worker that was frozen', worksOn);
    await round.drained();

    const { findings, counts } = await round.judge();
    const rescuedAfterMs = Math.min(...events.of('start', { pid: other.pid }).map(({ at }) => at)) - frozenAt;
    console.log(
      `Worker frozen for ${Math.round(thawedAt - frozenAt)} ms (lease ${paced(LEASE_MS)} ms): its jobs started elsewhere after ` +
        `${Math.round(rescuedAfterMs)} ms, ${refused.length} late settlements were refused; ${JSON.stringify(counts)}.`,
    );
    expect(findings).toEqual([]);
    expect(fleet.desertions).toEqual([]);
    expect(await ledger.wholeRows(jobs)).toEqual(settled);
  });
});

function lostRuns(log: EventLog, pid: number) {
  return log.of('log', { pid }).filter(({ message }) => message.includes("no longer this worker's"));
}

function registrations(log: EventLog, pid: number) {
  return log.of('log', { pid }).filter(({ message }) => message.startsWith('This process is worker'));
}

function atLeast<Item>(count: number, items: Item[]): Item[] | undefined {
  return items.length >= count ? items : undefined;
}

function byJob(one: { job: string }, other: { job: string }): number {
  return one.job < other.job ? -1 : 1;
}
