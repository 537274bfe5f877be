export interface ExpectedMetric {
  name: string;
  type: 'counter' | 'gauge' | 'histogram';
  labels: readonly string[];
  /** Every process reports the same fact about the whole queue: to be joined with max, never with sum. */
  queueWide?: true;
}

/** What the board and the rules may name of what Kyu exposes. A test compares it with the library's own catalogue. */
export const kyuMetrics: readonly ExpectedMetric[] = [
  { name: 'kyu_jobs_total', type: 'counter', labels: [] },
  { name: 'kyu_jobs_processed_total', type: 'counter', labels: ['status'] },
  { name: 'kyu_job_failures_total', type: 'counter', labels: ['job_type'] },
  { name: 'kyu_jobs_dead_total', type: 'counter', labels: [] },
  { name: 'kyu_queue_depth', type: 'gauge', labels: ['queue'], queueWide: true },
  { name: 'kyu_queue_jobs', type: 'gauge', labels: ['queue', 'status'], queueWide: true },
  { name: 'kyu_oldest_pending_age_seconds', type: 'gauge', labels: ['queue'], queueWide: true },
  { name: 'kyu_live_workers', type: 'gauge', labels: ['queue'], queueWide: true },
  { name: 'kyu_queue_paused', type: 'gauge', labels: ['queue'], queueWide: true },
  { name: 'kyu_queue_paused_types', type: 'gauge', labels: ['queue'], queueWide: true },
  { name: 'kyu_job_run_duration_seconds', type: 'histogram', labels: ['job_type'] },
  { name: 'kyu_job_wait_seconds', type: 'histogram', labels: ['job_type'] },
  { name: 'kyu_oldest_transaction_seconds', type: 'gauge', labels: [], queueWide: true },
  { name: 'kyu_jobs_in_flight', type: 'gauge', labels: [] },
  { name: 'kyu_lost_leases_total', type: 'counter', labels: [] },
  { name: 'kyu_stale_hints_total', type: 'counter', labels: [] },
  { name: 'kyu_dispatcher_redis_up', type: 'gauge', labels: [] },
  { name: 'kyu_dispatcher_switches_total', type: 'counter', labels: ['to'] },
  { name: 'kyu_announce_failures_total', type: 'counter', labels: [] },
  { name: 'kyu_rescued_jobs_total', type: 'counter', labels: [] },
  { name: 'kyu_reconciled_jobs_total', type: 'counter', labels: [] },
];

/** Those of prom-client's default metrics that the board shows. A test asks prom-client whether they exist. */
export const processMetrics: readonly ExpectedMetric[] = [
  { name: 'nodejs_eventloop_lag_seconds', type: 'gauge', labels: [] },
  { name: 'nodejs_heap_size_used_bytes', type: 'gauge', labels: [] },
  { name: 'nodejs_gc_duration_seconds', type: 'histogram', labels: ['kind'] },
  { name: 'process_resident_memory_bytes', type: 'gauge', labels: [] },
];

/** Made by Prometheus itself for every target. */
export const scrapeMetrics: readonly ExpectedMetric[] = [{ name: 'up', type: 'gauge', labels: [] }];

/** Put on every series by the scrape configuration. */
export const targetLabels: readonly string[] = ['job', 'instance', 'service'];
