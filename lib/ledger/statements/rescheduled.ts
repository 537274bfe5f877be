/**
 * What a new time does to a job: one that is due is pending, one that is not waits in the status in which it waited.
 * The status is that of `target`, the newest version. The owner and the end are cleared, although no job that may
 * change here has either: PostgreSQL checks the constraints of the row version that was there when the statement
 * began, before it turns to the newest.
 */
export function rescheduled(delayMs: string, instant: string): string {
  const due = `coalesce(${instant}::timestamptz, now() + ${delayMs}::float8 * interval '1 millisecond')`;
  return `scheduled_at = ${due},
    status = case
      when ${due} <= now() then 'pending'
      when target.status = 'failed' then 'failed'
      else 'scheduled'
    end,
    completed_at = null, locked_by = null, locked_at = null, updated_at = now()`;
}
