import type { Tables } from '../statement.js';
import { claimColumns } from './claim-columns.js';

/** The tables that a claim reads. */
type ClaimTables = Pick<Tables, 'jobs' | 'workers' | 'attempts' | 'pauses'>;

/**
 * The claim that selects for itself, for claim-jobs-by-queue and claim-jobs-further.
 * @param where which part of each type's line it looks at, an SQL condition; `true` = all of it
 */
export function claimFromLine({ jobs, workers, attempts, pauses }: ClaimTables, where: string): string {
  return `
with ready as materialized (
  select ready.row_address, ready.id, ready.priority, ready.updated_at, room.size,
    row_number() over (partition by room.lane order by ready.priority desc, ready.id) as place
  from unnest($3::text[], $4::integer[], $6::text[]) as room (job_type, size, lane)
  cross join lateral (
    select ctid as row_address, id, priority, updated_at
    from ${jobs}
    where queue = $2 and job_type = room.job_type and status = 'pending' and deleted_at is null and ${where}
      and exists (select from ${workers} where id = $1 and state = 'alive')
    order by priority desc, id
    limit least(room.size, $5)
    for update skip locked
  ) ready
  where not exists (select from ${pauses} where queue = $2 and job_type = '')
    and room.job_type <> all (array(select job_type from ${pauses} where queue = $2))
),
candidate as materialized (
  select row_address, updated_at
  from ready
  where greatest(place - size, 0) = 0
  order by priority desc, id
  limit $5
)
update ${jobs} job
set status = 'running', run = job.run + 1, locked_by = $1, locked_at = now(), updated_at = now()
from candidate
where job.ctid = candidate.row_address
returning ${claimColumns({ attempts })}`;
}
