import type { ErrorGroupList } from '../core/error-group.js';
import type { NumberRule } from '../core/option-rules.js';
import type { KeysOf } from '../core/option-scope.js';
import type {
  LivingGroup,
  StandingReading,
  TrafficCell,
  TrafficReading,
  TrafficReadings,
} from '../core/ports/traffic-readings.js';
import {
  SERIES_POINTS,
  TRAFFIC_WINDOWS,
  type Overview,
  type QueueDetails,
  type SeriesPoint,
  type TrafficRow,
  type TrafficWindow,
} from '../core/traffic.js';
import { readMembers, readNames, readWholeNumber, refuseUnknownKeys } from './argument-readers.js';
import { problemsOf, type Dispatching } from './problems.js';

/** How far back an overview looks. */
export interface WindowQuery {
  /** Default `1h`. */
  window?: TrafficWindow;
}

/** Which errors. */
export interface ErrorGroupQuery {
  /** Default `24h`. */
  window?: TrafficWindow;
  /** Groups at most, 1 to 500; those with the most runs. Default 50. */
  limit?: number;
}

/** What the overview reader works with. */
export interface OverviewParts {
  readonly traffic: TrafficReadings;
  /** How this process hears of jobs, and how it should. */
  readonly dispatching: () => Dispatching;
}

const WINDOW_KEYS: KeysOf<WindowQuery> = { window: true };
const GROUP_KEYS: KeysOf<ErrorGroupQuery> = { window: true, limit: true };
const GROUPS: NumberRule = { least: 1, most: 500 };
const DEFAULT_GROUPS = 50;

/** What goes on in the whole, in its queues and with its types. */
export class OverviewReader {
  constructor(private readonly parts: OverviewParts) {}

  async overview(query: WindowQuery): Promise<Overview> {
    refuseUnknownKeys('query', query, WINDOW_KEYS);
    const window = readWindow(query.window, '1h');
    const windowMs = TRAFFIC_WINDOWS[window];
    const traffic = await this.parts.traffic.traffic(windowMs, SERIES_POINTS);
    const standing = await this.parts.traffic.standing();
    const failed = sumOf(traffic.failed);
    const ended = failed + sumOf(traffic.completed);
    return {
      window,
      at: new Date(traffic.nowMs),
      problems: problemsOf(standing, traffic, this.parts.dispatching()),
      counts: standing.counts,
      estimated: standing.estimated,
      oldestPendingMs: oldestOf(standing.groups),
      errorRate: ended === 0 ? null : failed / ended,
      series: seriesOf(traffic, windowMs, () => true),
      byQueue: rowsOf(traffic, standing, 'queue', () => true),
      byType: rowsOf(traffic, standing, 'type', () => true),
      approximate: traffic.approximate || standing.approximate,
    };
  }

  async queueDetails(names: string | readonly string[], query: WindowQuery): Promise<QueueDetails[]> {
    refuseUnknownKeys('query', query, WINDOW_KEYS);
    const windowMs = TRAFFIC_WINDOWS[readWindow(query.window, '1h')];
    const queues = readNames('queue', names);
    const traffic = await this.parts.traffic.traffic(windowMs, SERIES_POINTS);
    const standing = await this.parts.traffic.standing();
    const depths = await this.parts.traffic.depths(queues);
    return depths.queues.map((reading) => {
      const isOfQueue = ({ queue }: { readonly queue: string | null }): boolean => queue === reading.queue;
      const [row] = rowsOf(traffic, standing, 'queue', isOfQueue);
      return {
        ...reading,
        oldestPendingMs: oldestOf(standing.groups.filter(isOfQueue)),
        traffic: row ?? { ...NOTHING, name: reading.queue },
        series: seriesOf(traffic, windowMs, isOfQueue),
        types: rowsOf(traffic, standing, 'type', isOfQueue, reading.queue),
        approximate: traffic.approximate || standing.approximate || depths.approximate,
      };
    });
  }

