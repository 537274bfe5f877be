/** What a reader gets of a schedule. */
export const SCHEDULE_COLUMNS = `name, cron, timezone, job_type, queue, payload, options, missed, missed_window_ms,
  overlap, jitter_ms, source, paused_at, next_run_at, last_run_at, last_job_id, created_at, updated_at`;

/** The sources whose schedules live in the ledger alone: any worker of the application fires them. */
export const LEDGER_SOURCES = `('provider', 'dynamic')`;
