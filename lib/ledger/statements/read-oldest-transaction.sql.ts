import type { StatementTemplate } from '../statement.js';

/**
 * How long the oldest transaction has been open that keeps vacuum from removing what the ledger's updates leave
 * behind; null when there is none. A prepared transaction counts as well.
 * Called by: metrics and health. Guards: nothing. Index: none, it reads no table of ours.
 * Sessions of other roles show their age only to members of pg_read_all_stats. Run twice: answers anew.
 */
export const readOldestTransaction: StatementTemplate = {
  name: 'read-oldest-transaction',
  text: () => `
select extract(epoch from clock_timestamp() - min(held.since)) * 1000 as age_ms
from (
  select xact_start as since
  from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid() and backend_type <> 'autovacuum worker'
    and (backend_xid is not null or backend_xmin is not null)
  union all
  select prepared from pg_prepared_xacts where database = current_database()
) held`,
};
