import type { Client } from 'pg';
import type { SessionReport } from './line-watch.js';
import { findBackends } from './statements/find-backends.sql.js';
import type { StatementBook } from './statement.js';

/** One answer of `find-backends`. */
interface BackendRow {
  readonly pid: number;
  readonly is_gone: boolean;
  readonly is_waiting: boolean;
  readonly own_pid: number;
}

/** Whether a connection is dead is worth no longer a question than this. */
const QUESTION_TIMEOUT_MS = 1_500;

/** What a client that asks about sessions has to be made with. */
export const QUESTION_TIMEOUTS = {
  connectionTimeoutMillis: QUESTION_TIMEOUT_MS,
  query_timeout: QUESTION_TIMEOUT_MS,
};

/** Over a connection of its own, which ends with the answer: those that are there may be dead as well. */
export async function askAboutSessions(
  client: Client,
  book: StatementBook,
  pids: readonly number[],
): Promise<SessionReport[]> {
  client.on('error', () => {}); // the rejected question says it already
  try {
    await client.connect();
    const { rows } = await client.query<BackendRow>(book.get(findBackends).text, [pids]);
    const { processID } = client as Client & { readonly processID: number };
    return rows.map(({ is_gone, is_waiting, own_pid, pid }) => ({
      pid,
      // A pooler tells its clients pids of its own making: then nothing follows from one that is not there.
      isGone: is_gone && own_pid === processID,
      isWaiting: is_waiting,
    }));
  } finally {
    void client.end().catch(() => {}); // nobody waits for its farewell
  }
}
