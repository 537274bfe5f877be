import { paced } from '../../fair-trial.js';
import { waitUntil } from '../wait-until.js';
import { startsSince } from '../waits.js';
import { QUICK, withFlaw, type Scenario } from './scenario.js';

/** A worker is frozen until its job was taken back and completed elsewhere; then its handler returns after all. */
export const lateSettle: Scenario = {
  settings: QUICK,
  async play(round, flaw) {
    const { events, fleet, ledger } = round;
    const [producer, frozen] = await Promise.all([fleet.startProducer(), fleet.startWorker(withFlaw(flaw))]);
    await round.beating();
    await producer.enqueue([{ type: 'stubborn', ms: paced(2_000) }]);
    await startsSince(events, 0, 1);
    frozen.freeze();
    await fleet.startWorker(withFlaw(flaw));
    await round.drained();
    const settled = await countSteps();
    frozen.thaw();
    // Either its word is taken, and the trail grows, or it is told that the run is not its own any more.
    const isAnswered = async () => {
      const isRefused = events
        .of('log', { pid: frozen.pid })
        .some(({ message }) => message.includes("no longer this worker's"));
      return isRefused || (await countSteps()) > settled || undefined;
    };
    await waitUntil('an answer to the late settle', isAnswered, { everyMs: 50 });
    return round.examine();

    async function countSteps(): Promise<number> {
      return (await ledger.snapshot()).changes.length;
    }
  },
};
