import type { JobStatus } from './job-status.js';
import type { QueueReading } from './ports/ledger-readings.js';

/** The spans of time that can be looked back on, in ms. */
export const TRAFFIC_WINDOWS = { '1h': 3_600_000, '24h': 86_400_000, '7d': 604_800_000 } as const;

/** How far back. */
export type TrafficWindow = keyof typeof TRAFFIC_WINDOWS;

/** So many points has a series. */
export const SERIES_POINTS = 60;

/** What happened in one of 60 parts of a window. */
export interface SeriesPoint {
  /** Where the part begins. */
  readonly at: Date;
  readonly enqueued: number;
  readonly completed: number;
  /** Runs that ended with an error, the last one of a dead job included. */
  readonly failed: number;
}

/** What happened in a window in one queue, or with one job type; and what waits and runs now. */
export interface TrafficRow {
  readonly name: string;
  readonly enqueued: number;
  readonly completed: number;
  readonly failed: number;
  readonly pending: number;
  readonly running: number;
  /** From the moment a job could start to its start; `null` when nothing ran. */
  readonly waitP50Ms: number | null;
  readonly waitP95Ms: number | null;
  /** From its start to its end. */
  readonly runP50Ms: number | null;
  readonly runP95Ms: number | null;
}

/** Something that somebody should look at. */
export interface Problem {
  readonly severity: 'critical' | 'warning' | 'note';
  /** Stable. */
  readonly code: string;
  readonly text: string;
  readonly remedy: string | null;
  /** A page of the dashboard, relative to its base: `/jobs?query=status%3Adead`. */
  readonly link: string | null;
}

/** How the whole stands. */
export interface Overview {
  readonly window: TrafficWindow;
  /** When it was read, by the database's clock. */
  readonly at: Date;
  /** Worst first; empty = all is well. */
  readonly problems: readonly Problem[];
  readonly counts: Readonly<Record<JobStatus, number>>;
  /** Of these statuses there are so many that their numbers are estimates. */
  readonly estimated: readonly JobStatus[];
  readonly oldestPendingMs: number | null;
  /** Runs that ended with an error, of all that ended in the window; `null` when none ended. */
  readonly errorRate: number | null;
  /** Evenly spaced, oldest first. */
  readonly series: readonly SeriesPoint[];
  readonly byQueue: readonly TrafficRow[];
  readonly byType: readonly TrafficRow[];
  /** True when something large was estimated from a sample, or not counted to its end. */
  readonly approximate: boolean;
}

/** How a queue stands, with what happened in it. */
export interface QueueDetails extends QueueReading {
  readonly traffic: TrafficRow;
  readonly series: readonly SeriesPoint[];
  readonly types: readonly TrafficRow[];
  /** As in `Overview`. */
  readonly approximate: boolean;
}
