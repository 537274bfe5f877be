import type { EntityManager } from 'typeorm';
import type { JobStatus } from '../core/job-status.js';
import type {
  DueSchedules,
  FiredJob,
  PlannedSchedule,
  ScheduleLedger,
  TakenSteps,
  TickStep,
} from '../core/ports/schedule-ledger.js';
import type { Schedule, ScheduleSource } from '../core/schedule.js';
import type { LedgerConnection } from './ledger-connection.js';
import {
  dueOf,
  planAsJson,
  scheduleOf,
  stepAsJson,
  type DueScheduleRow,
  type ScheduleRow,
} from './schedule-rows.js';
import { findNextTick } from './statements/find-next-tick.sql.js';
import { findSchedule } from './statements/find-schedule.sql.js';
import { listDueSchedules } from './statements/list-due-schedules.sql.js';
import { listSchedules } from './statements/list-schedules.sql.js';
import { pauseSchedule } from './statements/pause-schedule.sql.js';
import { readClock } from './statements/read-clock.sql.js';
import { removeSchedules } from './statements/remove-schedules.sql.js';
import { resumeSchedule } from './statements/resume-schedule.sql.js';
import { takeTicks } from './statements/take-ticks.sql.js';
import { upsertSchedules } from './statements/upsert-schedules.sql.js';

/** The door for schedules: one verb, one statement. */
export class PostgresScheduleLedger implements ScheduleLedger<EntityManager> {
  constructor(private readonly connection: LedgerConnection) {}

  async nowMs(): Promise<number> {
    const [row] = await this.connection.query<{ now_ms: string }>(readClock, []);
    return Number(row?.now_ms);
  }

  async upsert(
    app: string,
    schedules: readonly PlannedSchedule[],
    over: readonly ScheduleSource[],
    manager?: EntityManager,
  ): Promise<string[]> {
    const values = [app, `[${schedules.map(planAsJson).join(',')}]`, over];
    return namesOf(await this.connection.queryIn<NameRow>(manager, upsertSchedules, values));
  }

  async find(app: string, name: string, manager?: EntityManager): Promise<Schedule | undefined> {
    const [row] = await this.connection.queryIn<ScheduleRow>(manager, findSchedule, [app, name]);
    return row === undefined ? undefined : scheduleOf(row);
  }

  async list(app: string): Promise<Schedule[]> {
    const rows = await this.connection.query<ScheduleRow>(listSchedules, [app]);
    return rows.map(scheduleOf);
  }

  async pause(app: string, name: string, manager?: EntityManager): Promise<boolean> {
    return (await this.connection.queryIn<NameRow>(manager, pauseSchedule, [app, name])).length > 0;
  }

  async resume(
    app: string,
    name: string,
    nextTickMs: number | null,
    manager?: EntityManager,
  ): Promise<boolean> {
    const next = nextTickMs === null ? null : new Date(nextTickMs).toISOString();
    const rows = await this.connection.queryIn<NameRow>(manager, resumeSchedule, [app, name, next]);
    return rows.length > 0;
  }

  async remove(app: string, names: readonly string[], manager?: EntityManager): Promise<string[]> {
    const rows = await this.connection.queryIn<NameRow>(manager, removeSchedules, [app, names]);
    return namesOf(rows).sort();
  }

  async due(app: string, declared: readonly string[], limit: number): Promise<DueSchedules> {
    const rows = await this.connection.query<DueScheduleRow>(listDueSchedules, [app, declared, limit]);
    return { nowMs: Number(rows[0]?.now_ms ?? 0), due: rows.map(dueOf) };
  }

  async nextDueInMs(app: string, declared: readonly string[]): Promise<number | null> {
    const [row] = await this.connection.query<{ due_in_ms: string }>(findNextTick, [app, declared]);
    return row === undefined ? null : Math.max(0, Number(row.due_in_ms));
  }

  async take(app: string, steps: readonly TickStep[]): Promise<TakenSteps> {
    const rows = await this.connection.query<TakenRow>(takeTicks, [
      app,
      `[${steps.map(stepAsJson).join(',')}]`,
    ]);
    const ofKind = (kind: TakenRow['kind']): TakenRow[] => rows.filter((row) => row.kind === kind);
    return {
      moved: ofKind('moved').map(({ schedule }) => schedule),
      fired: ofKind('fired').map(jobOf),
      replaced: ofKind('replaced').map(jobOf),
    };
  }
}

interface NameRow {
  readonly name: string;
}

interface TakenRow {
  readonly kind: 'moved' | 'fired' | 'replaced';
  readonly schedule: string;
  readonly id: string;
  readonly queue: string;
  readonly type: string;
  readonly priority: number;
  readonly status: JobStatus;
}

function jobOf({ schedule, id, queue, type, priority, status }: TakenRow): FiredJob {
  return { schedule, id, queue, type, priority, status };
}

function namesOf(rows: readonly NameRow[]): string[] {
  return rows.map(({ name }) => name);
}
