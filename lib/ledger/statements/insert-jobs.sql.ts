import { repeated } from '../batch-columns.js';
import type { StatementTemplate } from '../statement.js';

/**
 * Writes drafts as `scheduled` or `pending` jobs.
 * Called by: the producer's intake, alone or inside the caller's transaction.
 * Guards: the primary key, and for drafts with a key the index kyu_jobs_unique, where every race between producers is
 * decided: one of them writes, the others wait for its transaction and write nothing.
 * Run twice with the same ids (a lost reply): writes nothing the second time. Answers what it wrote; who stands in the
 * place of the others, find-standing-jobs tells.
 * The database's clock alone decides whether a job is due.
 * Index: none is read; the table is only written to.
 * What few jobs have travels in one json each, so that it costs the others nothing, and what all jobs of the batch
 * have in common travels once (batch-columns.ts).
 * $1 ids, $2 queues, $3 job types, $4 priorities, $5 payloads, $6 most retries, $7 timeouts ms, $8 delays ms,
 * $9 instants or null, $10 extras or null: deadline, tags, context, parent, backoff, key, keeps,
 * expires (ms).
 */
export const insertJobs: StatementTemplate = {
  name: 'insert-jobs',
  text: ({ jobs }) => `
insert into ${jobs} (
  id, queue, job_type, priority, payload, max_retries, timeout_ms, scheduled_at, status,
  deadline_at, tags, context, parent_id, backoff, unique_key, unique_keeps, unique_expires_at
)
select draft.id, draft.queue, draft.type, draft.priority, draft.payload, draft.retries, draft.timeout, due.at,
  case when due.at > now() then 'scheduled' else 'pending' end,
  (draft.extra ->> 'deadline')::timestamptz,
  case when draft.extra ? 'tags' then array(select jsonb_array_elements_text(draft.extra -> 'tags')) end,
  draft.extra -> 'context',
  (draft.extra ->> 'parent')::uuid,
  draft.extra -> 'backoff',
  draft.extra ->> 'key',
  coalesce((draft.extra ->> 'keeps')::boolean, false),
  now() + (draft.extra ->> 'expires')::float8 * interval '1 millisecond'
from (
  select sent.id, sent.payload, sent.at, sent.extra,
    ${repeated('queue', 2, 'text')} as queue,
    ${repeated('type', 3, 'text')} as type,
    ${repeated('priority', 4, 'integer')} as priority,
    ${repeated('retries', 6, 'integer')} as retries,
    ${repeated('timeout', 7, 'bigint')} as timeout,
    ${repeated('delay', 8, 'float8')} as delay
  from unnest(
    $1::uuid[], $2::text[], $3::text[], $4::integer[], $5::jsonb[], $6::integer[], $7::bigint[], $8::float8[],
    $9::timestamptz[], $10::jsonb[]
  ) as sent (id, queue, type, priority, payload, retries, timeout, delay, at, extra)
) draft
cross join lateral (
  select coalesce(draft.at, case when draft.delay > 0 then now() + draft.delay * interval '1 millisecond' end) as at
) due
on conflict do nothing
returning id, status`,
};
