/** How prom-client joins the same family of several processes of one Node cluster. */
type Aggregator = 'sum' | 'max' | 'min' | 'first';

/** One family of series. `docs/metrics.md`, the Grafana board and the alert rules are checked against this list. */
export interface MetricDefinition {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  readonly aggregator: Aggregator;
}

/** What a settled run came to: every value that `status` of `kyu_jobs_processed_total` can have. */
export const RUN_STATUSES = ['completed', 'failed', 'dead', 'cancelled', 'snoozed', 'released'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** The statuses of jobs that have not ended: every value that `status` of `kyu_queue_jobs` can have. */
export const LIVING_STATUSES = ['scheduled', 'pending', 'running', 'failed'] as const;

/** Upper bounds of the histograms: from an idle dispatch (1 ms) to the longest sensible job (1 h). */
export const BUCKETS_SECONDS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600,
] as const;

/** Distinct values of `job_type`; later types are counted together. A job type is user input and must not grow the page. */
export const MOST_JOB_TYPES = 100;

/** The `job_type` of what came after the first `MOST_JOB_TYPES`. */
export const OTHER_JOB_TYPES = 'other';

/**
 * Counters tell what this process did. Gauges with the label `queue` are read from the ledger and describe the whole
 * queue, so every process reports the same value: join them with `max`, never with `sum`.
 */
