import type { Clock } from '../core/ports/clock.js';
import type { LedgerReadings, QueueReading } from '../core/ports/ledger-readings.js';
import { LIVING_STATUSES } from './metric-catalogue.js';
import { SharedReading } from './shared-reading.js';
import type { Sample } from './snapshot-metric.js';

/** One answer of the ledger serves all gauges of a scrape, and scrapes that come at the same time. */
const KEEP_MS = 1_000;
/** Well below Prometheus' usual scrape timeout of 10 s: a hanging ledger must not cost the other metrics. */
const PATIENCE_MS = 2_000;

export interface QueueGaugeSources {
  readonly readings: Pick<LedgerReadings, 'queues'>;
  readonly queues: () => readonly string[];
  readonly clock: Clock;
}

/**
 * The gauges that describe whole queues, read from the ledger at scrape time, so that they fall again.
 * Without an answer they are absent: a zero would read as "nothing to do".
 */
export class QueueGauges {
  private readonly reading: SharedReading<readonly QueueReading[]>;

  constructor(private readonly sources: QueueGaugeSources) {
    this.reading = new SharedReading({
      read: () => this.readQueues(),
      keepMs: KEEP_MS,
      patienceMs: PATIENCE_MS,
      clock: sources.clock,
    });
  }

  depth(): Promise<Sample[]> {
    return this.perQueue((reading) => reading.pending);
  }

  oldestPendingSeconds(): Promise<Sample[]> {
    return this.perQueue((reading) => (reading.oldestPendingMs ?? 0) / 1_000);
  }

  liveWorkers(): Promise<Sample[]> {
    return this.perQueue((reading) => reading.liveWorkers);
  }

  paused(): Promise<Sample[]> {
    return this.perQueue((reading) => (reading.paused ? 1 : 0));
  }

  pausedTypes(): Promise<Sample[]> {
    return this.perQueue((reading) => reading.pausedTypes.length);
  }

  async livingJobs(): Promise<Sample[]> {
    const readings = await this.answer();
    return readings.flatMap((reading) =>
      LIVING_STATUSES.map((status) => ({ labels: { queue: reading.queue, status }, value: reading[status] })),
    );
  }

  private async perQueue(valueOf: (reading: QueueReading) => number): Promise<Sample[]> {
    const readings = await this.answer();
    return readings.map((reading) => ({ labels: { queue: reading.queue }, value: valueOf(reading) }));
  }

  private async answer(): Promise<readonly QueueReading[]> {
    try {
      return await this.reading.get();
    } catch {
      return [];
    }
  }

  private async readQueues(): Promise<readonly QueueReading[]> {
    const queues = this.sources.queues();
    const readings = await this.sources.readings.queues(queues);
    const answered = new Set(readings.map((reading) => reading.queue));
    // A queue that the ledger has no row of is empty. Its gauges must say so, or they would stay at their last value.
    const empty = queues.filter((queue) => !answered.has(queue)).map(emptyQueue);
    return [...readings, ...empty];
  }
}

function emptyQueue(queue: string): QueueReading {
  return {
    queue,
    pending: 0,
    scheduled: 0,
    running: 0,
    failed: 0,
    dead: 0,
    oldestPendingMs: null,
    liveWorkers: 0,
    paused: false,
    pausedTypes: [],
  };
}
