import type { StatementTemplate } from '../statement.js';

/**
 * Which job stands in the place of a draft that was not written: its own row from an earlier try, or the holder of
 * its key. Answers nothing for a draft whose holder has ended in between: then it can be written.
 * Called by: the producer's intake, after insert-jobs; a statement of its own, because the holder may have committed
 * after that one began. Indexes: kyu_jobs_pkey, kyu_jobs_unique. Changes nothing.
 * $1 ids of the drafts, $2 their keys or null.
 */
export const findStandingJobs: StatementTemplate = {
  name: 'find-standing-jobs',
  text: ({ jobs }) => `
select draft.id as draft_id, standing.id, standing.status
from unnest($1::uuid[], $2::text[]) as draft (id, key)
cross join lateral (
  select id, status, 1 as rank from ${jobs} where id = any (array[draft.id])
  union all
  select id, status, 2 as rank from ${jobs}
  where unique_key = draft.key and (unique_keeps or status in ('scheduled', 'pending', 'running', 'failed'))
  order by rank
  limit 1
) standing`,
};
