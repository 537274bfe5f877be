import type { StatementTemplate } from '../statement.js';

/**
 * Called by: run-once.
 * How many jobs a run-once still has to see to: pending, due and not yet promoted, or left behind by a worker that
 * no longer beats. Jobs that back off into the future, those that living workers run, and those whose queue or type
 * rests, do not count: a run-once would wait for an operator.
 * Indexes: kyu_jobs_ready, kyu_jobs_due, kyu_jobs_running, kyu_pauses_pkey. Changes nothing.
 * $1 queues, $2 job types that have a handler here.
 */
export const countUnfinishedDue: StatementTemplate = {
  name: 'count-unfinished-due',
  text: ({ jobs, workers, pauses }) => `
select count(*)::integer as count
from ${jobs} job
where job.queue = any($1::text[]) and job.job_type = any($2::text[]) and job.deleted_at is null
  and (
    job.status = 'pending'
    or (job.status in ('scheduled', 'failed') and job.scheduled_at <= clock_timestamp())
    or (
      job.status = 'running'
      and not exists (
        select from ${workers} owner
        where owner.id = job.locked_by and owner.state in ('alive', 'draining')
          and owner.lease_expires_at > clock_timestamp()
      )
    )
  )
  and (
    job.status = 'running'
    or not exists (
      select from ${pauses} pause where pause.queue = job.queue and pause.job_type in ('', job.job_type)
    )
  )`,
};
