import { paced } from '../../fair-trial.js';
import { QUICK, withFlaw, type Scenario } from './scenario.js';

/** A handler takes twice as long as a lease, and its worker beats all the time. */
export const longRun: Scenario = {
  settings: QUICK,
  async play(round, flaw) {
    const { events, fleet } = round;
    const [producer] = await Promise.all([fleet.startProducer(), fleet.startWorker(withFlaw(flaw))]);
    await round.beating();
    await producer.enqueue([{ type: 'stubborn', ms: paced(3_000) }]);
    const firstEnds = (): true | undefined => events.of('end').some(({ run }) => run === 1) || undefined;
    await events.first('the end of the first run', firstEnds);
    await round.drained();
    return round.examine();
  },
};
