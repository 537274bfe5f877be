import type { QueueDetails, SeriesPoint as SeriesReading } from '../core/traffic.js';
import type { QueueRow, SeriesPoint } from './contract.js';

export function seriesPoint({ at, enqueued, completed, failed }: SeriesReading): SeriesPoint {
  return { at: at.toISOString(), enqueued, completed, failed };
}

export function queueRow(details: QueueDetails): QueueRow {
  const { queue, pending, scheduled, running, failed, dead, traffic, series, types } = details;
  return {
    name: queue,
    paused: details.paused,
    pausedTypes: details.pausedTypes,
    liveWorkers: details.liveWorkers,
    counts: { pending, scheduled, running, failed, dead },
    oldestPendingMs: details.oldestPendingMs,
    traffic,
    series: series.map(seriesPoint),
    types,
    approximate: details.approximate,
  };
}
