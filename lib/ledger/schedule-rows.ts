import type { JobStatus } from '../core/job-status.js';
import type { PlannedSchedule, TickStep } from '../core/ports/schedule-ledger.js';
import type { MissedPolicy, OverlapPolicy, Schedule, ScheduleSource } from '../core/schedule.js';
import type { DueSchedule } from '../core/schedule-tick.js';

interface RowBase {
  readonly name: string;
  readonly cron: string;
  readonly timezone: string;
  readonly job_type: string;
  readonly queue: string;
  readonly options: Schedule['options'];
  readonly missed: MissedPolicy;
  readonly missed_window_ms: string;
  readonly overlap: OverlapPolicy;
  readonly jitter_ms: string;
  readonly source: ScheduleSource;
}

/** A row of `kyu_schedules` as node-postgres parses it. */
export interface ScheduleRow extends RowBase {
  readonly payload: unknown;
  readonly paused_at: Date | null;
  readonly next_run_at: Date | null;
  readonly last_run_at: Date | null;
  readonly last_job_id: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** A row of `list-due-schedules`. */
export interface DueScheduleRow extends RowBase {
  readonly payload: string;
  readonly planned_ms: string;
  readonly guard: string;
  readonly last_id: string | null;
  readonly last_status: JobStatus | null;
  readonly last_ended_ms: string | null;
  readonly now_ms: string;
}

export function scheduleOf(row: ScheduleRow): Schedule {
  return {
    ...settingsOf(row),
    payload: row.payload,
    pausedAt: row.paused_at,
    nextRunAt: row.paused_at === null ? row.next_run_at : null,
    lastRunAt: row.last_run_at,
    lastJobId: row.last_job_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export function dueOf(row: DueScheduleRow): DueSchedule {
  return {
    ...settingsOf(row),
    payload: row.payload,
    plannedMs: Number(row.planned_ms),
    guard: row.guard,
    lastJob:
      row.last_id === null || row.last_status === null
        ? null
        : { id: row.last_id, status: row.last_status, endedAtMs: numberOf(row.last_ended_ms) },
  };
}

/** Payloads are JSON text already: they are joined in, not parsed and written a second time. */
export function planAsJson({ definition, firstTickMs }: PlannedSchedule): string {
  const { payload, type, missedWindowMs, jitterMs, ...same } = definition;
  const rest = JSON.stringify({
    ...same,
    job_type: type,
    missed_window_ms: missedWindowMs,
    jitter_ms: jitterMs,
    next_run_at: isoOf(firstTickMs),
  });
  return `${rest.slice(0, -1)},"payload":${payload}}`;
}

export function stepAsJson({ name, guard, nextMs, job, replaces }: TickStep): string {
  const step = {
    name,
    guard,
    next: isoOf(nextMs),
    replaces,
    reason: `replaced by the next tick of the schedule "${name}"`,
  };
  if (job === null) return JSON.stringify(step);
  const { id, queue, type, priority, maxRetries, timeoutMs, scheduledAt, deadlineAt, tags, unique, payload } =
    job.draft;
  const rest = JSON.stringify({
    ...step,
    tick: isoOf(job.tickMs),
    ...{ id, queue, type, priority, retries: maxRetries, timeout: timeoutMs, at: scheduledAt },
    ...{ deadline: deadlineAt ?? null, tags: tags ?? null, key: unique?.key ?? null },
  });
  return `${rest.slice(0, -1)},"payload":${payload}}`;
}

function settingsOf(row: RowBase) {
  return {
    name: row.name,
    cron: row.cron,
    timezone: row.timezone,
    type: row.job_type,
    queue: row.queue,
    options: row.options,
    missed: row.missed,
    missedWindowMs: Number(row.missed_window_ms),
    overlap: row.overlap,
    jitterMs: Number(row.jitter_ms),
    source: row.source,
  };
}

function isoOf(instantMs: number | null): string | null {
  return instantMs === null ? null : new Date(instantMs).toISOString();
}

function numberOf(text: string | null): number | null {
  return text === null ? null : Number(text);
}
