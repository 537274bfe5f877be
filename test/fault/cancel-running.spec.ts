import type { INestApplicationContext } from '@nestjs/common';
import { KyuAdmin } from 'nestjs-kyu';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { monotonicMs } from '../support/fault/events.js';
import { paced } from '../support/fair-trial.js';
import { recordSeconds } from '../support/fault/figures.js';
import { Laboratory, type Round } from '../support/fault/laboratory.js';
import type { JobOrder } from '../support/fault/process-messages.js';
import { closeOnce, openApp } from '../support/kyu-app.js';

const JOBS = 5;
const LONGEST_SIGNAL_MS = 2_000;
const LONG: JobOrder = { type: 'hold', ms: 300_000 };

let laboratory: Laboratory;

beforeAll(async () => {
  laboratory = await Laboratory.open();
});

afterAll(() => laboratory.close());

it('F79 a job that runs in another process is told within 2 s that it was cancelled, with Redis stopped', async () => {
  await using round = await laboratory.round();
  const { events, fleet, ledger } = round;
  const [producer] = await Promise.all([fleet.startProducer(), fleet.startWorkers(2)]);
  const jobs = await producer.enqueue(Array.from({ length: JOBS }, () => LONG));
  await events.first('their starts', (log) => log.of('start').length === JOBS || undefined);
  const operator = await openOperator(round);
  await laboratory.redis.kill();
  try {
    const askedAt = new Map<string, number>();
    for (const job of jobs) {
      askedAt.set(job, monotonicMs());
      await operator.get(KyuAdmin).cancel(job, { reason: 'the order was withdrawn' });
    }
    const aborts = await events.first('their signals', (log) => allOf(log.of('abort'), JOBS));
    const waits = aborts.map(({ at, job }) => at - (askedAt.get(job) ?? Number.NaN));
    recordSeconds('cancel_signal_s', Math.max(...waits));
    console.log(
      `Cancelled from another process with Redis stopped: ${JOBS} signals after ` +
        `${waits.map(Math.round).join(', ')} ms.`,
    );
    expect(Math.max(...waits)).toBeLessThanOrEqual(paced(LONGEST_SIGNAL_MS));
    expect(aborts.every(({ reason }) => reason.includes('the order was withdrawn'))).toBe(true);
    await round.drained();
    expect((await ledger.jobs(jobs)).map(({ status }) => status)).toEqual(jobs.map(() => 'cancelled'));
    expect((await round.judge()).findings).toEqual([]);
  } finally {
    await laboratory.redis.start();
    await closeOnce(operator);
  }
});

/** An application that runs nothing, on the same ledger. */
function openOperator(round: Round): Promise<INestApplicationContext> {
  const { dsn, redis, schema } = round.stores;
  const quiet = { log: () => {}, warn: () => {}, error: () => {}, debug: () => {} };
  return openApp({ kyu: { dsn, redis, schema, role: 'producer', logger: quiet } });
}

function allOf<Event>(found: readonly Event[], count: number): readonly Event[] | undefined {
  return found.length === count ? found : undefined;
}
