import type { StatementTemplate } from '../statement.js';

/** Read by `audit-trail.ts`. */
const OPERATION_COLUMNS = 'id, at, action, actor, reason, job_id, queue, job_type, selection, affected';

/**
 * One page of what operators did, newest first.
 * Called by: `KyuAdmin.audit`. Index: kyu_audit_pkey, backwards. Changes nothing.
 * $1 limit, $2 id before which, or null, $3 actions or null.
 */
export const listOperations: StatementTemplate = {
  name: 'list-operations',
  text: ({ audit }) => `
select ${OPERATION_COLUMNS}
from ${audit}
where ($2::uuid is null or id < $2::uuid) and ($3::text[] is null or action = any($3::text[]))
order by id desc
limit $1`,
};

/**
 * The same for one job.
 * Called by: `KyuAdmin.audit` with a job. Index: kyu_audit_job. Changes nothing.
 * $1 limit, $2 id before which, or null, $3 actions or null, $4 job.
 */
export const listOperationsOfJob: StatementTemplate = {
  name: 'list-operations-of-job',
  text: ({ audit }) => `
select ${OPERATION_COLUMNS}
from ${audit}
where job_id = $4
  and ($2::uuid is null or id < $2::uuid) and ($3::text[] is null or action = any($3::text[]))
order by id desc
limit $1`,
};
