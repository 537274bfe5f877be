import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { paced } from '../support/fair-trial.js';
import { Laboratory } from '../support/fault/laboratory.js';
import { stormMs } from '../support/fault/long-form.js';
import { LONG_ENOUGH_MS } from '../support/fault/wait-until.js';
import { startsSince } from '../support/fault/waits.js';

const LEASE_MS = 3_000;
const BLOCKED_MS = stormMs(8_000);

describe('a handler that blocks the event loop for longer than the lease', () => {
  let laboratory: Laboratory;

  beforeAll(async () => {
    laboratory = await Laboratory.open();
  });

  afterAll(() => laboratory.close());

  it('keeps its job: nobody takes its process for dead', async () => {
    await using round = await laboratory.round({ leaseMs: LEASE_MS, beatMs: 600 });
    const { events, fleet } = round;
    const [producer, blocked] = await Promise.all([fleet.startProducer(), fleet.startWorker()]);
    const jobs = await producer.enqueue([{ type: 'block', ms: paced(BLOCKED_MS) }]);
    await startsSince(events, 0, jobs.length);
    const other = await fleet.startWorker();
    await round.drained(paced(BLOCKED_MS) + LONG_ENOUGH_MS);
    const starts = events.of('start');
    expect(starts.map(({ pid, run }) => ({ pid, run }))).toEqual([{ pid: blocked.pid, run: 1 }]);
    expect(events.of('abort')).toEqual([]);
    expect(events.of('start', { pid: other.pid })).toEqual([]);
    const { findings, counts } = await round.judge();
    console.log(
      `Event loop blocked for ${paced(BLOCKED_MS)} ms (lease ${paced(LEASE_MS)} ms): 0 false rescues; ${JSON.stringify(counts)}.`,
    );
    expect(findings).toEqual([]);
    expect(counts.crashedRuns).toBe(0);
  });
});
