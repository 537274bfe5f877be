/** A whole job as a reader sees it; read by `jobOf` in `row-mapper.ts`. */
export const JOB_COLUMNS = `id, job_type, queue, status, priority, payload, result, progress, run, retry_count, max_retries,
  timeout_ms, crash_count, error_message, created_at, updated_at, scheduled_at, locked_at, locked_by, completed_at,
  deadline_at, tags, context, parent_id, unique_key, cancel_requested_at, cancel_reason`;
