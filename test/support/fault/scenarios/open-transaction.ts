import { paced } from '../../fair-trial.js';
import { QUICK, withFlaw, type Scenario } from './scenario.js';

/** Fewer than the application has connections. */
const TRANSACTIONS = 9;
/** All begin at once, and commit at different moments of a second, which is how often the reconciler looks. */
const SHORTEST_MS = 300;
const APART_MS = 190;
/** Announced after the commit a job starts at once; unannounced it waits for the reconciler, half a second on average. */
const HALF_WITHIN_MS = 250;

/**
 * Applications enqueue in transactions that stay open for a moment, while a worker waits for work. No job is announced
 * between the commits: a hint that is wrong makes the worker look into the ledger, and it would find those before.
 */
export const openTransaction: Scenario = {
  settings: QUICK,
  async play(round, flaw) {
    const { fleet } = round;
    const [producer] = await Promise.all([fleet.startProducer(withFlaw(flaw)), fleet.startWorker()]);
    await round.beating();
    const commits = Array.from({ length: TRANSACTIONS }, (_, count) =>
      producer.transact({ orders: [{ type: 'noop' }], openMs: SHORTEST_MS + count * APART_MS }),
    );
    await Promise.all(commits);
    await round.drained();
    return round.examine({ halfWithinMs: paced(HALF_WITHIN_MS) });
  },
};
