import type { StatementTemplate } from '../statement.js';
import { claimFromLine } from './claim-from-line.js';

/**
 * The claim without a dispatcher: selects for itself, pending → running, run + 1.
 * Called by: the search of a queue when Redis is off or away, by the slow poll, and before a long line.
 * Guards: status = 'pending' under a row lock, the worker's own row is alive, and neither the queue nor the type
 * rests: the pauses are read once for the statement, and in it.
 * Locks: per job type the first rows in claim order, skipping what others hold.
 * Types in one lane share the room: together they get as many as each of them says.
 * Index: kyu_jobs_ready (queue, job_type, priority desc, id), one short walk per type. The rows that are locked are
 * found again by their place in the table, see claim-jobs-by-id. How many those will be, the planner guesses from this
 * condition on `place`: from `place <= size` it would expect a third of all that is pending, and read the whole table
 * to join with that; from an equation it expects next to none.
 * Run twice: the second claims other jobs; see claim-jobs-by-id for a lost reply.
 * $1 worker, $2 queue, $3 job types, $4 room per type, $5 limit over all types, $6 lane per type.
 */
export const claimJobsByQueue: StatementTemplate = {
  name: 'claim-jobs-by-queue',
  text: (tables) => claimFromLine(tables, 'true'),
};
