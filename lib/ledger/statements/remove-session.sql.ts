import type { StatementTemplate } from '../statement.js';

/**
 * Ends a session of the dashboard.
 * Called by: the dashboard, when somebody signs out.
 * Index: kyu_dashboard_sessions_pkey. Run twice: the second finds nothing.
 * $1 hash of the token.
 */
export const removeSession: StatementTemplate = {
  name: 'remove-session',
  text: ({ sessions }) => `
with removed as (delete from ${sessions} where token_hash = $1 returning 1)
select 1 from removed`,
};
