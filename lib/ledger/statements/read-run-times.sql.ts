import type { StatementTemplate } from '../statement.js';
import { windowParts } from './window-parts.js';

/**
 * How long jobs waited and ran that were completed in a window: of all, by queue, by type, and by both.
 * Called by: `KyuAdmin.overview` and `queueDetails`. Changes nothing.
 * Indexes: kyu_jobs_finished, then kyu_attempts_pkey for each job of the sample.
 * A job could start when it was enqueued, or when its time came, whichever was later.
 * $1 to $4 as in window-parts.
 */
export const readRunTimes: StatementTemplate = {
  name: 'read-run-times',
  text: ({
    jobs,
    attempts,
  }) => `${windowParts(`${jobs} job`, 'job.completed_at >= began_at and job.completed_at < ended_at')}
select queue, type,
  percentile_cont(array[0.5, 0.95]) within group (order by wait) as waits,
  percentile_cont(array[0.5, 0.95]) within group (order by took) as runs,
  bool_or(is_estimated) as is_estimated
from (
  select job.queue, job.job_type as type, is_estimated,
    greatest(0, extract(epoch from run.started_at - greatest(job.created_at, job.scheduled_at)) * 1000)::float8 as wait,
    greatest(0, extract(epoch from run.finished_at - run.started_at) * 1000)::float8 as took
  from sampled
  cross join lateral (
    select id, run, queue, job_type, status, created_at, scheduled_at
    from ${jobs} job
    where job.completed_at >= began_at and job.completed_at < ended_at
    limit quota
  ) job
  join ${attempts} run on run.job_id = job.id and run.run = job.run
  where job.status = 'completed'
) ended
group by grouping sets ((queue, type), (queue), (type), ())`,
};
