import { createEnqueueFunction, dropEnqueueFunction } from './functions/enqueue.sql.js';
import { createUuidFunction, dropUuidFunction } from './functions/uuid-v7.sql.js';
import type { LedgerMigration } from './ledger-migration.js';

/**
 * Version 2: unique jobs, deadlines, tags, carried context, children, cancelling of running jobs; pauses, schedules,
 * log lines, audit, archive; enqueueing from SQL.
 */
export const addFeatures: LedgerMigration = {
  version: 2,
  name: 'AddFeatures1763942400000',
  worksFrom: 1,

  up: (schema) => [
    `alter table ${schema}.kyu_jobs
  add column deadline_at         timestamptz,
  add column tags                text[],
  add column context             jsonb,
  add column parent_id           uuid,
  -- A retry policy of the job's own; null = that of its type.
  add column backoff             jsonb,
  add column unique_key          text,
  -- True: the key is held beyond the end of the job, until it expires or the row goes.
  add column unique_keeps        boolean not null default false,
  add column unique_expires_at   timestamptz,
  add column cancel_requested_at timestamptz,
  add column cancel_reason       text`,

    // Who holds a key: every living job, and a finished one that keeps it. Here, and nowhere else, a race is decided.
    `create unique index kyu_jobs_unique on ${schema}.kyu_jobs (unique_key)
where unique_key is not null and (unique_keeps or status in ('scheduled', 'pending', 'running', 'failed'))`,
    // By the owner and not by the status, so that no plan mistakes it for another index of running jobs.
    `create index kyu_jobs_cancelling on ${schema}.kyu_jobs (locked_by)
where cancel_requested_at is not null and locked_by is not null`,
    `create index kyu_jobs_tags on ${schema}.kyu_jobs using gin (tags) where tags is not null`,
    `create index kyu_jobs_children on ${schema}.kyu_jobs (parent_id) where parent_id is not null`,
    // For retention and for lists by time.
    `create index kyu_jobs_finished on ${schema}.kyu_jobs (completed_at) where completed_at is not null`,

    // A queue that takes a rest, or one job type in it (job_type = '' is the whole queue).
    `create table ${schema}.kyu_pauses (
  queue     text        not null,
  job_type  text        not null default '',
  paused_at timestamptz not null default now(),
  actor     text,
  reason    text,
  constraint kyu_pauses_pkey primary key (queue, job_type)
)`,

    // What each worker handles; null: it did not say. A name that ends in * stands for all that begin like it.
    `alter table ${schema}.kyu_workers add column job_types text[]`,

    // What code says about its job types, so that an enqueue from SQL comes to the same row as one from code.
    `create table ${schema}.kyu_job_types (
  app                 text        not null,
  job_type            text        not null,
  queue               text        not null,
  max_retries         integer     not null,
  timeout_ms          bigint      not null,
  payload_limit_bytes integer     not null,
  updated_at          timestamptz not null default now(),
  constraint kyu_job_types_pkey primary key (app, job_type)
)`,

    `create table ${schema}.kyu_schedules (
  app              text        not null,
  name             text        not null,
  cron             text        not null,
  timezone         text        not null default 'UTC',
  job_type         text        not null,
  queue            text        not null,
  payload          jsonb       not null default 'null',
  options          jsonb       not null default '{}',
  missed           text        not null default 'once',
  missed_window_ms bigint      not null default 3600000,
  overlap          text        not null default 'allow',
  jitter_ms        bigint      not null default 0,
  source           text        not null,
  paused_at        timestamptz,
  next_run_at      timestamptz,
  last_run_at      timestamptz,
  last_job_id      uuid,
  created_at       timestamptz not null default now(),
  updated_at       timestamptz not null default now(),
  constraint kyu_schedules_pkey primary key (app, name),
  constraint kyu_schedules_missed check (missed in ('skip', 'once', 'all')),
  constraint kyu_schedules_overlap check (overlap in ('allow', 'skip', 'queue', 'replace')),
  constraint kyu_schedules_source check (source in ('decorator', 'options', 'provider', 'dynamic'))
)
with (fillfactor = 70, autovacuum_vacuum_threshold = 20, autovacuum_vacuum_scale_factor = 0)`,
    `create index kyu_schedules_due on ${schema}.kyu_schedules (app, next_run_at)
where paused_at is null and next_run_at is not null`,

    `create table ${schema}.kyu_job_logs (
  job_id  uuid        not null,
  run     integer     not null,
  line    integer     not null,
  at      timestamptz not null,
  message text        not null,
  constraint kyu_job_logs_pkey primary key (job_id, run, line)
)`,

    `create table ${schema}.kyu_audit (
  id        uuid        not null,
  at        timestamptz not null default now(),
  actor     text,
  action    text        not null,
  reason    text,
  job_id    uuid,
  queue     text,
  job_type  text,
  selection jsonb,
  affected  integer     not null,
  constraint kyu_audit_pkey primary key (id)
)`,
    `create index kyu_audit_job on ${schema}.kyu_audit (job_id) where job_id is not null`,

    // Its runs stay in kyu_attempts: history does not move.
    `create table ${schema}.kyu_jobs_archive (
  like ${schema}.kyu_jobs including defaults,
  archived_at timestamptz not null default now(),
  constraint kyu_jobs_archive_pkey primary key (id)
)`,

    createUuidFunction(schema),
    createEnqueueFunction(schema),
  ],

  down: (schema) => [
    dropEnqueueFunction(schema),
    dropUuidFunction(schema),
    `drop table ${schema}.kyu_jobs_archive`,
    `drop table ${schema}.kyu_audit`,
    `drop table ${schema}.kyu_job_logs`,
    `drop table ${schema}.kyu_schedules`,
    `drop table ${schema}.kyu_job_types`,
    `alter table ${schema}.kyu_workers drop column job_types`,
    `drop table ${schema}.kyu_pauses`,
    `alter table ${schema}.kyu_jobs
  drop column deadline_at,
  drop column tags,
  drop column context,
  drop column parent_id,
  drop column backoff,
  drop column unique_key,
  drop column unique_keeps,
  drop column unique_expires_at,
  drop column cancel_requested_at,
  drop column cancel_reason`,
    `drop index if exists ${schema}.kyu_jobs_finished`,
  ],
};
