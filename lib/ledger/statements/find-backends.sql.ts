import type { StatementTemplate } from '../statement.js';

/**
 * What PostgreSQL itself says about connections whose replies are overdue: a session that has waited for its next
 * statement for a second does not work on one, so its request or its reply was lost on the way.
 * Called by: the line watch, over a fresh connection, when a reply is overdue.
 * Guards: a session of somebody else shows no state, and is left alone. Index: none, it reads no table.
 * Run twice: answers anew.
 * $1 pids of the sessions, as the connections were told
 */
export const findBackends: StatementTemplate = {
  name: 'find-backends',
  text: () => `
select asked.pid,
       session.pid is null as is_gone,
       coalesce(session.state like 'idle%' and session.state_change < clock_timestamp() - interval '1 second', false)
         as is_waiting,
       pg_backend_pid() as own_pid
from unnest($1::int[]) as asked (pid)
left join pg_stat_activity session on session.pid = asked.pid`,
};
