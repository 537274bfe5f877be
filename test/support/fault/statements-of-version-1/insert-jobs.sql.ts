import type { StatementTemplate } from '../../../../lib/ledger/statement.js';

/**
 * Writes drafts as `scheduled` or `pending` jobs.
 * Called by: the producer's intake, alone or inside the caller's transaction.
 * Guards: nothing but the primary key. Index: kyu_jobs_pkey.
 * Run twice with the same ids (a lost reply): writes nothing the second time, and answers as the first time.
 * The database's clock alone decides whether a job is due.
 * $1 json: array of drafts. One text instead of a dozen arrays: one pass of the driver, and payloads untouched.
 */
export const insertJobs: StatementTemplate = {
  name: 'insert-jobs',
  text: ({ jobs }) => `
with draft as (
  select d.*, coalesce(d.at, case when d.delay > 0 then now() + d.delay * interval '1 millisecond' end) as due_at
  from json_to_recordset($1::json) as d (
    id uuid, queue text, type text, priority integer, payload jsonb,
    retries integer, timeout bigint, delay double precision, at timestamptz
  )
),
written as (
  insert into ${jobs} (id, queue, job_type, priority, payload, max_retries, timeout_ms, scheduled_at, status)
  -- The JSON value null arrives as SQL's.
  select id, queue, type, priority, coalesce(payload, 'null'), retries, timeout, due_at,
    case when due_at > now() then 'scheduled' else 'pending' end
  from draft
  on conflict (id) do nothing
  returning id, status
)
select id, status from written
union all
select job.id, job.status
from draft
join ${jobs} job on job.id = any (array[draft.id])`,
};
