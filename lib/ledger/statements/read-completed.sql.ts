import type { StatementTemplate } from '../statement.js';
import { partOf, windowParts } from './window-parts.js';

/**
 * How many jobs were completed in each part of a window, by queue and type; and how long they waited and ran: all of
 * them, by queue, by type, and by both. A row has a `count` or it has `waits` and `runs`.
 * Called by: `KyuAdmin.overview` and `queueDetails`. Changes nothing.
 * Indexes: kyu_jobs_finished, then kyu_attempts_pkey for each job of the sample. Beyond the sample the rows are not
 * read, only counted, and that once for both answers.
 * A job could start when it was enqueued, or when its time came, whichever was later.
 * $1 to $4 as in window-parts.
 */
export const readCompleted: StatementTemplate = {
  name: 'read-completed',
  text: ({
    jobs,
    attempts,
  }) => `${windowParts(`${jobs} job`, 'job.completed_at >= began_at and job.completed_at < ended_at')},
taken as materialized (
  select ${partOf('job.completed_at')} as part, weight, is_estimated, job.id, job.run, job.queue, job.job_type as type,
    greatest(job.created_at, job.scheduled_at) as ready_at
  from sampled
  cross join clock
  cross join lateral (
    select id, run, queue, job_type, status, created_at, scheduled_at, completed_at
    from ${jobs} job
    where job.completed_at >= began_at and job.completed_at < ended_at
    limit quota
  ) job
  where job.status = 'completed'
)
select part, queue, type, sum(weight) as count, null::float8[] as waits, null::float8[] as runs,
  bool_or(is_estimated) as is_estimated
from taken
group by 1, 2, 3
union all
select null, queue, type, null,
  percentile_cont(array[0.5, 0.95]) within group (order by wait),
  percentile_cont(array[0.5, 0.95]) within group (order by took),
  bool_or(is_estimated)
from (
  select taken.queue, taken.type, is_estimated,
    greatest(0, extract(epoch from run.started_at - ready_at) * 1000)::float8 as wait,
    greatest(0, extract(epoch from run.finished_at - run.started_at) * 1000)::float8 as took
  from taken
  join ${attempts} run on run.job_id = any (array[taken.id]) and run.run = taken.run
) ended
group by grouping sets ((queue, type), (queue), (type), ())`,
};
