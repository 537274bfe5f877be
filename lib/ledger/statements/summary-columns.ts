/** A job as a list shows it; read by `summaryOf` in `job-lists.ts`. The size is that of the stored value: nothing is unpacked. */
export const SUMMARY_COLUMNS = `job.id, job.job_type, job.queue, job.status, job.priority, job.run, job.retry_count, job.max_retries,
  job.progress, left(job.error_message, 500) as error_message, job.tags, pg_column_size(job.payload) as payload_size,
  job.created_at, job.updated_at, job.scheduled_at, job.locked_at, job.locked_by, job.completed_at, job.deadline_at`;
