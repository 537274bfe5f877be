import { setTimeout as delay } from 'node:timers/promises';
import { paced } from '../../fair-trial.js';
import { LinkGate } from '../link-gate.js';
import { waitUntil } from '../wait-until.js';
import { startsSince } from '../waits.js';
import { QUICK, withFlaw, type Scenario } from './scenario.js';

/** Longer than the lease, and than the gap after which a reaper must not trust what it sees. */
const OUTAGE_MS = 3_000;
const RUN_MS = 6_000;

/** PostgreSQL is away for everybody for longer than the lease, and back for one worker a moment before the other. */
export const unevenReturn: Scenario = {
  settings: QUICK,
  async play(round, flaw, { postgres }) {
    const { events, fleet, ledger, stores } = round;
    const gates = [await LinkGate.build(postgres.port), await LinkGate.build(postgres.port)] as const;
    try {
      const [producer, ...workers] = await Promise.all([
        fleet.startProducer(),
        ...gates.map((gate) => fleet.startWorker({ dsn: gate.through(stores.dsn), ...withFlaw(flaw) })),
      ]);
      await round.beating();
      await producer.enqueue([{ type: 'stubborn', ms: paced(RUN_MS) }]);
      await startsSince(events, 0, 1);
      const owner = workers.findIndex(({ pid }) => events.of('start', { pid }).length > 0);
      for (const gate of gates) gate.shut();
      await delay(paced(OUTAGE_MS)); // the outage itself
      const lastTurn = await turnOfReaper();
      gates[1 - owner]?.open();
      const hasReaped = async () => (await turnOfReaper()) !== lastTurn || undefined;
      await waitUntil('a turn of the reaper', hasReaped, { everyMs: 20 });
      gates[owner]?.open();
      await events.first('the end of the long run', () => firstEnds());
      await round.drained();
      return await round.examine();
    } finally {
      await Promise.all(gates.map((gate) => gate.remove()));
    }

    function firstEnds(): true | undefined {
      return events.of('end').some(({ run }) => run === 1) || undefined;
    }

    async function turnOfReaper(): Promise<string> {
      const sql = `select last_ran_at::text as at from ${stores.schema}.kyu_duties where duty = 'rescue'`;
      return (await ledger.query<{ at: string }>(sql)).map(({ at }) => at).join();
    }
  },
};
