import { JobHandler, KyuProducer, KyuWorkers } from 'nestjs-kyu';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { startApp } from '../support/kyu-app.js';
import { TestLedger } from '../support/test-ledger.js';

const JOBS = 20_000;
const BATCH = 1_000;
/** Half would be even. Whoever burned stale hints got a thirtieth. */
const SMALLEST_SHARE = 0.15;

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await TestLedger.open('long_line');
});

afterAll(() => ledger.close());

it('F22 two workers share a long line of quick jobs, whoever of them reads it in the ledger first', async () => {
  const options = ledger.options({ workers: 50, autoStart: false });
  const openWorker = async () => {
    const tally = { runs: 0 };
    class Quick {
      @JobHandler('quick')
      run(): void {
        tally.runs += 1;
      }
    }
    const app = await startApp({ providers: [Quick], kyu: options });
    return { tally, workers: app.get(KyuWorkers), kyu: app.get(KyuProducer) };
  };
  const [one, other] = [await openWorker(), await openWorker()];
  for (let count = 0; count < JOBS; count += BATCH) {
    await one.kyu.enqueueMany(Array.from({ length: BATCH }, () => ({ type: 'quick', payload: null })));
  }
  await Promise.all([one.workers.start(), other.workers.start()]);
  await eventually(() => expect(one.tally.runs + other.tally.runs).toBe(JOBS), { withinMs: 50_000 });
  console.log('Of a long line two workers had', one.tally.runs, 'and', other.tally.runs, 'jobs.');
  expect(Math.min(one.tally.runs, other.tally.runs) / JOBS).toBeGreaterThanOrEqual(SMALLEST_SHARE);
});
