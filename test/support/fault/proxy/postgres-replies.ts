import type { LostReply } from './faults.js';

/** ReadyForQuery outside a transaction: what was asked for is committed by then. */
const DONE = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

/** The reply to a named statement of the engine that changed at least one row. */
export function replyTo(statement: string): LostReply {
  return {
    request: `:${statement}\0`,
    isWhole: (reply) => reply.subarray(-DONE.length).equals(DONE),
    // The tag of CommandComplete names the number of rows.
    isWorthLosing: (reply) => /(UPDATE|SELECT|INSERT 0) [1-9]\d*\0/.test(reply.toString('latin1')),
  };
}
