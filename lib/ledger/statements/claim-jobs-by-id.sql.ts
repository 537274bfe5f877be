import type { StatementTemplate } from '../statement.js';
import { claimColumns } from './claim-columns.js';

/**
 * Hints to runs: pending → running, run + 1.
 * Called by: the search of a queue with what the dispatcher handed out.
 * Guards: status = 'pending', the queue, a type that is handled here, the worker's own row is alive, and neither the
 * queue nor the type rests; what is not answered was a stale, foreign or forged hint. The pauses are read once for the
 * statement, and in it: whatever a worker believes, nothing is claimed after the commit of a pause.
 * Locks: the jobs, in id order, skipping what others hold: one job in somebody's open transaction must not stop
 * the batch, and two batches cannot deadlock.
 * Index: kyu_jobs_pkey. The status is compared through coalesce so that the planner cannot prefer the partial ready
 * index, which stale statistics call empty, and walk all of it for every batch (docs/decisions/0004). The rows
 * that are locked are found again by their place in the table, which cannot change while they are locked, and costs a
 * quarter of a second walk through the index. One that somebody else had changed just before it was locked is not at
 * that place for this statement: it stays pending, as if it had been skipped.
 * Run twice: the second finds no pending row and answers nothing; a reply that was lost leaves runs that nobody
 * executes, which hand-back-unheard takes back.
 * $1 worker, $2 queue, $3 job types handled here, $4 ids.
 */
export const claimJobsById: StatementTemplate = {
  name: 'claim-jobs-by-id',
  text: ({ jobs, workers, attempts, pauses }) => `
with candidate as materialized (
  select ctid as row_address, updated_at
  from ${jobs}
  where id = any($4::uuid[]) and queue = $2 and job_type = any($3::text[]) and coalesce(status, '') = 'pending' and deleted_at is null
    and exists (select from ${workers} where id = $1 and state = 'alive')
    and not exists (select from ${pauses} where queue = $2 and job_type = '')
    and job_type <> all (array(select job_type from ${pauses} where queue = $2))
  order by id
  for update skip locked
)
update ${jobs} job
set status = 'running', run = job.run + 1, locked_by = $1, locked_at = now(), updated_at = now()
from candidate
where job.ctid = candidate.row_address
returning ${claimColumns({ attempts })}`,
};
