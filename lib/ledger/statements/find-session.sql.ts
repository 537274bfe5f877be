import type { StatementTemplate } from '../statement.js';

/**
 * One session of the dashboard that is not over.
 * Called by: the dashboard, for each request of somebody who has signed in. Changes nothing.
 * Index: kyu_dashboard_sessions_pkey.
 * $1 hash of the token.
 */
export const findSession: StatementTemplate = {
  name: 'find-session',
  text: ({ sessions }) => `
select account, expires_at from ${sessions} where token_hash = $1 and expires_at > now()`,
};
