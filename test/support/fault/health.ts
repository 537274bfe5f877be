import type { Fleet } from './fleet.js';
import type { Round } from './round.js';
import { waitUntil } from './wait-until.js';

const LONGEST_END_MS = 20_000;
const LONGEST_GOODBYE_MS = 5_000;

/** Ends every process in order, as a deployment does. */
export async function retireFleet(fleet: Fleet): Promise<void> {
  const living = fleet.living;
  for (const member of living) member.terminate();
  await Promise.all(living.map((member) => member.ended(LONGEST_END_MS)));
}

/** What is wrong with a fleet that has ended in order, and with what it leaves behind, in words. */
export async function examineHealth(round: Round): Promise<string[]> {
  const { fleet } = round;
  const left = await connectionsLeft(round);
  return [
    ...fleet.desertions,
    ...(fleet.outputText === '' ? [] : [`the processes wrote: ${fleet.outputText}`]),
    ...(left === 0 ? [] : [`${left} connections of processes that have ended are still open`]),
  ];
}

/** A server notices the end of a killed client when it next looks at its connection. */
async function connectionsLeft(round: Round): Promise<number> {
  let left = 0;
  const none = async () => {
    const sql = `select count(*)::int as count from pg_stat_activity where application_name like 'kyu:default%'`;
    const [row] = await round.ledger.query<{ count: number }>(sql);
    left = row?.count ?? 0;
    return left === 0 || undefined;
  };
  await waitUntil('the end of every connection', none, { withinMs: LONGEST_GOODBYE_MS, everyMs: 100 }).catch(
    () => {}, // then what is left is told
  );
  return left;
}
