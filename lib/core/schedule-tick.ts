import { createHash } from 'node:crypto';
import { CronExpression } from './cron-expression.js';
import type { JobId } from './job.js';
import { isFinal, type JobStatus } from './job-status.js';
import type { ScheduleDefinition } from './schedule.js';

/**
 * A tick that is fired so soon after its instant was not missed, only late: a worker was replaced, the database
 * failed over. Each such tick has its job, whatever the policy.
 */
export const ON_TIME_MS = 30_000;

/** The last job of a schedule. */
export interface LastJob {
  readonly id: JobId;
  readonly status: JobStatus;
  readonly endedAtMs: number | null;
}

/** A schedule whose next tick has come. */
export interface DueSchedule extends ScheduleDefinition {
  readonly plannedMs: number;
  /** What the ledger compares, so that of many who fire this tick one does. */
  readonly guard: string;
  readonly lastJob: LastJob | null;
}

/** Why a tick became no job. */
export type SkipReason = 'missed' | 'overlap';

/** What is to happen with a due schedule. */
export interface TickDecision {
  /** The tick that becomes a job; `null` = none does. */
  readonly tickMs: number | null;
  /** The tick after that; `null` = there is none any more. */
  readonly nextMs: number | null;
  /** The unfinished job that gives way. */
  readonly replaces: JobId | null;
  /** Why the planned tick has no job of its own; `null` when it has one. */
  readonly skipped: SkipReason | null;
}

/**
 * What to do with a schedule that is due; `undefined` when it has to wait for its last job.
 * `nowMs` is the database's clock: a process whose own clock is wrong decides the same.
 * @throws Error when the expression cannot be read
 */
export function decideTick(schedule: DueSchedule, nowMs: number): TickDecision | undefined {
  const cron = CronExpression.parse(schedule.cron, schedule.timezone);
  const isBusy = schedule.lastJob !== null && !isFinal(schedule.lastJob.status);
  if (isBusy && schedule.overlap === 'queue') return undefined;
  const tickMs = tickToFire(schedule, cron, nowMs);
  if (tickMs === null) return { tickMs, nextMs: cron.after(nowMs), replaces: null, skipped: 'missed' };
  const nextMs = cron.after(tickMs);
  if (isBusy && schedule.overlap === 'skip')
    return { tickMs: null, nextMs, replaces: null, skipped: 'overlap' };
  const replaces = isBusy && schedule.overlap === 'replace' ? schedule.lastJob.id : null;
  return { tickMs, nextMs, replaces, skipped: tickMs === schedule.plannedMs ? null : 'missed' };
}

/** The delay of one tick's job: spread evenly up to the schedule's jitter, and the same whoever computes it. */
export function jitterOf({ name, jitterMs }: ScheduleDefinition, tickMs: number): number {
  if (jitterMs === 0) return 0;
  const hash = createHash('sha256').update(`${name} ${tickMs}`).digest();
  return Math.floor((hash.readUInt32BE(0) / 2 ** 32) * (jitterMs + 1));
}

/** What no second job of the same tick can have. */
export function tickKey(app: string, schedule: string, tickMs: number): string {
  return `schedule/${app}/${schedule}/${new Date(tickMs).toISOString()}`;
}

function tickToFire(schedule: DueSchedule, cron: CronExpression, nowMs: number): number | null {
  const { plannedMs, missed, missedWindowMs } = schedule;
  if (nowMs - freeSince(schedule) <= ON_TIME_MS) return plannedMs;
  if (missed === 'once') return Math.max(plannedMs, cron.atOrBefore(nowMs) ?? plannedMs);
  const oldestMs = nowMs - (missed === 'all' ? Math.max(missedWindowMs, ON_TIME_MS) : ON_TIME_MS);
  if (plannedMs >= oldestMs) return plannedMs;
  const tickMs = cron.atOrAfter(oldestMs);
  return tickMs === null || tickMs > nowMs ? null : tickMs;
}

/** A tick that waited in line for the job before it was not missed meanwhile. */
function freeSince({ overlap, plannedMs, lastJob }: DueSchedule): number {
  return overlap === 'queue' ? Math.max(plannedMs, lastJob?.endedAtMs ?? plannedMs) : plannedMs;
}
