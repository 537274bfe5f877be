import type { StatementTemplate } from '../statement.js';

/**
 * Keeps what handlers logged.
 * Called by: the run log of a worker pool, a few times a second while handlers log.
 * Guards: the fence (id, run, locked_by) of each line. Index: kyu_jobs_pkey, one look-up per line (see planner-settings).
 * Run twice (a lost reply): writes nothing the second time.
 * $1 ids, $2 runs, $3 workers, $4 claimed at, $5 lines, $6 after ms, $7 messages.
 */
export const insertLogLines: StatementTemplate = {
  name: 'insert-log-lines',
  text: ({ jobs, logs }) => `
insert into ${logs} (job_id, run, line, at, message)
select entry.id, entry.run, entry.line, entry.claimed_at + entry.after * interval '1 millisecond', entry.message
from unnest($1::uuid[], $2::integer[], $3::uuid[], $4::timestamptz[], $5::integer[], $6::float8[], $7::text[])
  as entry (id, run, worker_id, claimed_at, line, after, message)
join ${jobs} job
  on job.id = any (array[entry.id]) and job.run = entry.run and job.locked_by = entry.worker_id
on conflict (job_id, run, line) do nothing`,
};
