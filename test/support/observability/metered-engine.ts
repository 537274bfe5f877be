import { EventBus } from '../../../lib/core/event-bus.js';
import type { DispatchMode } from '../../../lib/core/events.js';
import { KyuMetrics } from '../../../lib/observability/kyu-metrics.js';
import { FakeReadings } from './fake-readings.js';
import { ManualClock } from './manual-clock.js';
import { readMetricsPage, type PageFamily } from './metrics-page.js';

interface Given {
  readonly configuredDispatcher?: DispatchMode;
  readonly queues?: () => string[];
}

/** The figures of an engine whose events and readings a test makes up. */
export class MeteredEngine {
  readonly events = new EventBus((_name, error) => {
    throw error;
  });
  readonly readings = new FakeReadings();
  readonly clock = new ManualClock();
  mode: DispatchMode = 'redis';
  metrics = this.newMetrics();

  newMetrics(given: Given = {}): KyuMetrics {
    return new KyuMetrics({
      events: this.events,
      readings: this.readings,
      queues: () => ['shop'],
      dispatcherMode: () => this.mode,
      inFlight: () => 7,
      clock: this.clock,
      version: '1.2.3',
      ...given,
    });
  }

  async page(): Promise<Map<string, PageFamily>> {
    return readMetricsPage(await this.metrics.text());
  }
}
