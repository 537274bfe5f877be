import type { StatementTemplate } from '../statement.js';
import { claimFromLine } from './claim-from-line.js';

/**
 * claim-jobs-by-queue behind a place in the line: only jobs of the same priority that come after it.
 * At the head of a long line stand the index entries of all that was claimed before: marked as dead, or, while somebody
 * holds a transaction open that is older, visited one by one by every look. From its place on, a look costs what it
 * finds, whatever was claimed before (docs/decisions/0020).
 * Called by: the search of a queue that reads a long line, between its looks at the head.
 * Guards, locks, run twice: as claim-jobs-by-queue. What ranks before the place is left for the next look at the head.
 * Index: kyu_jobs_ready (queue, job_type, priority desc, id), one descent per type to the place. Not `priority = $7`:
 * then the order is that of the id alone, and the planner may take kyu_jobs_pkey and read all that is not pending.
 * $1 worker, $2 queue, $3 job types, $4 room per type, $5 limit over all types, $6 lane per type, $7 priority and
 * $8 id of the place.
 */
export const claimJobsFurther: StatementTemplate = {
  name: 'claim-jobs-further',
  text: (tables) => claimFromLine(tables, 'priority between $7 and $7 and id > $8'),
};
