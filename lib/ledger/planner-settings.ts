import type { ClientBase } from 'pg';

/**
 * How PostgreSQL plans the engine's statements on Kyu's own connections: once, and along the index that each of them
 * was written for.
 *
 * A named statement is planned at its first use on a connection and keeps that plan until somebody analyses the
 * table. On a new ledger the first use finds an empty table, where a sequential scan costs nothing: without these
 * settings every insert, claim and settle then reads the whole table as it grows, until autovacuum comes by.
 * Nor do the statistics of a queue help later: they tell of a moment that is over.
 *
 * Statements that have no index to go by, such as a count of everything, still scan. Compiling expressions (jit) takes
 * longer than any of these statements runs.
 */
export const PLANNER_SETTINGS: Readonly<Record<string, string>> = {
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  jit: 'off',
};

/** For a new connection, before its first statement. */
export async function setPlannerUp(client: ClientBase): Promise<void> {
  await client.query(PLANNER_SETTINGS_SQL);
}

const PLANNER_SETTINGS_SQL = Object.entries(PLANNER_SETTINGS)
  .map(([name, value]) => `set ${name} = ${value}`)
  .join('; ');
