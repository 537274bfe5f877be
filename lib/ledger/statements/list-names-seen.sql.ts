import type { StatementTemplate } from '../statement.js';

/**
 * Names that a person may want to search for: of the newest jobs, of what handlers published, and of workers.
 * Called by: `KyuAdmin.suggest`. Changes nothing.
 * Index: kyu_jobs_pkey, the newest $1 rows of it; the other tables are small.
 * $1 how many jobs, $2 how many names of each kind.
 */
export const listNamesSeen: StatementTemplate = {
  name: 'list-names-seen',
  text: ({ jobs, workers, jobTypes, pauses }) => `
with recent as materialized (
  select id, queue, job_type, tags
  from ${jobs}
  where deleted_at is null
  order by id desc
  limit $1
),
few as materialized (
  select job.payload
  from (select id from recent order by id desc limit 100) newest
  join ${jobs} job on job.id = newest.id
  where jsonb_typeof(job.payload) = 'object' and pg_column_size(job.payload) < 16384
)
select
  array(
    select name from (
      select job_type as name from recent union select job_type from ${jobTypes} where right(job_type, 1) <> '*'
    ) known order by name limit $2
  ) as types,
  array(
    select name from (
      select queue as name from recent
      union select queue from ${jobTypes}
      union select unnest(queues) from ${workers}
      union select queue from ${pauses}
    ) known order by name limit $2
  ) as queues,
  array(select distinct tag from recent, unnest(tags) as tag order by tag limit $2) as tags,
  array(
    select id::text from ${workers} where state in ('alive', 'draining') order by started_at desc limit $2
  ) as workers,
  array(select distinct key from few, jsonb_object_keys(payload) as key order by key limit $2) as payload_keys`,
};
