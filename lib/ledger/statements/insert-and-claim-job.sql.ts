import type { StatementTemplate } from '../statement.js';
import { claimColumns } from './claim-columns.js';

/**
 * Writes one job as `running`, run 1, for a worker of the process that enqueues it; or as `pending`, like insert-jobs.
 * Called by: the producer's intake, outside of transactions, when the workers of its process have kept a place.
 * Guards: the primary key; and for the claim, decided once before the job is written: the worker's own row is alive,
 * neither the queue nor the type rests, and no pending job goes first, which is one of the queue that is at least as
 * important, or any of a queue that is served before, of a type that has room there. A job that commits a moment later
 * does not go first, as with any claim.
 * Locks: none but its own row, which nobody else can see before.
 * Index: kyu_jobs_ready (queue, job_type, priority desc, id), one look per type.
 * Run twice with the same id (a lost reply): writes nothing and answers nothing the second time. A run whose reply was
 * lost is taken back by hand-back-unheard.
 * Without an id it writes nothing, for a connection that is to know its plan (warm-up.ts).
 * Answers the columns of a claim, and the status as the last.
 * $1 worker, $2 types with room, $3 queues served before, $4 id, $5 queue, $6 job type, $7 priority, $8 payload,
 * $9 most retries, $10 timeout ms, $11 extra or null: deadline, tags, context, parent, backoff.
 */
export const insertAndClaimJob: StatementTemplate = {
  name: 'insert-and-claim-job',
  text: ({ jobs, workers, attempts, pauses }) => `
with verdict as materialized (
  select exists (select from ${workers} where id = $1 and state = 'alive')
    and not exists (select from ${pauses} where queue = $5 and job_type in ('', $6))
    and not exists (
      select from ${jobs}
      where queue = $5 and job_type = any ($2::text[]) and status = 'pending' and deleted_at is null
        and priority >= $7::integer
    )
    and not exists (
      select from ${jobs}
      where queue = any ($3::text[]) and job_type = any ($2::text[]) and status = 'pending' and deleted_at is null
    ) as claims
),
job as (
  insert into ${jobs} (
    id, queue, job_type, priority, payload, max_retries, timeout_ms, status, run, locked_by, locked_at,
    deadline_at, tags, context, parent_id, backoff
  )
  select $4::uuid, $5::text, $6::text, $7::integer, $8::jsonb, $9::integer, $10::bigint,
    case when claims then 'running' else 'pending' end,
    case when claims then 1 else 0 end,
    case when claims then $1::uuid end,
    case when claims then now() end,
    (extra ->> 'deadline')::timestamptz,
    case when extra ? 'tags' then array(select jsonb_array_elements_text(extra -> 'tags')) end,
    extra -> 'context',
    (extra ->> 'parent')::uuid,
    extra -> 'backoff'
  from verdict
  cross join (select $11::jsonb as extra) draft
  where $4::uuid is not null
  on conflict do nothing
  returning *
)
select ${claimColumns({ attempts })}, job.status
from job
cross join (select now() as updated_at) candidate`,
};
