import type { StatementTemplate } from '../statement.js';
import { fingerprintSql } from './error-pattern.js';
import { FAILED_RUNS } from './failed-runs.js';

/**
 * The errors of a window, grouped by what is the same about their messages.
 * Called by: `KyuAdmin.errorGroups`. Changes nothing.
 * Indexes: kyu_attempts_failed, the newest $2 entries of the window; kyu_jobs_pkey for the jobs of the groups.
 * Fingerprints are worked out here and not when a run ends: who reads pays for it, and nobody else.
 * $1 window in ms, $2 most runs, $3 most groups.
 */
export const groupErrors: StatementTemplate = {
  name: 'group-errors',
  text: ({ jobs, attempts }) => `
with failed as materialized (
  select run.job_id, run.finished_at, coalesce(run.error_message, '') as error_message
  from ${attempts} run
  where ${FAILED_RUNS} and run.finished_at >= now() - $1::float8 * interval '1 millisecond'
  order by run.finished_at desc
  limit $2
),
marked as materialized (
  select job_id, finished_at, error_message, ${fingerprintSql('error_message')} as fingerprint from failed
),
grouped as materialized (
  select fingerprint, count(*) as runs, count(distinct job_id) as jobs, min(finished_at) as first_seen_at,
    max(finished_at) as last_seen_at,
    (array_agg(job_id order by finished_at desc))[1] as sample_job_id,
    (array_agg(error_message order by finished_at desc))[1] as message
  from marked
  group by fingerprint
  order by runs desc, last_seen_at desc
  limit $3
),
member as materialized (
  select marked.fingerprint, job.id, job.job_type,
    bool_or(job.status = 'dead' and job.error_message = marked.error_message) as is_dead
  from marked
  join grouped using (fingerprint)
  join ${jobs} job on job.id = marked.job_id
  group by marked.fingerprint, job.id, job.job_type
)
select grouped.*, (select count(*) from failed) >= $2 as is_estimated,
  (select count(*) from member where member.fingerprint = grouped.fingerprint and is_dead) as dead,
  array(
    select distinct job_type from member where member.fingerprint = grouped.fingerprint order by job_type limit 20
  ) as types
from grouped
order by runs desc, last_seen_at desc`,
};
