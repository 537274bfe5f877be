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

/**
 * For a new connection, before its first statement. A pooler hands sessions on to other clients, who must not find
 * our settings there, and our named statements would be looked for in sessions that do not know them. It shows by the
 * session being another one than the connection was told.
 *
 * Answers whether the session is the connection's own; only then are the settings made.
 */
export async function setPlannerUp(client: ClientBase): Promise<boolean> {
  const { processID } = client as ClientBase & { readonly processID: number };
  // The pool has no timeout for this step: without one a connection that dies here would keep its place for ever.
  const query = { text: SET_UP_SQL, values: [processID], query_timeout: SET_UP_TIMEOUT_MS };
  const { rows } = await client.query<{ is_own: boolean }>(query);
  return rows[0]?.is_own === true;
}

const SET_UP_TIMEOUT_MS = 5_000;

const SET_UP_SQL = `select session.is_own, ${Object.entries(PLANNER_SETTINGS)
  .map(([name, value]) => `case when session.is_own then set_config('${name}', '${value}', false) end`)
  .join(', ')}
from (select pg_backend_pid() = $1::int as is_own offset 0) session`;