export const METRIC_CATALOGUE = [
  {
    name: 'kyu_jobs_total',
    type: 'counter',
    help: 'Jobs that this process enqueued; one in a transaction counts when it commits.',
    labels: [],
    aggregator: 'sum',
  },
  {
    name: 'kyu_jobs_processed_total',
    type: 'counter',
    help: 'Runs that this process settled, by what became of the job.',
    labels: ['status'],
    aggregator: 'sum',
  },
  {
    name: 'kyu_job_failures_total',
    type: 'counter',
    help: 'Runs that ended with an error, the last run of a dead job included.',
    labels: ['job_type'],
    aggregator: 'sum',
  },
  {
    name: 'kyu_jobs_dead_total',
    type: 'counter',
    help: 'Jobs that became dead: no attempts left, discarded, or rescued once too often.',
    labels: [],
    aggregator: 'sum',
  },
  {
    name: 'kyu_queue_depth',
    type: 'gauge',
    help: 'Pending jobs of the queue in the ledger.',
    labels: ['queue'],
    aggregator: 'max',
  },
  {
    name: 'kyu_queue_jobs',
    type: 'gauge',
    help: 'Jobs of the queue in the ledger that have not ended, by status.',
    labels: ['queue', 'status'],
    aggregator: 'max',
  },
  {
    name: 'kyu_oldest_pending_age_seconds',
    type: 'gauge',
    help: 'How long the oldest pending job of the queue has been waiting; 0 when none is pending.',
    labels: ['queue'],
    aggregator: 'max',
  },
  {
    name: 'kyu_job_run_duration_seconds',
    type: 'histogram',
    help: 'From the start of a run to its outcome, without runs that a shutdown handed back.',
    labels: ['job_type'],
    aggregator: 'sum',
  },
  {
    name: 'kyu_job_wait_seconds',
    type: 'histogram',
    help: 'From ready to start, without runs that a shutdown handed back.',
    labels: ['job_type'],
    aggregator: 'sum',
  },
  {
    name: 'kyu_jobs_in_flight',
    type: 'gauge',
    help: 'Runs that are under way in this process.',
    labels: [],
    aggregator: 'sum',
  },
  {
    name: 'kyu_lost_leases_total',
    type: 'counter',
    help: "Runs whose outcome the ledger refused, because they were no longer this worker's.",
    labels: [],
    aggregator: 'sum',
  },
  {
    name: 'kyu_stale_hints_total',
    type: 'counter',
    help: 'Ids from the dispatcher that the ledger no longer had as pending.',
    labels: [],
    aggregator: 'sum',
  },
  {
    name: 'kyu_dispatcher_redis_up',
    type: 'gauge',
    help: '1 while jobs come through Redis, 0 while they come from PostgreSQL; absent without a configured Redis.',
    labels: [],
    aggregator: 'min',
  },
  {
    name: 'kyu_dispatcher_switches_total',
    type: 'counter',
    help: 'Changes of the dispatcher, by what it changed to.',
    labels: ['to'],
    aggregator: 'sum',
  },
  {
    name: 'kyu_announce_failures_total',
    type: 'counter',
    help: 'Announcements that did not reach the dispatcher; the reconciler finds their jobs.',
    labels: [],
    aggregator: 'sum',
  },
  {
    name: 'kyu_rescued_jobs_total',
    type: 'counter',
    help: 'Jobs that this process took back from workers that died.',
    labels: [],
    aggregator: 'sum',
  },
  {
    name: 'kyu_reconciled_jobs_total',
    type: 'counter',
    help: 'Jobs that the dispatcher should have known and did not, and that this process announced again.',
    labels: [],
    aggregator: 'sum',
  },
  {
    name: 'kyu_promoted_jobs_total',
    type: 'counter',
    help: 'Jobs that were due and that this process made pending.',
    labels: [],
    aggregator: 'sum',
  },
  {
    name: 'kyu_retired_jobs_total',
    type: 'counter',
    help: 'Jobs whose time was over and that this process deleted or archived.',
    labels: ['status', 'action'],
    aggregator: 'sum',
  },
  {
    name: 'kyu_live_workers',
    type: 'gauge',
    help: 'Worker processes of the queue that hold a lease.',
    labels: ['queue'],
    aggregator: 'max',
  },
  {
    name: 'kyu_queue_paused',
    type: 'gauge',
    help: '1 while the whole queue is paused, else 0.',
    labels: ['queue'],
    aggregator: 'max',
  },
  {
    name: 'kyu_queue_paused_types',
    type: 'gauge',
    help: 'Job types that are paused by themselves in the queue.',
    labels: ['queue'],
    aggregator: 'max',
  },
  {
    name: 'kyu_settle_delays_total',
    type: 'counter',
    help: 'Attempts to settle runs that the ledger did not take at once and that are repeated.',
    labels: [],
    aggregator: 'sum',
  },
  {
    name: 'kyu_duty_failures_total',
    type: 'counter',
    help: 'Ticks of a duty (promote, rescue, reconcile, retention) that failed; the next tick does the work.',
    labels: [],
    aggregator: 'sum',
  },
  {
    name: 'kyu_heartbeat_failures_total',
    type: 'counter',
    help: 'Heartbeats of this process that did not reach the ledger.',
    labels: [],
    aggregator: 'sum',
  },
  {
    name: 'kyu_jobs_enqueued_total',
    type: 'counter',
    help: 'Jobs that this process enqueued, by type; one in a transaction counts when it commits.',
    labels: ['job_type'],
    aggregator: 'sum',
  },
  {
    name: 'kyu_job_runs_total',
    type: 'counter',
    help: 'Runs that this process settled, by type and by what became of the job.',
    labels: ['job_type', 'status'],
    aggregator: 'sum',
  },
  {
    name: 'kyu_job_errors_total',
    type: 'counter',
    help: 'Runs that ended with an error, by type and by kind of error.',
    labels: ['job_type', 'error_type'],
    aggregator: 'sum',
  },
  {
    name: 'kyu_enqueue_duration_seconds',
    type: 'histogram',
    help: 'From the call of enqueue to the answer of the ledger, once per call and job type.',
    labels: ['job_type'],
    aggregator: 'sum',
  },
  {
    name: 'kyu_notifier_failures_total',
    type: 'counter',
    help: 'Notifications that could not be delivered, for good.',
    labels: [],
    aggregator: 'sum',
  },
  {
    name: 'kyu_oldest_transaction_seconds',
    type: 'gauge',
    help: 'How long the oldest transaction has been open that keeps vacuum from cleaning up the ledger.',
    labels: [],
    aggregator: 'max',
  },
  {
    name: 'kyu_build_info',
    type: 'gauge',
    help: 'Always 1; the version of Kyu is in the label.',
    labels: ['version'],
    aggregator: 'first',
  },
] as const satisfies readonly MetricDefinition[];

export type MetricName = (typeof METRIC_CATALOGUE)[number]['name'];
