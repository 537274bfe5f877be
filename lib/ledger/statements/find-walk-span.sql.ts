import type { StatementTemplate } from '../statement.js';
import { firstIdOf } from './first-id.js';
import { instantKey } from './list-jobs.sql.js';

/** So far may the time in an id be from the instant of creation. */
const ID_MARGIN = "interval '1 hour'";

/**
 * The part of an order in which a filter's instants lie: nothing that matches stands in front of `first` or behind
 * `last`; null where the filter says nothing about that side. A job has no end before its creation, so that the bounds of
 * the one are bounds of the other as well.
 * Ids have the time of those who enqueue, who may be ahead of the database or behind it, and a job is as old as the
 * transaction that wrote it: in the order of creation each side is an hour wider than what is asked for.
 * Called by: the walks of `KyuAdmin.search`, `summaries`, `list` and `counts`, each at its beginning. Reads no table,
 * changes nothing.
 * $1 created from, $2 created before, $3 younger than ms, $4 older than ms; $5 to $8 the same of the end.
 */
export function findWalkSpan(sort: 'created' | 'finished'): StatementTemplate {
  const ago = (parameter: string): string => `now() - ${parameter}::float8 * interval '1 millisecond'`;
  const [first, last] =
    sort === 'created'
      ? [`created_from - ${ID_MARGIN}`, `least(created_before, finished_before) + ${ID_MARGIN}`]
      : ['greatest(finished_from, created_from)', 'finished_before'];
  const place = (side: string): string =>
    sort === 'created'
      ? `${firstIdOf(side)} as ${side}_id, null as ${side}_key`
      : `'00000000-0000-0000-0000-000000000000'::uuid as ${side}_id, ${instantKey(side)} as ${side}_key`;
  return {
    name: `find-walk-span-${sort}`,
    text: () => `
with said as (
  select greatest($1::timestamptz, ${ago('$3')}) as created_from,
    least($2::timestamptz, ${ago('$4')}) as created_before,
    greatest($5::timestamptz, ${ago('$7')}) as finished_from,
    least($6::timestamptz, ${ago('$8')}) as finished_before
),
span as (
  select ${first} as first, ${last} as last from said
)
select first as first_at, ${place('first')}, last as last_at, ${place('last')}
from span`,
  };
}
