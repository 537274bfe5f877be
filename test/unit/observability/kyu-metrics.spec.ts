import { AggregatorRegistry, collectDefaultMetrics, Registry } from 'prom-client';
import { beforeEach, describe, expect, it } from 'vitest';
import { EventBus } from '../../../lib/core/event-bus.js';
import type { DispatchMode } from '../../../lib/core/events.js';
import { KyuMetrics } from '../../../lib/observability/kyu-metrics.js';
import {
  METRIC_CATALOGUE,
  MOST_JOB_TYPES,
  type MetricDefinition,
} from '../../../lib/observability/metric-catalogue.js';
import { queueReading, type FakeReadings } from '../../support/observability/fake-readings.js';
import type { ManualClock } from '../../support/observability/manual-clock.js';
import { MeteredEngine } from '../../support/observability/metered-engine.js';
import { readMetricsPage, valueOf } from '../../support/observability/metrics-page.js';
import { claim, EVERY_END, settlement, WORKER_ID } from '../../support/observability/runs.js';

let engine: MeteredEngine;
let events: EventBus;
let readings: FakeReadings;
let clock: ManualClock;

beforeEach(() => {
  engine = new MeteredEngine();
  ({ events, readings, clock } = engine);
});

describe('the page', () => {
  it('shows every family of the catalogue with its type, help and labels, and nothing else of Kyu', async () => {
    readings.answer = [queueReading()];
    events.emit('runs.settled', { settlements: [settlement()] });
    events.emit('jobs.enqueued', { queue: 'shop', jobs: [{ id: 'a', type: 'send_email' }] });
    events.emit('enqueue.timed', { types: ['send_email'], tookMs: 3 });
    events.emit('jobs.retired', { queue: 'shop', status: 'completed', action: 'delete', count: 1 });
    const families = await engine.page();

    const definitions: readonly MetricDefinition[] = METRIC_CATALOGUE;
    for (const { help, labels, name, type } of definitions) {
      const family = families.get(name);
      expect(family, name).toMatchObject({ name, help, type });
      expect(family?.series, name).not.toHaveLength(0);
      for (const series of family?.series ?? []) {
        expect(
          Object.keys(series.labels).filter((label) => label !== 'le'),
          name,
        ).toEqual(labels);
      }
    }
    const ofKyu = [...families.keys()].filter((name) => name.startsWith('kyu_'));
    expect(ofKyu.sort()).toEqual(definitions.map(({ name }) => name).sort());
  });

  it('shows the process as well, once for all instances', async () => {
    const other = engine.newMetrics();
    const pages = [await engine.page(), readMetricsPage(await other.text())];

    for (const one of pages) {
      expect(valueOf(one, 'process_resident_memory_bytes')).toBeGreaterThan(0);
      expect(one.get('nodejs_eventloop_lag_seconds')?.type).toBe('gauge');
    }
    const starts = pages.map((one) => valueOf(one, 'process_start_time_seconds'));
    expect(starts[0]).toBe(starts[1]);
  });

  it('keeps the families of Kyu apart, so that an application can merge them with its own', async () => {
    const own = new Registry();
    collectDefaultMetrics({ register: own });
    own.setDefaultLabels({ ignored: 'by the merge' });

    const merged = readMetricsPage(await Registry.merge([own, engine.metrics.registry]).metrics());

    expect(valueOf(merged, 'kyu_jobs_in_flight')).toBe(7);
    expect(merged.has('process_cpu_seconds_total')).toBe(true);
  });

  it('takes default labels, survives a reset, and joins with other processes of a cluster', async () => {
    events.emit('jobs.enqueued', { queue: 'shop', jobs: [{ id: 'a', type: 'send_email' }] });
    readings.answer = [queueReading({ pending: 5 })];
    engine.metrics.registry.setDefaultLabels({ app: 'shop' });
    engine.metrics.registry.resetMetrics();
    const json = await engine.metrics.registry.getMetricsAsJSON();
    const joined = readMetricsPage(await AggregatorRegistry.aggregate([json, json]).metrics());

    expect(valueOf(await engine.page(), 'kyu_jobs_total', { app: 'shop' })).toBe(1);
    expect(valueOf(joined, 'kyu_jobs_total', { app: 'shop' })).toBe(2);
    expect(valueOf(joined, 'kyu_queue_depth', { app: 'shop', queue: 'shop' })).toBe(5);
  });

  it('counts each instance by itself, and no more after stop', async () => {
    const otherEvents = new EventBus();
    const other = new KyuMetrics({ ...sourcesOf(otherEvents) });
    otherEvents.emit('heartbeat.failed', { workerId: WORKER_ID, error: new Error('late') });
    other.stop();
    otherEvents.emit('heartbeat.failed', { workerId: WORKER_ID, error: new Error('late') });
    otherEvents.emit('runs.settled', { settlements: [settlement()] });

    const otherPage = readMetricsPage(await other.text());
    expect(valueOf(otherPage, 'kyu_heartbeat_failures_total')).toBe(1);
    expect(valueOf(otherPage, 'kyu_jobs_processed_total', { status: 'completed' })).toBe(0);
    expect(valueOf(await engine.page(), 'kyu_heartbeat_failures_total')).toBe(0);
  });

  function sourcesOf(bus: EventBus) {
    const dispatcherMode = (): DispatchMode => engine.mode;
    return {
      events: bus,
      readings,
      queues: () => [],
      dispatcherMode,
      inFlight: () => 0,
      clock,
      version: '1',
    };
  }
});

