import { Registry } from 'prom-client';
import type { EventBus } from '../core/event-bus.js';
import type { DispatchMode } from '../core/events.js';
import type { Clock } from '../core/ports/clock.js';
import type { LedgerReadings } from '../core/ports/ledger-readings.js';
import { EngineCounters } from './engine-counters.js';
import { EnqueueStatistics } from './enqueue-statistics.js';
import { ERROR_TYPES } from './error-type.js';
import { METRIC_CATALOGUE, RUN_STATUSES, type MetricName } from './metric-catalogue.js';
import { processMetrics } from './process-metrics.js';
import { QueueGauges } from './queue-gauges.js';
import { RunStatistics } from './run-statistics.js';
import { TransactionGauge } from './transaction-gauge.js';
import { SnapshotMetric, type Sample, type SampleSource } from './snapshot-metric.js';

/** Where the metrics of one instance come from. */
export interface KyuMetricsSources {
  readonly events: EventBus;
  readonly readings: Pick<LedgerReadings, 'queues' | 'oldestTransactionMs'>;
  /** The queues of this instance, asked at each scrape. */
  readonly queues: () => readonly string[];
  readonly dispatcherMode: () => DispatchMode;
  /** `postgres` when no Redis is configured: then there is none to be up or down. Default `redis`. */
  readonly configuredDispatcher?: DispatchMode;
  /** Runs under way in this process. */
  readonly inFlight: () => number;
  readonly clock: Clock;
  readonly version: string;
}

/** The metrics of one Kyu instance. It counts from its construction on, and keeps its series in a registry of its own. */
export class KyuMetrics {
  /** Kyu's own families only, so that it can be merged with the registry of the application. */
  readonly registry = new Registry();
  private readonly runs = new RunStatistics();
  private readonly enqueues = new EnqueueStatistics();
  private readonly counters = new EngineCounters();
  private readonly gauges: QueueGauges;
  private readonly transactions: TransactionGauge;
  private readonly endings: readonly (() => void)[];

  constructor(private readonly sources: KyuMetricsSources) {
    this.gauges = new QueueGauges(sources);
    this.transactions = new TransactionGauge(sources);
    const families = this.families();
    for (const definition of METRIC_CATALOGUE) {
      new SnapshotMetric(definition, families[definition.name]).registerWith(this.registry);
    }
    this.endings = [
      this.counters.listenTo(sources.events),
      this.enqueues.listenTo(sources.events),
      sources.events.on('runs.settled', ({ settlements }) => this.runs.add(settlements)),
    ];
  }

  /** The content type that belongs to `text()`. */
  get contentType(): string {
    return this.registry.contentType;
  }

  /** The whole page: Kyu's families and those of the process (`nodejs_*`, `process_*`). */
  async text(): Promise<string> {
    const pages = await Promise.all([this.registry.metrics(), processMetrics().metrics()]);
    return pages.join('\n');
  }

  /** Stops counting. What was counted stays readable. */
  stop(): void {
    for (const end of this.endings) end();
  }

  private families(): Record<MetricName, SampleSource> {
    return {
      ...this.jobFamilies(),
      ...this.typeFamilies(),
      ...this.queueFamilies(),
      ...this.engineFamilies(),
    };
  }

  private jobFamilies() {
    return {
      kyu_jobs_total: () => plain(this.counters.enqueuedJobs),
      kyu_jobs_processed_total: () =>
        RUN_STATUSES.map((status) => ({ labels: { status }, value: this.runs.total(status) })),
      kyu_job_failures_total: () => this.failures(),
      kyu_jobs_dead_total: () => plain(this.runs.total('dead') + this.counters.rescuedDeadJobs),
      kyu_job_run_duration_seconds: () => this.histogram('kyu_job_run_duration_seconds', 'runTime'),
      kyu_job_wait_seconds: () => this.histogram('kyu_job_wait_seconds', 'waitTime'),
      kyu_jobs_in_flight: () => plain(this.sources.inFlight()),
      kyu_lost_leases_total: () => plain(this.counters.lostRuns),
      kyu_settle_delays_total: () => plain(this.counters.settleDelays),
    };
  }

  private typeFamilies() {
    return {
      kyu_jobs_enqueued_total: () =>
        [...this.enqueues.byType()].map(([type, value]) => ({ labels: { job_type: type }, value })),
      kyu_job_runs_total: () => this.runsByType(),
      kyu_job_errors_total: () => this.errorsByType(),
      kyu_enqueue_duration_seconds: () =>
        [...this.enqueues.durations()].flatMap(([type, histogram]) =>
          histogram.samples('kyu_enqueue_duration_seconds', { job_type: type }),
        ),
    };
  }

  private queueFamilies() {
    return {
      kyu_queue_depth: () => this.gauges.depth(),
      kyu_queue_jobs: () => this.gauges.livingJobs(),
      kyu_oldest_pending_age_seconds: () => this.gauges.oldestPendingSeconds(),
      kyu_live_workers: () => this.gauges.liveWorkers(),
      kyu_queue_paused: () => this.gauges.paused(),
      kyu_queue_paused_types: () => this.gauges.pausedTypes(),
    };
  }

  private engineFamilies() {
    const { counters, sources } = this;
    return {
      kyu_stale_hints_total: () => plain(counters.staleHints),
      kyu_dispatcher_redis_up: () => this.redisUp(),
      kyu_dispatcher_switches_total: () =>
        Object.entries(counters.switchesTo).map(([to, value]) => ({ labels: { to }, value })),
      kyu_announce_failures_total: () => plain(counters.announceFailures),
      kyu_rescued_jobs_total: () => plain(counters.rescuedJobs),
      kyu_reconciled_jobs_total: () => plain(counters.reconciledJobs),
      kyu_promoted_jobs_total: () => plain(counters.promotedJobs),
      kyu_retired_jobs_total: () =>
        [...counters.retiredJobs.values()].map(({ count, ...labels }) => ({ labels, value: count })),
      kyu_duty_failures_total: () => plain(counters.dutyFailures),
      kyu_notifier_failures_total: () => plain(counters.notifierFailures),
      kyu_heartbeat_failures_total: () => plain(counters.heartbeatFailures),
      kyu_oldest_transaction_seconds: () => this.transactions.seconds(),
      kyu_build_info: () => [{ labels: { version: sources.version }, value: 1 }],
    };
  }

  private failures(): Sample[] {
    return [...this.runs.byType()].map(([type, statistics]) => ({
      labels: { job_type: type },
      value: statistics.count('failed') + statistics.count('dead'),
    }));
  }

  private runsByType(): Sample[] {
    return [...this.runs.byType()].flatMap(([type, statistics]) =>
      RUN_STATUSES.map((status) => ({ labels: { job_type: type, status }, value: statistics.count(status) })),
    );
  }

  /** Every kind from the first run of a type on, so that the first error shows as an increase. */
  private errorsByType(): Sample[] {
    return [...this.runs.byType()].flatMap(([type, statistics]) =>
      ERROR_TYPES.map((error) => ({
        labels: { job_type: type, error_type: error },
        value: statistics.countErrors(error),
      })),
    );
  }

  private histogram(family: MetricName, of: 'runTime' | 'waitTime'): Sample[] {
    return [...this.runs.byType()].flatMap(([type, statistics]) =>
      statistics[of].samples(family, { job_type: type }),
    );
  }

  private redisUp(): Sample[] {
    if (this.sources.configuredDispatcher === 'postgres') return [];
    return plain(this.sources.dispatcherMode() === 'redis' ? 1 : 0);
  }
}

function plain(value: number): Sample[] {
  return [{ labels: {}, value }];
}
