import type { StatementTemplate } from '../statement.js';

/**
 * What the ledger shows of its own health, as JSON.
 * Called by: `KyuAdmin.doctor`. Changes nothing.
 * Indexes: kyu_jobs_running for those that run, kyu_jobs_pkey for the newest 200; the rest is small or PostgreSQL's own.
 * A job is an orphan when its owner has been dead, or without a lease, for longer than the reaper takes.
 * $1 name of the schema.
 */
export const readVitals: StatementTemplate = {
  name: 'read-vitals',
  text: ({ jobs, workers, duties }) => `
select extract(epoch from clock_timestamp()) * 1000 as now_ms,
  (
    select percentile_cont(0.5) within group (
      order by (('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint - extract(epoch from created_at) * 1000)::float8
    )
    from (
      select id, created_at
      from ${jobs}
      where created_at > now() - interval '1 hour'
      order by id desc
      limit 200
    ) newest
    where substr(id::text, 15, 1) = '7'
  ) as producer_skew_ms,
  (
    select coalesce(jsonb_agg(jsonb_build_object('queue', queue, 'count', count) order by queue), '[]')
    from (
      select job.queue, count(*) as count
      from ${jobs} job
      left join ${workers} worker on worker.id = job.locked_by
      where job.status = 'running' and job.locked_at < now() - interval '10 seconds'
        and (
          worker.id is null
          or (worker.state in ('stopped', 'dead') and worker.heartbeat_at < now() - interval '10 seconds')
          or worker.lease_expires_at < now() - interval '10 seconds'
        )
      group by job.queue
    ) orphans
  ) as orphans,
  (
    select coalesce(jsonb_agg(jsonb_build_object(
      'table', relname, 'liveRows', n_live_tup, 'deadRows', n_dead_tup,
      'vacuumedMsAgo', extract(epoch from now() - greatest(last_vacuum, last_autovacuum)) * 1000
    ) order by relname), '[]')
    from pg_stat_user_tables
    where schemaname = $1 and relname like 'kyu\\_%'
  ) as tables,
  (
    select coalesce(jsonb_agg(held order by (held ->> 'ageMs')::float8 desc), '[]')
    from (
      select jsonb_build_object(
        'pid', pid, 'name', coalesce(nullif(application_name, ''), usename, ''), 'state', coalesce(state, ''),
        'ageMs', extract(epoch from clock_timestamp() - xact_start) * 1000
      ) as held
      from pg_stat_activity
      where xact_start is not null and backend_type = 'client backend' and pid <> pg_backend_pid()
        and datname = current_database()
      union all
      select jsonb_build_object(
        'pid', null, 'name', gid, 'state', 'prepared', 'ageMs', extract(epoch from clock_timestamp() - prepared) * 1000
      )
      from pg_prepared_xacts
      where database = current_database()
    ) all_held
  ) as held,
  (
    select coalesce(jsonb_agg(jsonb_build_object(
      'duty', duty, 'queue', queue, 'lateMs', extract(epoch from now() - due_at) * 1000
    ) order by duty, queue), '[]')
    from ${duties} duty
    where duty in ('promote', 'rescue', 'reconcile') and due_at < now() - interval '1 minute'
      and exists (
        select from ${workers} worker
        where worker.state = 'alive' and worker.lease_expires_at > now() and worker.queues @> array[duty.queue]
          and worker.started_at < now() - interval '1 minute'
      )
  ) as late_duties`,
};
