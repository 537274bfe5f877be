import type { Problem, TrafficRow } from '../../core/traffic.js';
import type { Counts } from './jobs.js';

// Without instants: JSON says them as the engine does.
export type { Problem, TrafficRow };

/** GET overview?window=1h|24h|7d */
export interface OverviewData {
  readonly window: '1h' | '24h' | '7d';
  /** In words, worst first; empty = all is well. */
  readonly problems: readonly Problem[];
  readonly counts: Counts;
  readonly oldestPendingMs: number | null;
  /** Runs that failed or died, of all that ended in the window. */
  readonly errorRate: number | null;
  /** Evenly spaced, oldest first. */
  readonly series: readonly SeriesPoint[];
  readonly byQueue: readonly TrafficRow[];
  readonly byType: readonly TrafficRow[];
  /** When it was read, by the database's clock. */
  readonly at: string;
  /** Something large was estimated, or not counted to its end. */
  readonly approximate: boolean;
}

export interface SeriesPoint {
  readonly at: string;
  readonly enqueued: number;
  readonly completed: number;
  readonly failed: number;
}

/** GET queues?window=1h|24h|7d */
export interface QueueRow {
  readonly name: string;
  readonly paused: boolean;
  readonly pausedTypes: readonly string[];
  readonly liveWorkers: number;
  readonly counts: Pick<Counts, 'pending' | 'scheduled' | 'running' | 'failed' | 'dead'>;
  readonly oldestPendingMs: number | null;
  readonly traffic: TrafficRow;
  readonly series: readonly SeriesPoint[];
  readonly types: readonly TrafficRow[];
  readonly approximate: boolean;
}
