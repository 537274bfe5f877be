import type { StatementTemplate } from '../statement.js';

/**
 * Gives the job that holds a key, and does not run, what a later draft says; its id and its key stay.
 * Called by: the producer's intake for a draft with onConflict 'replace', before insert-jobs.
 * Guards: the key and the status, on the newest version of the row: a claim that was faster wins, and nothing changes.
 * Index: kyu_jobs_unique. Run twice: writes the same again.
 * $1 key, $2 job type, $3 priority, $4 payload, $5 most retries, $6 timeout ms, $7 delay ms, $8 instant or null,
 * $9 extra or null, as in insert-jobs, $10 queue.
 */
export const replaceHeldJob: StatementTemplate = {
  name: 'replace-held-job',
  text: ({ jobs }) => `
update ${jobs} job
set queue = $10, job_type = $2, priority = $3, payload = $4, max_retries = $5, retry_count = 0, timeout_ms = $6,
  scheduled_at = due.at,
  status = case when due.at > now() then 'scheduled' else 'pending' end,
  deadline_at = ($9::jsonb ->> 'deadline')::timestamptz,
  tags = case when $9::jsonb ? 'tags' then array(select jsonb_array_elements_text($9::jsonb -> 'tags')) end,
  context = $9::jsonb -> 'context',
  parent_id = ($9::jsonb ->> 'parent')::uuid,
  backoff = $9::jsonb -> 'backoff',
  unique_keeps = coalesce(($9::jsonb ->> 'keeps')::boolean, false),
  unique_expires_at = now() + ($9::jsonb ->> 'expires')::float8 * interval '1 millisecond',
  updated_at = now()
from (
  select coalesce($8::timestamptz, case when $7::float8 > 0 then now() + $7::float8 * interval '1 millisecond' end) as at
) due
where job.unique_key = $1
  and (job.unique_keeps or job.status in ('scheduled', 'pending', 'running', 'failed'))
  and job.status in ('scheduled', 'pending', 'failed')
returning job.id, job.status`,
};
