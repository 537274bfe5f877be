import type { StatementTemplate } from '../statement.js';
import { FAILED_RUNS } from './failed-runs.js';
import { partOf, windowParts } from './window-parts.js';

/**
 * How many runs ended with an error in each part of a window, by queue and type of their jobs.
 * Called by: `KyuAdmin.overview` and `queueDetails`. Changes nothing.
 * Indexes: kyu_attempts_failed; for the jobs of a sample kyu_jobs_pkey.
 * $1 to $4 as in window-parts.
 */
export const readFailed: StatementTemplate = {
  name: 'read-failed',
  text: ({ jobs, attempts }) => {
    const isInPart = `${FAILED_RUNS} and run.finished_at >= began_at and run.finished_at < ended_at`;
    return `${windowParts(`${attempts} run`, isInPart)}
select ${partOf('run.finished_at')} as part, job.queue, job.job_type as type, sum(weight) as count,
  bool_or(is_estimated) as is_estimated
from sampled
cross join clock
cross join lateral (
  select run.job_id, run.finished_at from ${attempts} run where ${isInPart} limit quota
) run
join ${jobs} job on job.id = run.job_id
group by 1, 2, 3`;
  },
};
