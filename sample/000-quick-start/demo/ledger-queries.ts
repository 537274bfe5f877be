// The ledger is plain tables, so what the demo knows of its jobs is plain SQL. $1 is when the run began: a database of
// yours may hold the jobs of earlier runs.

export const NOW = `select clock_timestamp()::text as "now"`;

export const COUNTS = `
  select count(*)::int                                             as "enqueued",
         count(*) filter (where status = 'completed')::int         as "completed",
         count(*) filter (where status = 'dead')::int              as "dead",
         count(*) filter (where status = 'cancelled')::int         as "cancelled",
         count(*) filter (where status = 'running')::int           as "running",
         count(*) filter (where status = 'pending')::int           as "waiting",
         count(*) filter (where status = 'failed')::int            as "backingOff",
         count(*) filter (where status = 'scheduled')::int         as "scheduled"
    from kyu.kyu_jobs
   where queue = 'shop' and created_at >= $1`;

/** One row for each job type, and at the end one for all of them. */
export const JOB_TYPES = `
  with job as (
    select *
      from kyu.kyu_jobs
     where queue = 'shop' and created_at >= $1
  ),
  history as (
    select job.id,
           count(*)                                                as runs,
           count(*) filter (where attempt.outcome = 'crashed')     as crashed,
           count(*) filter (where attempt.outcome = 'completed')   as completed,
           bool_or(attempt.run = job.run and attempt.error_message is not null) as last_run_says_why
      from job
      join kyu.kyu_attempts attempt on attempt.job_id = job.id
     group by job.id
  )
  select coalesce(job.job_type, 'all')                             as "jobType",
         count(*)::int                                             as "enqueued",
         count(*) filter (where job.status = 'completed')::int     as "completed",
         count(*) filter (where job.status = 'dead')::int          as "dead",
         count(*) filter (where job.run > 1)::int                  as "retried",
         coalesce(sum(job.run), 0)::int                            as "runs",
         coalesce(sum(history.runs), 0)::int                       as "recordedRuns",
         coalesce(sum(history.crashed), 0)::int                    as "crashedRuns",
         count(*) filter (
           where job.status = 'dead' and (job.error_message is null or history.last_run_says_why is not true)
         )::int                                                    as "unexplained",
         count(*) filter (where history.completed > 1)::int        as "completedTwice",
         coalesce(extract(epoch from max(job.completed_at) - min(job.created_at)), 0)::float8 as "seconds"
    from job
    left join history on history.id = job.id
   group by grouping sets ((job.job_type), ())
   order by grouping(job.job_type), max(job.priority) desc, job.job_type`;

/** The order number is what differs between errors of the same kind. */
export const DEATH_CAUSES = `
  select job_type                                                  as "jobType",
         count(*)::int                                             as "jobs",
         coalesce(min(error_message), 'no reason was kept')        as "error"
    from kyu.kyu_jobs
   where queue = 'shop' and created_at >= $1 and status = 'dead'
   group by job_type, split_part(error_message, ':', 1)
   order by count(*) desc`;

export const REPORT_FILES = `
  select result ->> 'file'                                         as "file"
    from kyu.kyu_jobs
   where queue = 'shop' and created_at >= $1 and job_type = 'generate_report' and status = 'completed'
   order by completed_at desc`;

/** $1 is the host of a worker process, $2 its pid. */
export const RUNNING_IN = `
  select count(*)::int                                             as "running"
    from kyu.kyu_jobs job
    join kyu.kyu_workers worker on worker.id = job.locked_by
   where job.status = 'running' and worker.host = $1 and worker.pid = $2`;
