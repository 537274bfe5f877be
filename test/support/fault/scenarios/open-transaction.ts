import { setTimeout as delay } from 'node:timers/promises';
import { QUICK, withFlaw, type Scenario } from './scenario.js';

const TRANSACTIONS = 11;
/** They commit at different moments of a second, which is how often the reconciler looks. */
const APART_MS = 190;
const OPEN_MS = 300;
/** Announced after the commit a job starts at once; unannounced it waits for the reconciler, half a second on average. */
const HALF_WITHIN_MS = 250;

/** Applications enqueue in transactions that stay open for a moment, while a worker waits for work. */
export const openTransaction: Scenario = {
  settings: QUICK,
  async play(round, flaw) {
    const { fleet } = round;
    const [producer] = await Promise.all([fleet.startProducer(withFlaw(flaw)), fleet.startWorker()]);
    await round.beating();
    const commits: Promise<unknown>[] = [];
    for (let count = 0; count < TRANSACTIONS; count += 1) {
      commits.push(producer.transact({ orders: [{ type: 'noop' }], openMs: OPEN_MS }));
      await delay(APART_MS); // the rhythm of the applications: nothing is waited for here
    }
    await Promise.all(commits);
    await round.drained(10_000);
    return round.examine({ halfWithinMs: HALF_WITHIN_MS });
  },
};
