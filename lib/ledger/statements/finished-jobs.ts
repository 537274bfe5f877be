import type { Tables } from '../statement.js';

/**
 * What delete-finished-jobs and archive-finished-jobs have in common: a walk along the jobs that have ended, whatever
 * they are, as far as the limit goes; and those among them to which the rule applies, locked.
 *
 * The walk is bounded by what it looks at and not by what it finds: a ledger full of jobs that are kept costs many
 * cheap statements and no endless one. It goes by time alone, without an id: jobs that ended in the same instant as
 * the last one seen are seen again, and whoever calls looks wider when nothing but those comes.
 *
 * The rule is checked again on the newest version of the row, once it is locked: a job that somebody has run again
 * since is not touched. Each row is looked up and locked on its own: as a plain join, planned while the table was
 * empty, it read the whole key and compared every row with every one seen. Nothing waits for a lock here, so the order
 * of the locks does not matter. Status and end are compared through coalesce for the reason in docs/decisions/0004:
 * statistics of a time when nothing had ended made it walk all ends for each row.
 *
 * $1 queue, $2 status, $3 job types or null, $4 job types left out, $5 kept for ms, $6 where to begin or null, $7 limit.
 */
export function finishedJobs({ jobs }: Tables): string {
  return `walked as materialized (
  select id, queue, status, job_type, completed_at
  from ${jobs}
  where completed_at >= coalesce($6::timestamptz, '-infinity')
    and completed_at < now() - $5::float8 * interval '1 millisecond'
  order by completed_at
  limit $7::integer
),
target as materialized (
  select held.id
  from walked
  cross join lateral (
    select job.id
    from ${jobs} job
    where job.id = any (array[walked.id])
      and coalesce(job.status, '') = $2 and coalesce(job.status, '') in ('completed', 'dead', 'cancelled')
      and coalesce(job.completed_at, 'infinity') < now() - $5::float8 * interval '1 millisecond'
    for update of job skip locked
  ) held
  where walked.queue = $1 and walked.status = $2
    and ($3::text[] is null or walked.job_type = any($3::text[]))
    and walked.job_type <> all($4::text[])
)`;
}

/** What a batch came to; `gone` has the ids of the jobs that left. */
export const FINISHED_JOBS_ANSWER = `select (select count(*) from gone)::integer as retired,
  (select count(*) from walked)::integer as seen,
  (select max(completed_at) from walked)::text as reached`;
