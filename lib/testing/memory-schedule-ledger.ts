import { compareText } from '../core/compare-text.js';
import { isFinal } from '../core/job-status.js';
import type { JobId } from '../core/job.js';
import type {
  DueSchedules,
  FiredJob,
  PlannedSchedule,
  ReplacedJob,
  ScheduleLedger,
  TakenSteps,
  TickStep,
} from '../core/ports/schedule-ledger.js';
import { isSameJson } from '../core/same-json.js';
import type { Schedule, ScheduleDefinition, ScheduleSource } from '../core/schedule.js';
import type { DueSchedule, LastJob } from '../core/schedule-tick.js';
import { hintOf, newJobRow, type JobRow } from './memory-job-row.js';
import { MemoryTable } from './memory-table.js';
import type { MemoryTables } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';

/** One schedule as the memory ledger keeps it. Never changed, only replaced. Instants are ms since 1970. */
interface ScheduleRow {
  readonly app: string;
  readonly definition: ScheduleDefinition;
  readonly pausedAt: number | null;
  readonly nextRunAt: number | null;
  readonly lastRunAt: number | null;
  readonly lastJobId: JobId | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

const LEDGER_SOURCES: readonly ScheduleSource[] = ['provider', 'dynamic'];

/** The door for schedules, in memory. */
export class MemoryScheduleLedger implements ScheduleLedger<MemoryTransaction> {
  /** By application and name. */
  private readonly rows = new MemoryTable<ScheduleRow>();

  constructor(private readonly tables: MemoryTables) {}

  async nowMs(): Promise<number> {
    return this.tables.now();
  }

  async upsert(
    app: string,
    schedules: readonly PlannedSchedule[],
    over: readonly ScheduleSource[],
    transaction?: MemoryTransaction,
  ): Promise<string[]> {
    const refused: string[] = [];
    for (const plan of schedules) {
      const { name } = plan.definition;
      const known = this.rows.get(keyOf(app, name), transaction);
      if (known !== undefined && !over.includes(known.definition.source)) refused.push(name);
      else this.write(app, plan, known, transaction);
    }
    return refused;
  }

  async find(app: string, name: string, transaction?: MemoryTransaction): Promise<Schedule | undefined> {
    const row = this.rows.get(keyOf(app, name), transaction);
    return row === undefined ? undefined : scheduleOf(row);
  }

  async list(app: string): Promise<Schedule[]> {
    return this.rowsOf(app).map(scheduleOf);
  }

  async pause(app: string, name: string, transaction?: MemoryTransaction): Promise<boolean> {
    const pausedAt = this.tables.now();
    return this.change(app, name, (row) => ({ ...row, pausedAt: row.pausedAt ?? pausedAt }), transaction);
  }

  async resume(
    app: string,
    name: string,
    nextTickMs: number | null,
    transaction?: MemoryTransaction,
  ): Promise<boolean> {
    const goneOn = { nextRunAt: nextTickMs, pausedAt: null, updatedAt: this.tables.now() };
    return this.change(
      app,
      name,
      (row) => (row.pausedAt === null ? row : { ...row, ...goneOn }),
      transaction,
    );
  }

  async remove(app: string, names: readonly string[], transaction?: MemoryTransaction): Promise<string[]> {
    const known = names.filter((name) => this.rows.get(keyOf(app, name), transaction) !== undefined);
    for (const name of known) this.rows.remove(keyOf(app, name), transaction);
    return known.sort(compareText);
  }

  async due(app: string, declared: readonly string[], limit: number): Promise<DueSchedules> {
    const nowMs = this.tables.now();
    const due = this.firedHere(app, declared)
      .filter(({ nextRunAt }) => nextRunAt !== null && nextRunAt <= nowMs)
      .map((row) => this.dueOf(row))
      .filter(({ overlap, lastJob }) => overlap !== 'queue' || lastJob === null || isFinal(lastJob.status))
      .sort((left, right) => left.plannedMs - right.plannedMs);
    return { nowMs, due: due.slice(0, limit) };
  }

  async nextDueInMs(app: string, declared: readonly string[]): Promise<number | null> {
    const now = this.tables.now();
    const waits = this.firedHere(app, declared).flatMap(({ nextRunAt }) =>
      nextRunAt === null || nextRunAt <= now ? [] : [nextRunAt - now],
    );
    return waits.length === 0 ? null : waits.reduce((least, wait) => Math.min(least, wait));
  }

  async take(app: string, steps: readonly TickStep[]): Promise<TakenSteps> {
    await this.tables.whenChangeable(steps.flatMap(({ replaces }) => replaces ?? []));
    const moved: string[] = [];
    const fired: FiredJob[] = [];
    const replaced: ReplacedJob[] = [];
    for (const step of steps) {
      const row = this.rows.get(keyOf(app, step.name));
      if (row === undefined || row.pausedAt !== null || guardOf(row) !== step.guard) continue;
      moved.push(step.name);
      replaced.push(...this.replace(step));
      const job = this.fire(step);
      fired.push(...job);
      this.rows.put(keyOf(app, step.name), {
        ...row,
        nextRunAt: step.nextMs,
        lastRunAt: step.job?.tickMs ?? row.lastRunAt,
        lastJobId: job[0]?.id ?? row.lastJobId,
      });
    }
    return { moved, fired, replaced };
  }

