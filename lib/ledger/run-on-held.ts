import type { PoolClient } from 'pg';
import { runStatement } from './run-statement.js';
import type { Statement } from './statement.js';

/** A statement that is ready to run, with its parameters. */
export interface PreparedCall {
  readonly statement: Statement;
  readonly values: unknown[];
}

/** Runs statements one after the other on a connection that was taken from its pool, and gives it back. */
export async function runOnHeld(
  client: PoolClient,
  calls: readonly PreparedCall[],
  hasOwnSession: boolean,
): Promise<void> {
  let failure: Error | undefined;
  const note = (error: Error): void => {
    failure = error;
  };
  // The pool listens to what lies idle in it alone. Here, between two statements, an error that nobody hears would end
  // the process: a server that shuts down says so at any moment.
  client.on('error', note);
  try {
    for (const { statement, values } of calls) {
      await runStatement(client, statement, values, { raw: true }, hasOwnSession);
    }
  } catch (error) {
    note(error as Error);
  } finally {
    client.off('error', note);
    client.release(failure); // one that failed is not used again
  }
}
