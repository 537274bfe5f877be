import type { StatementTemplate } from '../statement.js';

/**
 * Keeps the latest progress of a run.
 * Called by: a handler's `job.progress()`, throttled.
 * Guards: the fence (id, run, locked_by). Index: kyu_jobs_pkey.
 * Run twice: writes the same again.
 * $1 id, $2 run, $3 worker, $4 percent, $5 note.
 */
export const reportProgress: StatementTemplate = {
  name: 'report-progress',
  text: ({ jobs }) => `
update ${jobs}
set progress = jsonb_build_object('percent', $4::float8, 'note', $5::text), updated_at = now()
where id = $1 and run = $2 and locked_by = $3
returning 1`,
};