  /** For the next test: what code and provider say stays, as it does across the runs of an application. */
  forgetDynamic(): void {
    for (const { app, definition } of this.rows.rows()) {
      if (definition.source === 'dynamic') this.rows.remove(keyOf(app, definition.name));
    }
  }

  private write(
    app: string,
    { definition, firstTickMs }: PlannedSchedule,
    known: ScheduleRow | undefined,
    transaction: MemoryTransaction | undefined,
  ): void {
    const now = this.tables.now(transaction);
    const fresh = { app, pausedAt: null, lastRunAt: null, lastJobId: null, createdAt: now };
    if (known !== undefined && isSame(known.definition, definition)) return;
    const keepsItsPlace =
      known?.definition.cron === definition.cron && known.definition.timezone === definition.timezone;
    const row = {
      ...(known ?? fresh),
      definition,
      nextRunAt: (keepsItsPlace ? known?.nextRunAt : undefined) ?? firstTickMs,
      updatedAt: now,
    };
    this.rows.put(keyOf(app, definition.name), row, transaction);
  }

  private change(
    app: string,
    name: string,
    changed: (row: ScheduleRow) => ScheduleRow,
    transaction: MemoryTransaction | undefined,
  ): boolean {
    const row = this.rows.get(keyOf(app, name), transaction);
    if (row !== undefined) this.rows.put(keyOf(app, name), changed(row), transaction);
    return row !== undefined;
  }

  private rowsOf(app: string): ScheduleRow[] {
    return this.rows
      .rows()
      .filter((row) => row.app === app)
      .sort((left, right) => compareText(left.definition.name, right.definition.name));
  }

  private firedHere(app: string, declared: readonly string[]): ScheduleRow[] {
    return this.rowsOf(app).filter(
      ({ definition, pausedAt }) =>
        pausedAt === null &&
        (LEDGER_SOURCES.includes(definition.source) || declared.includes(definition.name)),
    );
  }

  private dueOf(row: ScheduleRow): DueSchedule {
    const plannedMs = row.nextRunAt ?? 0;
    return { ...row.definition, plannedMs, guard: guardOf(row), lastJob: this.lastJobOf(row) };
  }

  private lastJobOf({ lastJobId }: ScheduleRow): LastJob | null {
    const job = lastJobId === null ? undefined : this.tables.job(lastJobId);
    return job === undefined ? null : { id: job.id, status: job.status, endedAtMs: job.completedAt };
  }

  private fire({ name, job }: TickStep): FiredJob[] {
    if (job === null) return [];
    const { draft } = job;
    const key = draft.unique?.key;
    const isTaken = this.tables.job(draft.id) !== undefined;
    if (isTaken || (key !== undefined && this.tables.holderOf(key) !== undefined)) return [];
    const row = newJobRow(draft, this.tables.now());
    this.tables.write([row]);
    return [{ ...hintOf(row), schedule: name, status: row.status }];
  }

  private replace({ name, replaces }: TickStep): ReplacedJob[] {
    const row = replaces === null ? undefined : this.tables.job(replaces);
    if (row === undefined || isFinal(row.status)) return [];
    const changed = replacedRow(
      row,
      `replaced by the next tick of the schedule "${name}"`,
      this.tables.now(),
    );
    this.tables.write([changed]);
    return [{ ...hintOf(changed), schedule: name, status: changed.status }];
  }
}

function replacedRow(row: JobRow, reason: string, now: number): JobRow {
  if (row.status !== 'running') {
    return { ...row, status: 'cancelled', completedAt: now, errorMessage: reason, updatedAt: now };
  }
  return {
    ...row,
    cancelRequestedAt: row.cancelRequestedAt ?? now,
    cancelReason: row.cancelReason ?? reason,
    updatedAt: now,
  };
}

function scheduleOf(row: ScheduleRow): Schedule {
  return {
    ...row.definition,
    options: { ...row.definition.options },
    payload: JSON.parse(row.definition.payload) as unknown,
    pausedAt: dateOf(row.pausedAt),
    nextRunAt: row.pausedAt === null ? dateOf(row.nextRunAt) : null,
    lastRunAt: dateOf(row.lastRunAt),
    lastJobId: row.lastJobId,
    createdAt: new Date(row.createdAt),
    updatedAt: new Date(row.updatedAt),
  };
}

function isSame(left: ScheduleDefinition, right: ScheduleDefinition): boolean {
  const [one, other] = [left, right].map((definition) => ({
    ...definition,
    payload: JSON.parse(definition.payload) as unknown,
  }));
  return isSameJson(one, other);
}

function guardOf({ nextRunAt, updatedAt }: ScheduleRow): string {
  return `${nextRunAt} ${updatedAt}`;
}

function keyOf(app: string, name: string): string {
  return `${app} ${name}`;
}

function dateOf(instant: number | null): Date | null {
  return instant === null ? null : new Date(instant);
}