  async errorGroups(query: ErrorGroupQuery): Promise<ErrorGroupList> {
    refuseUnknownKeys('query', query, GROUP_KEYS);
    const windowMs = TRAFFIC_WINDOWS[readWindow(query.window, '24h')];
    const limit = query.limit === undefined ? DEFAULT_GROUPS : readWholeNumber('limit', query.limit, GROUPS);
    return this.parts.traffic.errorGroups(windowMs, limit);
  }
}

const NOTHING: Omit<TrafficRow, 'name'> = {
  enqueued: 0,
  completed: 0,
  failed: 0,
  pending: 0,
  running: 0,
  waitP50Ms: null,
  waitP95Ms: null,
  runP50Ms: null,
  runP95Ms: null,
};

function readWindow(window: unknown, otherwise: TrafficWindow): TrafficWindow {
  if (window === undefined) return otherwise;
  const allowed = Object.keys(TRAFFIC_WINDOWS) as TrafficWindow[];
  const [read = otherwise] = readMembers('window', typeof window === 'string' ? window : [window], allowed);
  return read;
}

function seriesOf(
  { nowMs, enqueued, completed, failed }: TrafficReading,
  windowMs: number,
  isMeant: (cell: TrafficCell) => boolean,
): SeriesPoint[] {
  const partMs = windowMs / SERIES_POINTS;
  const began = nowMs - windowMs;
  const sums = [enqueued, completed, failed].map((cells) => byPart(cells.filter(isMeant)));
  return Array.from({ length: SERIES_POINTS }, (_, part) => ({
    at: new Date(began + part * partMs),
    enqueued: sums[0]?.[part] ?? 0,
    completed: sums[1]?.[part] ?? 0,
    failed: sums[2]?.[part] ?? 0,
  }));
}

function byPart(cells: readonly TrafficCell[]): number[] {
  const sums = Array.from({ length: SERIES_POINTS }, () => 0);
  for (const { part, count } of cells) {
    const place = Math.min(SERIES_POINTS - 1, Math.max(0, part));
    sums[place] = (sums[place] ?? 0) + count;
  }
  return sums;
}

/** One row for each name; of types within one queue the times are those of the queue. */
function rowsOf(
  traffic: TrafficReading,
  { groups }: StandingReading,
  by: 'queue' | 'type',
  isMeant: (one: { readonly queue: string; readonly type: string }) => boolean,
  within?: string,
): TrafficRow[] {
  const cells = [traffic.enqueued, traffic.completed, traffic.failed].map((all) => all.filter(isMeant));
  const living = groups.filter(isMeant);
  const names = new Set([...cells.flat(), ...living].map((one) => one[by]));
  return [...names].sort().map((name) => {
    const isOfName = (one: { readonly queue: string; readonly type: string }): boolean => one[by] === name;
    const [enqueued = 0, completed = 0, failed = 0] = cells.map((all) => sumOf(all.filter(isOfName)));
    const ofName = living.filter(isOfName);
    const times = traffic.times.find(({ queue, type }) =>
      by === 'queue' ? queue === name && type === null : type === name && queue === (within ?? null),
    );
    return {
      ...NOTHING,
      name,
      enqueued,
      completed,
      failed,
      pending: totalOf(ofName, 'pending'),
      running: totalOf(ofName, 'running'),
      ...(times === undefined ? {} : roundedTimes(times)),
    };
  });
}

function roundedTimes(
  times: TrafficReading['times'][number],
): Pick<TrafficRow, 'waitP50Ms' | 'waitP95Ms' | 'runP50Ms' | 'runP95Ms'> {
  return {
    waitP50Ms: Math.round(times.waitP50Ms),
    waitP95Ms: Math.round(times.waitP95Ms),
    runP50Ms: Math.round(times.runP50Ms),
    runP95Ms: Math.round(times.runP95Ms),
  };
}

function sumOf(cells: readonly TrafficCell[]): number {
  return cells.reduce((sum, { count }) => sum + count, 0);
}

function totalOf(groups: readonly LivingGroup[], key: 'pending' | 'running'): number {
  return groups.reduce((sum, group) => sum + group[key], 0);
}

function oldestOf(groups: readonly LivingGroup[]): number | null {
  const ages = groups.flatMap(({ oldestPendingMs }) => oldestPendingMs ?? []);
  return ages.length === 0 ? null : Math.round(Math.max(...ages));
}