describe('settled runs', () => {
  it('are counted by what became of the job', async () => {
    events.emit('runs.settled', { settlements: Object.values(EVERY_END).map((end) => settlement(end)) });
    const families = await engine.page();

    const counts = ['completed', 'failed', 'dead', 'cancelled', 'snoozed', 'released'].map((status) => [
      status,
      valueOf(families, 'kyu_jobs_processed_total', { status }),
    ]);
    expect(counts).toEqual([
      ['completed', 1],
      ['failed', 2],
      ['dead', 2],
      ['cancelled', 1],
      ['snoozed', 2],
      ['released', 1],
    ]);
    expect(families.get('kyu_jobs_processed_total')?.series).toHaveLength(6);
  });

  it('start from zero for every status, so that the first one shows as an increase', async () => {
    const series = (await engine.page()).get('kyu_jobs_processed_total')?.series ?? [];

    expect(series.map(({ value }) => value)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('count as failures of their type, the last one of a dead job included', async () => {
    const failing = [EVERY_END['failed'], EVERY_END['timedOut'], EVERY_END['exhausted']];
    events.emit('runs.settled', { settlements: failing.map((end) => settlement(end)) });
    events.emit('runs.settled', { settlements: [settlement({ claim: claim({ type: 'report' }) })] });
    const families = await engine.page();

    expect(valueOf(families, 'kyu_job_failures_total', { job_type: 'send_email' })).toBe(3);
    expect(valueOf(families, 'kyu_job_failures_total', { job_type: 'report' })).toBe(0);
    expect(valueOf(families, 'kyu_jobs_dead_total')).toBe(1);
  });

  it('fill the buckets of run time and wait time, in seconds', async () => {
    const claimed = claim({ waitedMs: 40 });
    events.emit('runs.settled', {
      settlements: [
        settlement({ claim: claimed, startedAfterMs: 10, finishedAfterMs: 110 }), // waited 50 ms, ran 100 ms
        settlement({ claim: claimed, startedAfterMs: 10.5, finishedAfterMs: 12 }), // waited 50.5 ms, ran 1.5 ms
        settlement({ claim: claim({ waitedMs: 7_200_000 }), startedAfterMs: 0, finishedAfterMs: 0 }),
      ],
    });
    const families = await engine.page();
    const bucket = (family: string, le: string) =>
      valueOf(families, `${family}_bucket`, { job_type: 'send_email', le });

    const runBuckets = ['0.001', '0.0025', '0.05', '0.1', '3600', '+Inf'];
    expect(runBuckets.map((le) => bucket('kyu_job_run_duration_seconds', le))).toEqual([1, 2, 2, 3, 3, 3]);
    const waitBuckets = ['0.025', '0.05', '0.1', '3600', '+Inf'];
    expect(waitBuckets.map((le) => bucket('kyu_job_wait_seconds', le))).toEqual([0, 1, 2, 2, 3]);
    const labels = { job_type: 'send_email' };
    expect(valueOf(families, 'kyu_job_run_duration_seconds_sum', labels)).toBeCloseTo(0.1015, 9);
    expect(valueOf(families, 'kyu_job_wait_seconds_sum', labels)).toBeCloseTo(7_200.1005, 9);
    expect(valueOf(families, 'kyu_job_wait_seconds_count', labels)).toBe(3);
  });

  it('leave the times alone when a shutdown handed them back', async () => {
    events.emit('runs.settled', {
      settlements: [settlement({ ...EVERY_END['released'], finishedAfterMs: 30_000 })],
    });

    expect(
      valueOf(await engine.page(), 'kyu_job_run_duration_seconds_count', { job_type: 'send_email' }),
    ).toBe(0);
  });

  it('with a time that cannot be read do not spoil the sum', async () => {
    events.emit('runs.settled', {
      settlements: [
        settlement({ claim: claim({ waitedMs: Number.NaN }), startedAfterMs: 4, finishedAfterMs: 3 }),
        settlement({ claim: claim({ waitedMs: 3_000 }), startedAfterMs: 0, finishedAfterMs: 2_000 }),
      ],
    });
    const families = await engine.page();

    expect(valueOf(families, 'kyu_job_wait_seconds_sum', { job_type: 'send_email' })).toBe(3);
    expect(valueOf(families, 'kyu_job_run_duration_seconds_sum', { job_type: 'send_email' })).toBe(2);
  });

  it('of more than 100 job types are counted together from there on', async () => {
    const types = Array.from({ length: MOST_JOB_TYPES + 50 }, (_, number) => `type-${number}`);
    for (const type of [...types, ...types]) {
      events.emit('runs.settled', {
        settlements: [settlement({ ...EVERY_END['failed'], claim: claim({ type }) })],
      });
    }
    const families = await engine.page();
    const failures = families.get('kyu_job_failures_total')?.series ?? [];

    expect(failures).toHaveLength(MOST_JOB_TYPES + 1);
    expect(valueOf(families, 'kyu_job_failures_total', { job_type: 'type-99' })).toBe(2);
    expect(valueOf(families, 'kyu_job_failures_total', { job_type: 'type-100' })).toBeUndefined();
    expect(valueOf(families, 'kyu_job_failures_total', { job_type: 'other' })).toBe(100);
    expect(valueOf(families, 'kyu_job_wait_seconds_count', { job_type: 'other' })).toBe(100);
    expect(valueOf(families, 'kyu_jobs_processed_total', { status: 'failed' })).toBe(300);
  });
});

describe('retention', () => {
  it('F69 is counted by status and by what was done', async () => {
    const retired = { queue: 'shop', status: 'completed', action: 'delete' } as const;
    events.emit('jobs.retired', { ...retired, count: 1_000 });
    events.emit('jobs.retired', { ...retired, count: 7 });
    events.emit('jobs.retired', { ...retired, status: 'dead', action: 'archive', count: 2 });
    expect((await engine.page()).get('kyu_retired_jobs_total')?.series).toMatchObject([
      { labels: { status: 'completed', action: 'delete' }, value: 1_007 },
      { labels: { status: 'dead', action: 'archive' }, value: 2 },
    ]);
  });
});

describe('the engine', () => {
  it('is counted by its events', async () => {
    const error = new Error('away');
    const names = { id: 'a', queue: 'shop', type: 'send_email', workerId: WORKER_ID };
    const rescued = { ...names, priority: 0, run: 2, attempt: 2, cancelReason: null };
    events.emit('jobs.enqueued', {
      queue: 'shop',
      jobs: [
        { id: 'a', type: 'x' },
        { id: 'b', type: 'x' },
      ],
    });
    events.emit('announce.failed', { queue: 'shop', count: 500, error });
    events.emit('runs.claimed', { queue: 'shop', claims: [claim()], hints: 4 });
    events.emit('runs.claimed', { queue: 'shop', claims: [claim(), claim()], hints: 0 });
    events.emit('runs.lost', { settlements: [settlement(), settlement()] });
    events.emit('settle.delayed', { count: 12, error });
    events.emit('jobs.promoted', { queue: 'shop', count: 5 });
    events.emit('jobs.reconciled', { queue: 'shop', count: 6, cause: 'probe' });
    // An ordinary day of a line that is longer than the window.
    events.emit('jobs.reconciled', { queue: 'shop', count: 7_500, cause: 'low' });
    events.emit('jobs.rescued', {
      jobs: [
        { ...rescued, status: 'pending' },
        { ...rescued, status: 'dead' },
      ],
    });
    events.emit('notifier.failed', { notifier: 'slack', lost: 3, error });
    events.emit('heartbeat.failed', { workerId: WORKER_ID, error });
    events.emit('duty.failed', { duty: 'promote', error });
    events.emit('dispatcher.switched', { to: 'postgres', reason: 'Redis is away' });
    const families = await engine.page();

    expect(
      Object.fromEntries(
        [...families].flatMap(([name, { series }]) =>
          name.startsWith('kyu_') && series.length === 1 && Object.keys(series[0]?.labels ?? {}).length === 0
            ? [[name, series[0]?.value]]
            : [],
        ),
      ),
    ).toEqual({
      kyu_jobs_total: 2,
      kyu_announce_failures_total: 1,
      kyu_stale_hints_total: 3,
      kyu_lost_leases_total: 2,
      kyu_settle_delays_total: 1,
      kyu_promoted_jobs_total: 5,
      kyu_reconciled_jobs_total: 6,
      kyu_rescued_jobs_total: 2,
      kyu_jobs_dead_total: 1,
      kyu_notifier_failures_total: 1,
      kyu_heartbeat_failures_total: 1,
      kyu_duty_failures_total: 1,
      kyu_jobs_in_flight: 7,
      kyu_dispatcher_redis_up: 1,
      kyu_oldest_transaction_seconds: 0,
    });
    expect(valueOf(families, 'kyu_dispatcher_switches_total', { to: 'postgres' })).toBe(1);
    expect(valueOf(families, 'kyu_dispatcher_switches_total', { to: 'redis' })).toBe(0);
    expect(valueOf(families, 'kyu_build_info', { version: '1.2.3' })).toBe(1);
  });

  it('says whether Redis is up only where there should be one', async () => {
    engine.mode = 'postgres';
    const withoutRedis = engine.newMetrics({ configuredDispatcher: 'postgres' });

    expect(valueOf(await engine.page(), 'kyu_dispatcher_redis_up')).toBe(0);
    expect(readMetricsPage(await withoutRedis.text()).get('kyu_dispatcher_redis_up')?.series).toEqual([]);
  });
});
