import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { paced } from '../support/fair-trial.js';
import { recordFigure } from '../support/fault/figures.js';
import { Laboratory } from '../support/fault/laboratory.js';
import { waitUntil } from '../support/fault/wait-until.js';

const LEASE_MS = 1_500;
/** Longer than the poison takes to work, so that none of them ends beside it. */
const NAP_MS = 800;
const INNOCENTS = 4;

describe('a job that kills its process each time it runs', () => {
  let laboratory: Laboratory;

  beforeAll(async () => {
    laboratory = await Laboratory.open();
  });

  afterAll(() => laboratory.close());

  it('kills three at most, and takes no other job with it', async () => {
    await using round = await laboratory.round({ leaseMs: LEASE_MS, beatMs: 300 });
    const { events, fleet, ledger } = round;
    const producer = await fleet.startProducer();
    const naps = Array.from({ length: INNOCENTS }, () => ({ type: 'nap' as const, ms: paced(NAP_MS) }));
    const [poison = '', ...innocents] = await producer.enqueue([{ type: 'poison' }, ...naps]);
    const besides: number[] = [];
    for (let life = 1; life <= 3; life += 1) {
      const worker = await fleet.startWorker();
      await waitUntil('the end of the process', async () => worker.end, { everyMs: 20 });
      besides.push(events.of('start', { pid: worker.pid }).length - 1);
    }
    await fleet.startWorker();
    await round.drained();

    const [row] = await ledger.jobs([poison]);
    const others = await ledger.jobs(innocents);
    const quarantined = others.filter(({ status }) => status === 'dead').length;
    const deaths = fleet.desertions.length;
    recordFigure('poison_process_deaths', deaths);
    recordFigure('innocents_quarantined', quarantined);
    console.log(
      `A job that kills its process: ${deaths} processes died, beside ${besides.join(', ')} other runs; ` +
        `${quarantined} of ${INNOCENTS} innocent jobs are dead.`,
    );
    expect(row).toMatchObject({ status: 'dead', crashCount: 3 });
    expect(besides).toEqual([INNOCENTS, INNOCENTS, 0]);
    expect(deaths).toBe(3);
    expect(others.map(({ status, crashCount }) => ({ status, crashCount }))).toEqual(
      others.map(() => ({ status: 'completed', crashCount: 0 })),
    );
  });
});
