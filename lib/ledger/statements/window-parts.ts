import { firstIdOf } from './first-id.js';

/**
 * The beginning of each statement that looks back on a window in parts: counts what an index has in each part, up to
 * a limit, and says how many rows of it a proportional sample takes. `found` and `quota` are by part; a row that is
 * taken stands for `weight` of them.
 * $1 window in ms, $2 how many parts, $3 rows in the sample, $4 most that is counted in a part.
 */
export function windowParts(from: string, isInPart: string): string {
  const width = "($1::float8 / $2) * interval '1 millisecond'";
  const share = 'greatest(1, ceil(found * least(1, $3::float8 / greatest(1, sum(found) over ()))))';
  return `
with clock as materialized (select now() - $1::float8 * interval '1 millisecond' as began),
part as materialized (
  select n, began + n * ${width} as began_at,
    -- A run ends by the clock of its process as well, which may be ahead.
    case when n = $2::integer - 1 then 'infinity' else began + (n + 1) * ${width} end as ended_at,
    -- The clocks of those who enqueue are not that of the database.
    ${firstIdOf(`began + n * ${width} - case when n = 0 then interval '5 minutes' else interval '0' end`)} as first_id,
    case when n = $2 - 1 then 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid
      else ${firstIdOf(`began + (n + 1) * ${width}`)} end as end_id
  from clock, generate_series(0, $2::integer - 1) as n
),
counted as materialized (
  select part.*, (select count(*) from (select from ${from} where ${isInPart} limit $4) as rows) as found
  from part
),
sampled as materialized (
  select counted.*, ${share}::bigint as quota, greatest(1, found / ${share}) as weight,
    sum(found) over () > $3 or max(found) over () >= $4 as is_estimated
  from counted
)`;
}

/** In which part an instant lies; $1 and $2 as above. */
export function partOf(instant: string): string {
  return `least($2::integer - 1, floor(extract(epoch from ${instant} - began) * 1000 / ($1::float8 / $2)))::integer`;
}
