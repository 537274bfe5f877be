import { clockChangeNote } from '../core/clock-changes.js';
import { CronExpression } from '../core/cron-expression.js';
import { cronInWords } from '../core/cron-words.js';
import type { JobStatus } from '../core/job-status.js';
import type { JobId } from '../core/job.js';
import type { Schedule } from '../core/schedule.js';

/** What an expression comes to, in words and in ticks. */
export interface SchedulePreview {
  /** `At 07:30, Monday through Friday`; the zone is said apart. */
  readonly words: string;
  /** The next five, without jitter. */
  readonly nextTicks: readonly Date[];
  /** Said when a tick falls into an hour that a change of clocks within the next year skips or doubles. */
  readonly dstNote: string | null;
}

/** A schedule as people look at it. */
export interface ScheduleDetails extends Schedule, SchedulePreview {
  /** The job of its last tick; `null` when there was none, or it is gone. */
  readonly lastJob: { readonly id: JobId; readonly status: JobStatus } | null;
  /**
   * Ticks since then that became no job of their own: nobody was there, or its last job was unfinished. They count from
   * its last change or resumption on when that is later. At most 1,000.
   */
  readonly missedTicks: number;
}

const TICKS_SHOWN = 5;
const MOST_MISSED = 1_000;
/** A tick so young is not missed yet. */
const TICK_PATIENCE_MS = 5_000;

/** @throws Error that says what is wrong with the expression or the zone */
export function previewOf(cron: string, timezone: string, nowMs: number): SchedulePreview {
  const ticks = CronExpression.parse(cron, timezone).nextTicks(TICKS_SHOWN, nowMs);
  return {
    words: cronInWords(cron),
    nextTicks: ticks.map((tick) => new Date(tick)),
    dstNote: clockChangeNote(cron, timezone, nowMs),
  };
}

/** @param statuses of the last jobs that there are */
export function detailsOf(
  schedule: Schedule,
  nowMs: number,
  statuses: ReadonlyMap<JobId, JobStatus>,
): ScheduleDetails {
  const { cron, timezone, lastJobId } = schedule;
  const status = lastJobId === null ? undefined : statuses.get(lastJobId);
  return {
    ...schedule,
    ...previewOf(cron, timezone, nowMs),
    lastJob: lastJobId === null || status === undefined ? null : { id: lastJobId, status },
    missedTicks: missedTicksOf(schedule, nowMs),
  };
}

/**
 * A pause is no miss: what passes by during it is meant to. Nor is what an expression would have asked for before it was
 * written.
 */
function missedTicksOf(schedule: Schedule, nowMs: number): number {
  const { cron, timezone, lastRunAt, pausedAt, updatedAt } = schedule;
  const untilMs = (pausedAt === null ? nowMs : +pausedAt) - TICK_PATIENCE_MS;
  const sinceMs = Math.max(lastRunAt === null ? 0 : +lastRunAt, +updatedAt);
  if (untilMs <= sinceMs) return 0;
  return CronExpression.parse(cron, timezone)
    .nextTicks(MOST_MISSED, sinceMs)
    .filter((tick) => tick <= untilMs).length;
}
