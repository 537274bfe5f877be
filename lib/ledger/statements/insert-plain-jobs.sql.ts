import { repeated } from '../batch-columns.js';
import type { StatementTemplate } from '../statement.js';

/**
 * Writes drafts that are to run at once and have nothing that few jobs have: what nearly every enqueue is.
 * Called by: the producer's intake, outside of the caller's transactions, which an error would end. One draft:
 * insert-plain-job.
 * Guards: the primary key. An id that is there already fails the whole statement: the intake then asks insert-jobs,
 * which looks at each. Looking at each always, `on conflict`, costs a tenth of all that PostgreSQL does here, and so
 * does an answer for each row: written is all or nothing.
 * Run twice with the same ids (a lost reply): fails, see above.
 * Index: none is read; the table is only written to.
 * What all jobs of the batch have in common travels once (batch-columns.ts). The payloads travel as one json, because
 * in an array each quotation mark of theirs needs a backslash.
 * $1 ids, $2 queues, $3 job types, $4 priorities, $5 payloads as one json array, $6 most retries, $7 timeouts ms.
 */
export const insertPlainJobs: StatementTemplate = {
  name: 'insert-plain-jobs',
  text: ({ jobs }) => `
insert into ${jobs} (id, queue, job_type, priority, payload, max_retries, timeout_ms)
select sent.id,
  ${repeated('queue', 2, 'text')},
  ${repeated('type', 3, 'text')},
  ${repeated('priority', 4, 'integer')},
  sent.payload,
  ${repeated('retries', 6, 'integer')},
  ${repeated('timeout', 7, 'bigint')}
from rows from (
  unnest($1::uuid[], $2::text[], $3::text[], $4::integer[], $6::integer[], $7::bigint[]),
  jsonb_array_elements($5::jsonb)
) as sent (id, queue, type, priority, retries, timeout, payload)`,
};
