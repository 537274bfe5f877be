import type { StatementTemplate } from '../statement.js';
import { placeAmong, sortOf, type ListShape } from './list-jobs.sql.js';

/**
 * Where a step of a walk along all jobs ends: at the job so many places behind the last one; nothing when there are
 * fewer. With the time that the walk has taken, by the database's clock.
 * Called by: the walks of `KyuAdmin.search`, `summaries`, `list` and `counts`. Changes nothing.
 * The rows on the way are not read in the order of creation: the index alone tells.
 * Index: kyu_jobs_pkey in the order of creation, kyu_jobs_finished in that of the end.
 * $1 places, 1 or more; behind a place: $2 its id, and in the order of the end $3 its key.
 */
export function findStepEnd(shape: Omit<ListShape, 'columns' | 'stops'>): StatementTemplate {
  const { sort, order, archived, goesOn } = shape;
  const { key, column, condition } = sortOf(sort);
  const conditions = [condition, goesOn ? placeAmong(sort, order === 'desc' ? '<' : '>', 2) : undefined];
  const all = conditions.filter((one) => one !== undefined);
  const inOrder = sort === 'created' ? `job.id ${order}` : `${column} ${order}, job.id ${order}`;
  return {
    name: ['step', archived ? 'archived' : 'living', sort, order, goesOn ? 'on' : 'first'].join('-'),
    text: ({ jobs, archive }) => `
select job.id, ${key} as key, ${sort === 'created' ? 'job.created_at' : column} as at,
  extract(epoch from clock_timestamp() - now()) * 1000 as elapsed_ms
from (
  select job.id
  from ${archived ? archive : jobs} job
  ${all.length === 0 ? '' : `where ${all.join('\n  and ')}`}
  order by ${inOrder}
  offset $1::bigint - 1
  limit 1
) step
join ${archived ? archive : jobs} job on job.id = step.id`,
  };
}
