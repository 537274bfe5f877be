import type { Pool, PoolClient, QueryResult } from 'pg';
import { LedgerUnavailableError } from '../core/errors.js';
import { isUnreachable } from './postgres-errors.js';
import type { Statement } from './statement.js';

/** A statement of the engine that takes longer than this is given up, and its connection with it. */
const ENGINE_TIMEOUT_MS = 30_000;

/** How a result is to be read. */
export interface Reading {
  /** Arrays of raw text instead of parsed objects: the hot path parses only what it needs. */
  readonly raw: boolean;
  readonly timeoutMs?: number;
}

/** A client-side timeout ends in an error, and `pool.query` destroys a connection whose query ended in one. */
export async function runStatement(
  pool: Pool | PoolClient,
  statement: Statement,
  values: unknown[],
  reading: Reading,
  hasOwnSession: boolean,
): Promise<QueryResult> {
  const config = {
    text: statement.text,
    values,
    query_timeout: reading.timeoutMs ?? ENGINE_TIMEOUT_MS,
    ...(hasOwnSession ? { name: statement.name } : {}),
    ...(reading.raw ? { rowMode: 'array' as const, types: RAW_TEXT } : {}),
  };
  try {
    return await pool.query(config);
  } catch (error) {
    if (isUnreachable(error)) throw new LedgerUnavailableError(`statement ${statement.name} failed`, error);
    throw error;
  }
}

const RAW_TEXT = { getTypeParser: () => (value: unknown) => value };
