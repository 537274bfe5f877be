import { paced } from '../../fair-trial.js';
import { startsSince } from '../waits.js';
import { QUICK, withFlaw, type Scenario } from './scenario.js';

/** Redis hands out a job that runs, as after a doubled announcement. */
export const forgedHint: Scenario = {
  settings: QUICK,
  async play(round, flaw, { redisView }) {
    const { events, fleet, stores } = round;
    const [producer] = await Promise.all([fleet.startProducer(), fleet.startWorker(withFlaw(flaw))]);
    await round.beating();
    const [job = ''] = await producer.enqueue([{ type: 'hold', ms: paced(3_000) }]);
    await startsSince(events, 0, 1);
    await redisView.forgeHint(stores.schema, stores.queue, 'hold', job);
    // Its announcement sends the worker to look.
    await producer.enqueue([{ type: 'hold' }]);
    await startsSince(events, 0, 2);
    await round.drained();
    // In its first run the handler takes its time, whatever the ledger says meanwhile.
    await events.first('the end of every handler', (log) => hasEnded(log.of('end'), job));
    return round.examine();
  },
};

function hasEnded(ends: readonly { job: string; run: number }[], job: string): true | undefined {
  return ends.some((end) => end.job === job && end.run === 1) || undefined;
}
