import type { StatementTemplate } from '../statement.js';
import { partOf, windowParts } from './window-parts.js';

/**
 * How many jobs were completed in each part of a window, by queue and type.
 * Called by: `KyuAdmin.overview` and `queueDetails`. Changes nothing.
 * Index: kyu_jobs_finished. Beyond the sample the rows are not read, only counted.
 * $1 to $4 as in window-parts.
 */
export const readCompleted: StatementTemplate = {
  name: 'read-completed',
  text: ({
    jobs,
  }) => `${windowParts(`${jobs} job`, 'job.completed_at >= began_at and job.completed_at < ended_at')}
select ${partOf('job.completed_at')} as part, job.queue, job.job_type as type, sum(weight) as count,
  bool_or(is_estimated) as is_estimated
from sampled
cross join clock
cross join lateral (
  select queue, job_type, status, completed_at
  from ${jobs} job
  where job.completed_at >= began_at and job.completed_at < ended_at
  limit quota
) job
where job.status = 'completed'
group by 1, 2, 3`,
};
