import type { Overview, Problem, SeriesPoint as SeriesReading, TrafficRow } from '../../core/traffic.js';
import type { AsJson } from './as-json.js';
import type { Counts } from './jobs.js';

// Without instants: JSON says them as the engine does.
export type { Problem, TrafficRow };

/** GET overview?window=1h|24h|7d */
export type OverviewData = AsJson<Overview>;

export type SeriesPoint = AsJson<SeriesReading>;

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
