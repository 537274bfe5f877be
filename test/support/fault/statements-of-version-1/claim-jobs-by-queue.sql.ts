import type { StatementTemplate } from '../../../../lib/ledger/statement.js';
import { CLAIM_COLUMNS } from './claim-columns.js';

/**
 * The claim without a dispatcher: selects for itself, pending → running, run + 1.
 * Called by: the claim loop when Redis is off or away, and by the slow poll.
 * Guards: status = 'pending' under a row lock, and the worker's own row is alive.
 * Locks: per job type the first rows in claim order, skipping what others hold.
 * Index: kyu_jobs_ready (queue, job_type, priority desc, id), one short walk per type.
 * Run twice: the second claims other jobs; see claim-jobs-by-id for a lost reply.
 * $1 worker, $2 queue, $3 job types, $4 room per type, $5 limit over all types.
 */
export const claimJobsByQueue: StatementTemplate = {
  name: 'claim-jobs-by-queue',
  text: ({ jobs, workers }) => `
with candidate as materialized (
  select ready.id, ready.updated_at
  from unnest($3::text[], $4::integer[]) as room (job_type, size)
  cross join lateral (
    select id, priority, updated_at
    from ${jobs}
    where queue = $2 and job_type = room.job_type and status = 'pending'
      and exists (select from ${workers} where id = $1 and state = 'alive')
    order by priority desc, id
    limit least(room.size, $5)
    for update skip locked
  ) ready
  order by ready.priority desc, ready.id
  limit $5
)
update ${jobs} job
set status = 'running', run = job.run + 1, locked_by = $1, locked_at = now(), updated_at = now()
from candidate
where job.id = any (array[candidate.id])
returning ${CLAIM_COLUMNS}`,
};
