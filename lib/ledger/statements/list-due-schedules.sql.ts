import type { StatementTemplate } from '../statement.js';
import { LEDGER_SOURCES } from './schedule-columns.js';

/**
 * Schedules whose tick has come, with their last job, and the instant of the look.
 * Called by: the cron ticker, again while a batch comes back full.
 * Guards: nothing; whether a tick is still to be fired, take-ticks decides.
 * Left out is what waits in line for its last job, so that it does not fill the batch. Two versions of an application
 * may run side by side: what code declares is fired by those whose code declares it.
 * Index: kyu_schedules_due (app, next_run_at), and kyu_jobs_pkey for the last jobs. Run twice: answers the same.
 * $1 app, $2 names that code declares, $3 limit.
 */
export const listDueSchedules: StatementTemplate = {
  name: 'list-due-schedules',
  text: ({ schedules, jobs }) => `
select due.name, due.cron, due.timezone, due.job_type, due.queue, due.payload::text as payload, due.options, due.missed,
  due.missed_window_ms, due.overlap, due.jitter_ms, due.source,
  extract(epoch from due.next_run_at) * 1000 as planned_ms,
  due.next_run_at || ' ' || due.updated_at as guard,
  last.id as last_id, last.status as last_status, extract(epoch from last.completed_at) * 1000 as last_ended_ms,
  extract(epoch from clock_timestamp()) * 1000 as now_ms
from ${schedules} due
left join ${jobs} last on last.id = any (array[due.last_job_id])
where due.app = $1 and due.paused_at is null and due.next_run_at <= now()
  and (due.source in ${LEDGER_SOURCES} or due.name = any($2::text[]))
  and (due.overlap <> 'queue' or coalesce(last.status, 'completed') in ('completed', 'dead', 'cancelled'))
order by due.next_run_at
limit $3`,
};
