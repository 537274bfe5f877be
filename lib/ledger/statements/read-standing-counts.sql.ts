import type { StatementTemplate } from '../statement.js';

/**
 * How many jobs there are by status, those that have ended up to a limit, and what else says that something is wrong.
 * Called by: `KyuAdmin.overview`. Changes nothing.
 * Indexes: kyu_jobs_ready, kyu_jobs_due, kyu_jobs_running, kyu_jobs_dead and kyu_jobs_finished, each no further than the
 * limit; kyu_schedules_due. The newest of those that have ended are told apart, and stand for the others; how many
 * there are in all PostgreSQL knows about from its last ANALYZE.
 * $1 limit.
 */
export const readStandingCounts: StatementTemplate = {
  name: 'read-standing-counts',
  text: ({ jobs, schedules }) => {
    const count = (condition: string): string =>
      `(select count(*) from (select from ${jobs} where ${condition} limit $1) counted)`;
    return `
with ended as materialized (
  select status from ${jobs} where completed_at is not null order by completed_at desc limit $1
)
select ${count(`status = 'pending'`)} as pending, ${count(`status = 'scheduled'`)} as scheduled,
  ${count(`status = 'failed'`)} as failed, ${count(`status = 'running'`)} as running, ${count(`status = 'dead'`)} as dead,
  (select count(*) from ended where status = 'completed') as completed,
  (select count(*) from ended where status = 'cancelled') as cancelled,
  (select count(*) from ended) as ended,
  (select greatest(0, reltuples) from pg_class where oid = (
    select indexrelid from pg_index where indrelid = '${jobs}'::regclass and indexrelid::regclass::text like '%kyu_jobs_finished%'
  )) as ended_estimate,
  (
    select count(*) from (
      select from ${jobs} where completed_at > now() - interval '1 hour' and status = 'dead' limit $1
    ) counted
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
