import type { StatementTemplate } from '../statement.js';

/**
 * Keeps what code says about its job types.
 * Called by: every worker process at its start. Guards: a row that says the same is not written again, so a fleet
 * that starts together does not queue up for it. In the order of the types, so that two starts do not deadlock.
 * Index: kyu_job_types_pkey. Run twice: the second changes nothing.
 * $1 app, $2 job types, $3 queues, $4 most retries, $5 timeouts ms, $6 payload limit in bytes.
 */
export const publishJobTypes: StatementTemplate = {
  name: 'publish-job-types',
  text: ({ jobTypes }) => `
insert into ${jobTypes} as known (app, job_type, queue, max_retries, timeout_ms, payload_limit_bytes)
select $1, said.job_type, said.queue, said.max_retries, said.timeout_ms, $6
from unnest($2::text[], $3::text[], $4::integer[], $5::bigint[]) as said (job_type, queue, max_retries, timeout_ms)
order by said.job_type
on conflict (app, job_type) do update
set queue = excluded.queue, max_retries = excluded.max_retries, timeout_ms = excluded.timeout_ms,
  payload_limit_bytes = excluded.payload_limit_bytes, updated_at = now()
where (known.queue, known.max_retries, known.timeout_ms, known.payload_limit_bytes)
  is distinct from (excluded.queue, excluded.max_retries, excluded.timeout_ms, excluded.payload_limit_bytes)`,
};
