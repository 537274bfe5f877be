import type { StatementTemplate } from '../statement.js';

/**
 * Writes schedules of an application.
 * Called by: workers at their start for what code declares, the sync of a provider, and KyuSchedules.upsert.
 * Guards: only over schedules of the sources in $3; one that says the same already is not touched.
 * A schedule whose expression and zone stay the same keeps its next tick, so that a restart neither loses nor repeats
 * one; a paused one stays paused.
 * Index: kyu_schedules_pkey. Run twice: writes nothing the second time.
 * Answers the names that belong to another source.
 * $1 app, $2 json: array of schedules, $3 sources that may be overwritten.
 */
export const upsertSchedules: StatementTemplate = {
  name: 'upsert-schedules',
  text: ({ schedules }) => `
with draft as materialized (
  select * from json_to_recordset($2::json) as draft (
    name text, cron text, timezone text, job_type text, queue text, payload jsonb, options jsonb, missed text,
    missed_window_ms bigint, overlap text, jitter_ms bigint, source text, next_run_at timestamptz
  )
),
written as (
  insert into ${schedules} as known (
    app, name, cron, timezone, job_type, queue, payload, options, missed, missed_window_ms, overlap, jitter_ms, source,
    next_run_at
  )
  -- The JSON value null arrives as SQL's.
  select $1, name, cron, timezone, job_type, queue, coalesce(payload, 'null'), options, missed, missed_window_ms, overlap,
    jitter_ms, source, next_run_at
  from draft
  order by name
  on conflict (app, name) do update
  set cron = excluded.cron, timezone = excluded.timezone, job_type = excluded.job_type, queue = excluded.queue,
    payload = excluded.payload, options = excluded.options, missed = excluded.missed,
    missed_window_ms = excluded.missed_window_ms, overlap = excluded.overlap, jitter_ms = excluded.jitter_ms,
    source = excluded.source,
    next_run_at = case
      when known.cron = excluded.cron and known.timezone = excluded.timezone
        then coalesce(known.next_run_at, excluded.next_run_at)
      else excluded.next_run_at
    end,
    updated_at = now()
  where known.source = any($3::text[])
    and (
      known.cron, known.timezone, known.job_type, known.queue, known.payload, known.options, known.missed,
      known.missed_window_ms, known.overlap, known.jitter_ms, known.source
    ) is distinct from (
      excluded.cron, excluded.timezone, excluded.job_type, excluded.queue, excluded.payload, excluded.options,
      excluded.missed, excluded.missed_window_ms, excluded.overlap, excluded.jitter_ms, excluded.source
    )
)
select draft.name
from draft
join ${schedules} known on known.app = $1 and known.name = any (array[draft.name])
where known.source <> all($3::text[])`,
};
