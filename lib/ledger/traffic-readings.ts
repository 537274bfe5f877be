import { errorNameOf } from '../core/error-fingerprint.js';
import type { ErrorGroupList } from '../core/error-group.js';
import type {
  LivingGroup,
  RunTimes,
  StandingReading,
  TrafficCell,
  TrafficReading,
  TrafficReadings,
} from '../core/ports/traffic-readings.js';
import { BoundedReadings } from './bounded-readings.js';
import type { LedgerConnection } from './ledger-connection.js';
import type { StatementTemplate } from './statement.js';
import { groupErrors } from './statements/group-errors.sql.js';
import { readClock } from './statements/read-clock.sql.js';
import { readCompleted } from './statements/read-completed.sql.js';
import { readEnqueued } from './statements/read-enqueued.sql.js';
import { readFailed } from './statements/read-failed.sql.js';
import { readRunTimes } from './statements/read-run-times.sql.js';
import { readStandingCounts } from './statements/read-standing-counts.sql.js';
import { readStandingGroups } from './statements/read-standing-groups.sql.js';

/** So many rows tell of all the others. */
const SAMPLE = 20_000;
/** So many are counted in one part of a window. */
const MOST_IN_PART = 20_000;
/** So many are counted of a status, or of a type that waits. */
const MOST_COUNTED = 100_000;
const MOST_FAILED_RUNS = 20_000;

/** The door of overviews. */
export class PostgresTrafficReadings implements TrafficReadings {
  private readonly readings: BoundedReadings;

  constructor(connection: LedgerConnection) {
    this.readings = new BoundedReadings(connection);
  }

  async traffic(windowMs: number, parts: number): Promise<TrafficReading> {
    const values = [windowMs, parts, SAMPLE, MOST_IN_PART];
    const [clock] = await this.query<{ now_ms: string }>(readClock, []);
    const enqueued = await this.query<CellRow>(readEnqueued, values);
    const completed = await this.query<CellRow>(readCompleted, values);
    const failed = await this.query<CellRow>(readFailed, values);
    const times = await this.query<TimesRow>(readRunTimes, values);
    const all = [...enqueued, ...completed, ...failed, ...times];
    return {
      nowMs: Number(clock?.now_ms),
      enqueued: enqueued.map(cellOf),
      completed: completed.map(cellOf),
      failed: failed.map(cellOf),
      times: times.flatMap(timesOf),
      approximate: all.some((row) => row.is_estimated === true),
    };
  }

  async standing(): Promise<StandingReading> {
    const [counts] = await this.query<CountsRow>(readStandingCounts, [MOST_COUNTED]);
    const groups = await this.query<GroupRow>(readStandingGroups, [MOST_COUNTED]);
    if (counts === undefined)
      throw new Error('PostgreSQL answered no row to a question that always has one.');
    const { ended, scale } = endedOf(counts);
    const large = [counts.pending, counts.scheduled, counts.failed, counts.running, counts.dead];
    const isCapped = [...large, ...groups.map(({ pending }) => pending)].some(
      (one) => Number(one) >= MOST_COUNTED,
    );
    return {
      counts: {
        scheduled: Number(counts.scheduled),
        pending: Number(counts.pending),
        running: Number(counts.running),
        failed: Number(counts.failed),
        completed: Math.round(Number(counts.completed) * scale),
        dead: Number(counts.dead),
        cancelled: Math.round(Number(counts.cancelled) * scale),
      },
      groups: groups.map(groupOf),
      diedLately: Number(counts.died_lately),
      oldestTransactionMs: Math.max(0, Number(counts.oldest_transaction_ms)),
      lateSchedules: Number(counts.late_schedules),
      approximate: isCapped || ended >= MOST_COUNTED,
    };
  }

  async errorGroups(windowMs: number, limit: number): Promise<ErrorGroupList> {
    const rows = await this.query<ErrorRow>(groupErrors, [windowMs, MOST_FAILED_RUNS, limit]);
    const groups = rows.map((row) => ({
      fingerprint: row.fingerprint,
      errorName: errorNameOf(row.message),
      message: row.message,
      types: row.types,
      runs: Number(row.runs),
      jobs: Number(row.jobs),
      dead: Number(row.dead),
      firstSeenAt: row.first_seen_at,
      lastSeenAt: row.last_seen_at,
      sampleJobId: row.sample_job_id,
    }));
    return { groups, approximate: rows.some((row) => row.is_estimated) };
  }

  private query<Row>(template: StatementTemplate, values: unknown[]): Promise<Row[]> {
    return this.readings.query<Row>('The overview', { template, values });
  }
}

/** Those that have ended are counted up to a limit; beyond it PostgreSQL's own estimate says how many there are. */
function endedOf({ ended, ended_estimate: estimate }: CountsRow): { ended: number; scale: number } {
  const counted = Number(ended);
  if (counted < MOST_COUNTED) return { ended: counted, scale: 1 };
  return { ended: counted, scale: Math.max(1, (estimate ?? 0) / counted) };
}

function cellOf({ part, queue, type, count }: CellRow): TrafficCell {
  return { part: Math.max(0, part), queue, type, count: Math.round(Number(count)) };
}

function timesOf({ queue, type, waits, runs }: TimesRow): RunTimes[] {
  const [waitP50Ms, waitP95Ms] = waits ?? [];
  const [runP50Ms, runP95Ms] = runs ?? [];
  // Without a single run there is the row of everything, and nothing in it.
  if (waitP50Ms === undefined || waitP95Ms === undefined) return [];
  if (runP50Ms === undefined || runP95Ms === undefined) return [];
  return [{ queue, type, waitP50Ms, waitP95Ms, runP50Ms, runP95Ms }];
}

function groupOf(row: GroupRow): LivingGroup {
  return {
    queue: row.queue,
    type: row.type,
    pending: Number(row.pending),
    running: Number(row.running),
    oldestPendingMs: row.oldest_ms === null ? null : Math.max(0, Number(row.oldest_ms)),
    liveWorkers: Number(row.live_workers),
    ableWorkers: Number(row.able_workers),
    isPaused: row.is_paused,
  };
}

interface CellRow {
  readonly part: number;
  readonly queue: string;
  readonly type: string;
  readonly count: string;
  readonly is_estimated: boolean;
}

interface TimesRow {
  readonly queue: string | null;
  readonly type: string | null;
  readonly waits: number[] | null;
  readonly runs: number[] | null;
  readonly is_estimated: boolean | null;
}

interface CountsRow {
  readonly pending: string;
  readonly scheduled: string;
  readonly failed: string;
  readonly running: string;
  readonly dead: string;
  readonly completed: string;
  readonly cancelled: string;
  readonly ended: string;
  readonly ended_estimate: number | null;
  readonly died_lately: string;
  readonly oldest_transaction_ms: string;
  readonly late_schedules: string;
}

interface GroupRow {
  readonly queue: string;
  readonly type: string;
  readonly pending: string;
  readonly running: string;
  readonly oldest_ms: string | null;
  readonly live_workers: string;
  readonly able_workers: string;
  readonly is_paused: boolean;
}

interface ErrorRow {
  readonly fingerprint: string;
  readonly message: string;
  readonly types: string[];
  readonly runs: string;
  readonly jobs: string;
  readonly dead: string;
  readonly first_seen_at: Date;
  readonly last_seen_at: Date;
  readonly sample_job_id: string;
  readonly is_estimated: boolean;
}
