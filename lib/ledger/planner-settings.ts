import type { ClientBase } from 'pg';

/**
 * How PostgreSQL plans the engine's statements on Kyu's own connections: once, and along an index.
 *
 * A named statement is planned at its first use on a connection, and keeps that plan until somebody analyses the
 * table. On a new ledger the first use finds an empty table, where reading everything costs nothing. Kept, such a plan
 * reads the whole table for every insert, claim and settle while the table grows, until autovacuum comes by. Two
 * things stand against it: sequential scans are off wherever an index can do, and statements that find jobs by a list
 * of ids join them with `job.id = any (array[list.id])`, which PostgreSQL can neither hash nor merge. So it looks up
 * the jobs one by one, whatever it believes about the size of the table.
 *
 * A statement that has no index to go by, such as a count of everything, still scans; the price that is put on the
 * scan would have its expressions compiled (jit), which takes longer than these statements run.
 */
export const PLANNER_SETTINGS: Readonly<Record<string, string>> = {
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
  jit: 'off',
};

/** For a new connection, before its first statement. */
export async function setPlannerUp(client: ClientBase): Promise<void> {
  // The pool has no timeout for this step: without one a connection that dies here would keep its place for ever.
  const query = { text: PLANNER_SETTINGS_SQL, query_timeout: SET_UP_TIMEOUT_MS };
  await client.query(query);
}

const SET_UP_TIMEOUT_MS = 5_000;

const PLANNER_SETTINGS_SQL = Object.entries(PLANNER_SETTINGS)
  .map(([name, value]) => `set ${name} = ${value}`)
  .join('; ');
