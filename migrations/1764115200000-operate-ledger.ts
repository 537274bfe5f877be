import type { LedgerMigration } from './ledger-migration.js';

/** Version 3: drains that are ordered from outside, sessions of the dashboard, and a way to find errors by their time. */
export const operateLedger: LedgerMigration = {
  version: 3,
  name: 'OperateLedger1764115200000',
  worksFrom: 1,

  up: (schema) => [
    `alter table ${schema}.kyu_workers
  add column drain_requested_at timestamptz,
  -- True: the process is to end when it has drained.
  add column drain_then_exit    boolean not null default false`,

    // Only runs that ended with an error: what goes well pays nothing for it.
    `create index kyu_attempts_failed on ${schema}.kyu_attempts (finished_at)
where outcome in ('failed', 'timed-out', 'discarded', 'retry-after', 'expired', 'crashed')`,

    // The hash of a token, never the token: who reads the table cannot sign in with it.
    `create table ${schema}.kyu_dashboard_sessions (
  token_hash text        not null,
  account    jsonb       not null,
  expires_at timestamptz not null,
  constraint kyu_dashboard_sessions_pkey primary key (token_hash)
)`,
    `create index kyu_dashboard_sessions_expiry on ${schema}.kyu_dashboard_sessions (expires_at)`,
  ],

  down: (schema) => [
    `drop table ${schema}.kyu_dashboard_sessions`,
    `drop index ${schema}.kyu_attempts_failed`,
    `alter table ${schema}.kyu_workers
  drop column drain_requested_at,
  drop column drain_then_exit`,
  ],
};
