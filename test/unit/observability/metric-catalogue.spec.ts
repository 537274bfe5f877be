import { describe, expect, it } from 'vitest';
import { METRIC_CATALOGUE, type MetricDefinition } from '../../../lib/observability/metric-catalogue.js';

const catalogue: readonly MetricDefinition[] = METRIC_CATALOGUE;

describe('the catalogue of metrics', () => {
  it('has the names of the acceptance list', () => {
    expect(
      catalogue.map(({ name, labels }) => (labels.length === 0 ? name : `${name}{${labels.join()}}`)),
    ).toEqual([
      'kyu_jobs_total',
      'kyu_jobs_processed_total{status}',
      'kyu_job_failures_total{job_type}',
      'kyu_jobs_dead_total',
      'kyu_queue_depth{queue}',
      'kyu_queue_jobs{queue,status}',
      'kyu_oldest_pending_age_seconds{queue}',
      'kyu_job_run_duration_seconds{job_type}',
      'kyu_job_wait_seconds{job_type}',
      'kyu_jobs_in_flight',
      'kyu_lost_leases_total',
      'kyu_stale_hints_total',
      'kyu_dispatcher_redis_up',
      'kyu_dispatcher_switches_total{to}',
      'kyu_announce_failures_total',
      'kyu_rescued_jobs_total',
      'kyu_reconciled_jobs_total',
      'kyu_promoted_jobs_total',
      'kyu_retired_jobs_total{status,action}',
      'kyu_live_workers{queue}',
      'kyu_queue_paused{queue}',
      'kyu_queue_paused_types{queue}',
      'kyu_settle_delays_total',
      'kyu_duty_failures_total',
      'kyu_heartbeat_failures_total',
      'kyu_jobs_enqueued_total{job_type}',
      'kyu_job_runs_total{job_type,status}',
      'kyu_job_errors_total{job_type,error_type}',
      'kyu_enqueue_duration_seconds{job_type}',
      'kyu_notifier_failures_total',
      'kyu_oldest_transaction_seconds',
      'kyu_build_info{version}',
    ]);
  });

  it.each(catalogue)('follows the conventions of Prometheus: $name', ({ name, type, help, labels }) => {
    expect(name.endsWith('_total')).toBe(type === 'counter');
    if (type === 'histogram') expect(name).toMatch(/_seconds$/);
    expect(help).toMatch(/^[A-Z0-9].*[^\s]\.$/);
    expect(new Set(labels).size).toBe(labels.length);
    expect(labels).not.toContain('le');
  });

  it('joins what every process reports of a queue, or of the database, with max', () => {
    for (const { name, labels, aggregator } of catalogue) {
      const isShared = labels.includes('queue') || name === 'kyu_oldest_transaction_seconds';
      expect(aggregator === 'max', name).toBe(isShared);
    }
  });
});
