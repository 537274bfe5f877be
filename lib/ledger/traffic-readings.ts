import { errorNameOf } from '../core/error-fingerprint.js';
import type { ErrorGroupList } from '../core/error-group.js';
import type {
  LivingGroup,
  QueueDepths,
  RunTimes,
  StandingReading,
  TrafficCell,
  TrafficReading,
  TrafficReadings,
} from '../core/ports/traffic-readings.js';
import { BoundedReadings } from './bounded-readings.js';
import type { LedgerConnection } from './ledger-connection.js';
import { depthOf, standingCounts, type DepthRow, type StandingRow } from './standing-estimates.js';
import type { StatementTemplate } from './statement.js';
import { groupErrors } from './statements/group-errors.sql.js';
import { readClock } from './statements/read-clock.sql.js';
import { readCompleted } from './statements/read-completed.sql.js';
import { readEnqueued } from './statements/read-enqueued.sql.js';
import { readFailed } from './statements/read-failed.sql.js';
import { readQueueDepths } from './statements/read-queue-depths.sql.js';
import { readStandingCounts } from './statements/read-standing-counts.sql.js';
import { readStandingGroups } from './statements/read-standing-groups.sql.js';

/** So many rows tell of all the others. */
const SAMPLE = 6_000;
/** So many are counted in one part of a window. */
const MOST_IN_PART = 20_000;
/** So many are counted of a status. */
const MOST_COUNTED = 5_000;
/** So many of a type that waits. */
const MOST_WAITING = 50_000;
const MOST_FAILED_RUNS = 10_000;
/** So many of a kind are counted in a queue; of more than that, so many pages of the table tell. */
const MOST_IN_QUEUE = 1_000;
const SAMPLE_PAGES = 1_000;

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
    const ended = await this.query<CellRow | TimesRow>(readCompleted, values);
    const failed = await this.query<CellRow>(readFailed, values);
    const completed = ended.filter((row): row is CellRow => row.part !== null);
    const times = ended.filter((row): row is TimesRow => row.part === null);
    const all = [...enqueued, ...ended, ...failed];
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
    const [row] = await this.query<StandingRow>(readStandingCounts, [MOST_COUNTED]);
    const groups = await this.query<GroupRow>(readStandingGroups, [MOST_WAITING]);
    if (row === undefined) throw new Error('PostgreSQL answered no row to a question that always has one.');
    const { counts, estimated } = standingCounts(row, MOST_COUNTED);
    return {
      counts,
      estimated,
      groups: groups.map(groupOf),
      diedLately: Number(row.died_lately),
      oldestTransactionMs: Math.max(0, Number(row.oldest_transaction_ms)),
      lateSchedules: Number(row.late_schedules),
      approximate: estimated.length > 0 || groups.some(({ pending }) => Number(pending) >= MOST_WAITING),
    };
  }

  async depths(queues: readonly string[]): Promise<QueueDepths> {
    const rows = await this.query<DepthRow>(readQueueDepths, [queues, MOST_IN_QUEUE, SAMPLE_PAGES]);
    const depths = rows.map((row) => depthOf(row, MOST_IN_QUEUE));
    return {
      queues: depths.map(({ depth }) => depth),
      approximate: depths.some(({ isEstimated }) => isEstimated),
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
  readonly part: null;
  readonly queue: string | null;
  readonly type: string | null;
  readonly waits: number[] | null;
  readonly runs: number[] | null;
  readonly is_estimated: boolean | null;
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
