import type { StatementTemplate } from '../statement.js';

/**
 * Takes keys from jobs that have held them for their time.
 * Called by: the producer's intake, before it writes drafts with a key.
 * Guards: the database's clock. Index: kyu_jobs_unique. Run twice: the second finds nothing.
 * A job that still runs loses its key as well: a time was asked for, and not the end of the job.
 * $1 keys.
 */
export const freeExpiredKeys: StatementTemplate = {
  name: 'free-expired-keys',
  text: ({ jobs }) => `
update ${jobs}
set unique_key = null, unique_keeps = false, unique_expires_at = null
where unique_key = any($1::text[])
  and (unique_keeps or status in ('scheduled', 'pending', 'running', 'failed'))
  and unique_expires_at <= clock_timestamp()`,
};
