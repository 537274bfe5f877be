import { METRIC_CATALOGUE, type MetricDefinition } from '../../../lib/observability/metric-catalogue.js';

export interface ExpectedMetric {
  name: string;
  type: 'counter' | 'gauge' | 'histogram';
  labels: readonly string[];
  /** Every process reports the same fact about the whole queue: to be joined with max, never with sum. */
  queueWide?: true;
}

/** All that Kyu exposes: what the boards have to show, and what the rules may name. */
export const kyuMetrics: readonly ExpectedMetric[] = METRIC_CATALOGUE.map(expectationOf);

function expectationOf({ name, type, labels, aggregator }: MetricDefinition): ExpectedMetric {
  return { name, type, labels, ...(aggregator === 'max' && { queueWide: true as const }) };
}

/** Those of prom-client's default metrics that boards and rules name. A test asks prom-client whether they exist. */
export const processMetrics: readonly ExpectedMetric[] = [
  { name: 'nodejs_eventloop_lag_seconds', type: 'gauge', labels: [] },
  { name: 'nodejs_eventloop_lag_p99_seconds', type: 'gauge', labels: [] },
  { name: 'nodejs_heap_size_used_bytes', type: 'gauge', labels: [] },
  { name: 'nodejs_gc_duration_seconds', type: 'histogram', labels: ['kind'] },
  { name: 'nodejs_active_handles_total', type: 'gauge', labels: [] },
  { name: 'process_resident_memory_bytes', type: 'gauge', labels: [] },
  { name: 'process_cpu_seconds_total', type: 'counter', labels: [] },
  { name: 'process_start_time_seconds', type: 'gauge', labels: [] },
  { name: 'process_open_fds', type: 'gauge', labels: [] },
];

/** Made by Prometheus itself: for every target, and for every alert that fires. */
export const prometheusMetrics: readonly ExpectedMetric[] = [
  { name: 'up', type: 'gauge', labels: [] },
  { name: 'ALERTS', type: 'gauge', labels: ['alertname', 'alertstate', 'severity'] },
];

/** Put on every series by the scrape configuration. */
export const targetLabels: readonly string[] = ['job', 'instance', 'service'];
