/** What a claim hands to the worker, in this order; read by `claimOf` in `row-mapper.ts`. */
export const CLAIM_COLUMNS = `job.id, job.run, job.queue, job.job_type, job.priority, job.payload,
  job.retry_count, job.max_retries, job.timeout_ms, job.crash_count, job.created_at, job.scheduled_at, job.locked_at,
  extract(epoch from now() - candidate.updated_at) * 1000`;
