import { paced } from '../../fair-trial.js';
import { withClient } from '../with-client.js';
import { waitUntil } from '../wait-until.js';
import { startsSince } from '../waits.js';
import { QUICK, withFlaw, type Scenario } from './scenario.js';

/** A job that SQL enqueued is to start so soon after its commit; the reconciler looks every second. */
const ALL_WITHIN_MS = 3_000;
/** Nobody but the reconciler tells of it: the poll that stands behind every signal does not come in this scenario. */
const POLL_MS = 600_000;

/** Two transactions enqueue; the one that was first to take an id is the last to commit. */
export const lateCommit: Scenario = {
  settings: QUICK,
  async play(round, flaw) {
    const { events, fleet, stores } = round;
    await fleet.startWorker({ pollMs: POLL_MS, ...withFlaw(flaw) });
    await round.beating();
    const enqueue = `select id from ${stores.schema}.enqueue('noop', '{}'::jsonb, app => $1)`;
    const late = await withClient(stores.dsn, async (client) => {
      await client.query('begin');
      const { rows } = await client.query<{ id: string }>(enqueue, [stores.queue]);
      round.acknowledge(
        (await round.ledger.query<{ id: string }>(enqueue, [stores.queue])).map(({ id }) => id),
      );
      await startsSince(events, 0, 1);
      await client.query('commit');
      return rows.map(({ id }) => id);
    });
    round.acknowledge(late);
    const hasStarted = (): boolean => events.of('start').some(({ job }) => late.includes(job));
    const deadline = performance.now() + paced(ALL_WITHIN_MS) + 500;
    const isDecided = () => hasStarted() || performance.now() > deadline || undefined;
    await waitUntil('the start of the late job, or the end of its time', isDecided, { everyMs: 50 });
    if (hasStarted()) await round.drained();
    return round.examine({ allWithinMs: paced(ALL_WITHIN_MS) });
  },
};
