import type { StatementTemplate } from '../statement.js';
import { claimColumns } from './claim-columns.js';

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
  text: ({ jobs, workers, attempts, pauses }) => `
with ready as materialized (
  select ready.row_address, ready.id, ready.priority, ready.updated_at, room.size,
    row_number() over (partition by room.lane order by ready.priority desc, ready.id) as place
  from unnest($3::text[], $4::integer[], $6::text[]) as room (job_type, size, lane)
  cross join lateral (
    select ctid as row_address, id, priority, updated_at
    from ${jobs}
    where queue = $2 and job_type = room.job_type and status = 'pending' and deleted_at is null
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
returning ${claimColumns({ attempts })}`,
};
