import type { StatementTemplate } from '../statement.js';

/**
 * Fires ticks: moves each schedule from the tick that it waits for to the one after it, and writes the job of the tick.
 * Called by: the cron ticker of every worker process, as many as like to.
 * Guards: a schedule moves only from where it was read (its next tick and its version), under a row lock that skips what
 * another process holds: of many who fire one tick, one moves it and writes its job, in this one statement. The key of
 * the tick (kyu_jobs_unique) is the second lock.
 * The unfinished job that a tick replaces is cancelled; a running one is asked to stop.
 * Index: kyu_schedules_pkey, kyu_jobs_pkey for what is replaced. Run twice (a lost reply): the second finds every
 * schedule moved; jobs that nobody was told of are found by the reconciler.
 * $1 app, $2 json: array of steps, each with its job or without.
 */
export const takeTicks: StatementTemplate = {
  name: 'take-ticks',
  text: ({ schedules, jobs }) => `
with step as materialized (
  select * from json_to_recordset($2::json) as step (
    name text, guard text, next timestamptz, tick timestamptz, replaces uuid, reason text,
    id uuid, queue text, type text, priority integer, payload jsonb, retries integer, timeout bigint, at timestamptz,
    deadline timestamptz, tags text[], key text
  )
),
held as materialized (
  select step.*
  from step
  join ${schedules} known on known.app = $1 and known.name = any (array[step.name])
  where known.next_run_at || ' ' || known.updated_at = step.guard and known.paused_at is null
  for update of known skip locked
),
replaced as (
  update ${jobs} job
  set status = case when job.status = 'running' then job.status else 'cancelled' end,
    completed_at = case when job.status = 'running' then null else now() end,
    error_message = case when job.status = 'running' then job.error_message else held.reason end,
    cancel_requested_at = case when job.status = 'running' then coalesce(job.cancel_requested_at, now())
      else job.cancel_requested_at end,
    cancel_reason = case when job.status = 'running' then coalesce(job.cancel_reason, held.reason)
      else job.cancel_reason end,
    updated_at = now()
  from held
  where job.id = any (array[held.replaces])
    and coalesce(job.status, '') in ('scheduled', 'pending', 'running', 'failed')
  returning held.name as schedule, job.id, job.queue, job.job_type as type, job.priority, job.status
),
written as (
  insert into ${jobs} (
    id, queue, job_type, priority, payload, max_retries, timeout_ms, scheduled_at, status, deadline_at, tags,
    unique_key, unique_keeps
  )
  -- The JSON value null arrives as SQL's.
  select id, queue, type, priority, coalesce(payload, 'null'), retries, timeout, at,
    case when at > now() then 'scheduled' else 'pending' end, deadline, tags, key, true
  from held
  where held.id is not null
  on conflict do nothing
  returning id, status
),
moved as (
  update ${schedules} known
  set next_run_at = held.next, last_run_at = coalesce(held.tick, known.last_run_at),
    last_job_id = coalesce(written.id, known.last_job_id)
  from held
  left join written on written.id = held.id
  where known.app = $1 and known.name = any (array[held.name])
  returning known.name
)
select 'moved' as kind, name as schedule, null::uuid as id, null as queue, null as type, null::integer as priority,
  null as status
from moved
union all
select 'fired', held.name, held.id, held.queue, held.type, held.priority, written.status
from held
join written on written.id = held.id
union all
select 'replaced', schedule, id, queue, type, priority, status
from replaced`,
};
