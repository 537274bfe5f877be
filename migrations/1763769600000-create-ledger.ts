import type { LedgerMigration } from './ledger-migration.js';

/** Version 1: jobs, runs, workers, duties. */
export const createLedger: LedgerMigration = {
  version: 1,
  name: 'CreateLedger1763769600000',
  worksFrom: 1,

  up: (schema) => [
    `create table ${schema}.kyu_jobs (
  id            uuid        not null,
  queue         text        not null,
  job_type      text        not null,
  priority      integer     not null default 0,
  status        text        not null default 'pending',
  payload       jsonb       not null default 'null',
  result        jsonb,
  progress      jsonb,
  run           integer     not null default 0,
  max_retries   integer     not null default 0,
  retry_count   integer     not null default 0,
  crash_count   integer     not null default 0,
  timeout_ms    bigint      not null default 0,
  error_message text,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  scheduled_at  timestamptz,
  locked_at     timestamptz,
  locked_by     uuid,
  completed_at  timestamptz,
  deleted_at    timestamptz,
  constraint kyu_jobs_pkey primary key (id),
  constraint kyu_jobs_status check (
    status in ('scheduled', 'pending', 'running', 'failed', 'completed', 'dead', 'cancelled')
  ),
  constraint kyu_jobs_owner check ((status = 'running') = (locked_by is not null and locked_at is not null)),
  constraint kyu_jobs_end check ((status in ('completed', 'dead', 'cancelled')) = (completed_at is not null)),
  constraint kyu_jobs_wait check (status not in ('scheduled', 'failed') or scheduled_at is not null),
  constraint kyu_jobs_attempts check (retry_count between 0 and max_retries)
)
with (fillfactor = 75, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02)`,

    // Partial indexes only: a finished job costs nothing but its primary key.
    `create index kyu_jobs_ready on ${schema}.kyu_jobs (queue, job_type, priority desc, id) where status = 'pending'`,
    `create index kyu_jobs_due on ${schema}.kyu_jobs (queue, scheduled_at) where status in ('scheduled', 'failed')`,
    `create index kyu_jobs_running on ${schema}.kyu_jobs (queue, locked_by) where status = 'running'`,
    `create index kyu_jobs_dead on ${schema}.kyu_jobs (queue, id) where status = 'dead'`,

    // No foreign key to kyu_jobs: it would cost a row lock on the job for every run; deletes take both.
    `create table ${schema}.kyu_attempts (
  job_id        uuid        not null,
  run           integer     not null,
  attempt       integer     not null,
  worker_id     uuid        not null,
  started_at    timestamptz not null,
  finished_at   timestamptz not null,
  outcome       text        not null,
  error_message text,
  error_stack   text,
  constraint kyu_attempts_pkey primary key (job_id, run)
)
with (autovacuum_vacuum_insert_scale_factor = 0.1)`,

    `create table ${schema}.kyu_workers (
  id               uuid        not null,
  host             text        not null,
  pid              integer     not null,
  version          text        not null,
  queues           text[]      not null,
  concurrency      integer     not null,
  state            text        not null default 'alive',
  started_at       timestamptz not null default now(),
  heartbeat_at     timestamptz not null default now(),
  lease_expires_at timestamptz not null,
  constraint kyu_workers_pkey primary key (id),
  constraint kyu_workers_state check (state in ('alive', 'draining', 'stopped', 'dead'))
)
with (fillfactor = 50, autovacuum_vacuum_threshold = 20, autovacuum_vacuum_scale_factor = 0)`,

    `create table ${schema}.kyu_duties (
  duty        text        not null,
  queue       text        not null,
  due_at      timestamptz not null default now(),
  last_ran_at timestamptz,
  quiet_until timestamptz not null default now(),
  constraint kyu_duties_pkey primary key (duty, queue)
)
with (fillfactor = 50, autovacuum_vacuum_threshold = 20, autovacuum_vacuum_scale_factor = 0)`,
  ],

  down: (schema) => [
    `drop table ${schema}.kyu_duties`,
    `drop table ${schema}.kyu_workers`,
    `drop table ${schema}.kyu_attempts`,
    `drop table ${schema}.kyu_jobs`,
  ],
};
