import type { StatementTemplate } from '../statement.js';
import { partOf, windowParts } from './window-parts.js';

/**
 * How many jobs were enqueued in each part of a window, by queue and type.
 * Called by: `KyuAdmin.overview` and `queueDetails`. Changes nothing.
 * Index: kyu_jobs_pkey, because ids begin with their time. Beyond the sample the rows are not read, only counted.
 * $1 to $4 as in window-parts.
 */
export const readEnqueued: StatementTemplate = {
  name: 'read-enqueued',
  text: ({ jobs }) => `${windowParts(`${jobs} job`, 'job.id >= first_id and job.id < end_id')}
select ${partOf('job.created_at')} as part, job.queue, job.job_type as type, sum(weight) as count,
  bool_or(is_estimated) as is_estimated
from sampled
cross join clock
cross join lateral (
  select queue, job_type, created_at from ${jobs} job where job.id >= first_id and job.id < end_id limit quota
) job
where job.created_at >= began
group by 1, 2, 3`,
};
