import type { StatementTemplate } from '../statement.js';
import { FAILED_RUNS } from './failed-runs.js';

/**
 * How many jobs there are by status, each counted up to a limit, what PostgreSQL's last ANALYZE says of how many there
 * are, and what else says that something is wrong.
 * Called by: `KyuAdmin.overview`, and `counts` of everything. Changes nothing.
 * Indexes: kyu_jobs_ready, kyu_jobs_due, kyu_jobs_running, kyu_jobs_dead and kyu_jobs_finished, each no further than the
 * limit; kyu_attempts_failed for those that died within the last hour, and kyu_jobs_pkey for the jobs of those runs.
 * Each count goes along its index because of its order: left alone, the planner reads the table for a large limit.
 * The newest of those that have ended are told apart, and stand for the others where nothing was analysed yet.
 * $1 limit.
 */
export const readStandingCounts: StatementTemplate = {
  name: 'read-standing-counts',
  text: ({ jobs, attempts, schedules }) => {
    const count = (condition: string, order: string): string =>
      `(select count(*) from (select from ${jobs} where ${condition} order by ${order} limit $1) counted)`;
    return `
with ended as materialized (
  select status from ${jobs} where completed_at is not null order by completed_at desc limit $1
),
waiting as materialized (
  select status from ${jobs} where status in ('scheduled', 'failed') order by queue, scheduled_at limit 2 * $1
)
select ${count(`status = 'pending'`, 'queue, job_type, priority desc, id')} as pending,
  (select count(*) from waiting where status = 'scheduled') as scheduled,
  (select count(*) from waiting where status = 'failed') as failed,
  (select count(*) from waiting) as waiting,
  ${count(`status = 'running'`, 'queue, locked_by')} as running,
  ${count(`status = 'dead'`, 'queue, id')} as dead,
  (select count(*) from ended where status = 'completed') as completed,
  (select count(*) from ended where status = 'cancelled') as cancelled,
  (select count(*) from ended) as ended,
  (
    select jsonb_object_agg(known.status, round(known.share * greatest(0, class.reltuples)))
    from pg_class class
    join pg_namespace namespace on namespace.oid = class.relnamespace
    join pg_stats stats on stats.schemaname = namespace.nspname and stats.tablename = class.relname
      and stats.attname = 'status'
    cross join lateral unnest(stats.most_common_vals::text::text[], stats.most_common_freqs) as known (status, share)
    where class.oid = '${jobs}'::regclass
  ) as analysed,
  (
    select count(distinct job.id)
    from (
      select run.job_id from ${attempts} run
      where ${FAILED_RUNS} and run.finished_at > now() - interval '1 hour'
      order by run.finished_at desc
      limit $1
    ) run
    join ${jobs} job on job.id = any (array[run.job_id])
    where coalesce(job.status, '') = 'dead' and coalesce(job.completed_at, 'infinity') > now() - interval '1 hour'
  ) as died_lately,
  (
    select coalesce(max(extract(epoch from clock_timestamp() - xact_start) * 1000), 0)
    from pg_stat_activity
    where xact_start is not null and backend_type = 'client backend' and pid <> pg_backend_pid()
  ) as oldest_transaction_ms,
  (
    select count(*) from ${schedules}
    where paused_at is null and next_run_at < now() - interval '1 minute'
  ) as late_schedules`;
  },
};
