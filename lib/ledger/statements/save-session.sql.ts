import type { StatementTemplate } from '../statement.js';

/**
 * Keeps a session of the dashboard, and removes a few that are over.
 * Called by: the dashboard, when somebody signs in.
 * Indexes: kyu_dashboard_sessions_pkey, kyu_dashboard_sessions_expiry. Run twice: writes the same again.
 * $1 hash of the token, $2 account as JSON, $3 lifetime in ms.
 */
export const saveSession: StatementTemplate = {
  name: 'save-session',
  text: ({ sessions }) => `
with over as (
  delete from ${sessions}
  where token_hash in (
    select token_hash from ${sessions} where expires_at < now() and token_hash <> $1 limit 100 for update skip locked
  )
)
insert into ${sessions} (token_hash, account, expires_at)
values ($1, $2::jsonb, now() + $3::float8 * interval '1 millisecond')
on conflict (token_hash) do update set account = excluded.account, expires_at = excluded.expires_at`,
};
