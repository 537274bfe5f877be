import type { Tables } from '../statement.js';

/**
 * The beginning and the end of every statement that changes many jobs at once; between the two stands what happens to
 * each `target`, as `changed`.
 *
 * `found` is what matches, oldest first; `target` holds those that nobody else holds, at their newest version: one that
 * was claimed in between is not in the status any more. Both are answered, so that the caller knows where to go on even
 * when nothing could be changed.
 * $1 limit, $2 statuses, $3… what the change needs; then the filter's.
 */
export function batchOfJobs(
  { jobs }: Pick<Tables, 'jobs'>,
  { conditions, allowed, change }: { conditions: string; allowed: string; change: string },
): string {
  return `
with found as materialized (
  select job.id
  from ${jobs} job
  where job.status = any($2::text[]) and job.status in (${allowed})
  and ${conditions}
  order by job.id
  limit $1
),
target as materialized (
  select job.id, job.status
  from found join ${jobs} job on job.id = any (array[found.id])
  where job.status = any($2::text[]) and job.status in (${allowed})
  order by job.id
  for update of job skip locked
),
${change}
select found.id as found_id, changed.*
from found left join changed on changed.id = found.id`;
}
