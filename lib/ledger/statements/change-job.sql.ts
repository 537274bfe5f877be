import type { StatementTemplate } from '../statement.js';
import { OPERATED_ANSWER, OPERATED_COLUMNS } from './operated-columns.js';

/**
 * A scheduled, pending or failed job gets other settings; its status stays.
 * Called by: `KyuAdmin.change`, in the caller's transaction or in one of Kyu's.
 * Guards: the status, on the newest version of the row. Retries that are used stay used. A hint that the dispatcher
 * holds for the queue in which the job was is refused by the claim. Index: kyu_jobs_pkey.
 * Run twice: writes the same again. Answers the status found, and the job when it changed.
 * $1 id, $2 queue, $3 priority, $4 payload, $5 max retries, $6 timeout ms, $7 tags, $8 whether the deadline changes,
 * $9 deadline. What is null stays, but the deadline.
 */
export const changeJob: StatementTemplate = {
  name: 'change-job',
  text: ({ jobs }) => `
with target as materialized (
  select id, status from ${jobs} where id = $1 and deleted_at is null for update
),
changed as (
  update ${jobs} job
  set queue = coalesce($2, job.queue),
    priority = coalesce($3, job.priority),
    payload = coalesce($4::jsonb, job.payload),
    max_retries = greatest(coalesce($5, job.max_retries), job.retry_count),
    timeout_ms = coalesce($6::bigint, job.timeout_ms),
    tags = case when $7::text[] is null then job.tags else nullif($7::text[], '{}') end,
    deadline_at = case when $8::boolean then $9::timestamptz else job.deadline_at end,
    updated_at = now()
  from target
  where job.id = $1 and target.status in ('scheduled', 'pending', 'failed')
  returning ${OPERATED_COLUMNS}
)
${OPERATED_ANSWER}`,
};
