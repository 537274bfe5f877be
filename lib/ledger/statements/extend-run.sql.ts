import type { StatementTemplate } from '../statement.js';

/**
 * Lets a run go on for longer than its job says. The reaper measures a run from `locked_at`, so that instant moves to
 * where the job's own limit ends at the new time, which may lie ahead.
 * Called by: a handler's `job.extend()`.
 * Guards: the fence (id, run, locked_by). Index: kyu_jobs_pkey. Run twice: the later of the two ends counts.
 * $1 id, $2 run, $3 worker, $4 ms from now.
 */
export const extendRun: StatementTemplate = {
  name: 'extend-run',
  text: ({ jobs }) => `
update ${jobs}
set locked_at = greatest(locked_at, clock_timestamp() + ($4::float8 - timeout_ms) * interval '1 millisecond'),
  updated_at = now()
where id = $1 and run = $2 and locked_by = $3
returning 1`,
};
