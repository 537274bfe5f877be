import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventBus } from '../../lib/core/event-bus.js';
import { systemClock } from '../../lib/core/system-clock.js';
import { KyuMetrics } from '../../lib/observability/kyu-metrics.js';
import { METRIC_CATALOGUE } from '../../lib/observability/metric-catalogue.js';
import { MetricsServer } from '../../lib/observability/metrics-server.js';
import { FakeReadings, queueReading } from '../support/observability/fake-readings.js';
import { readMetricsPage, valueOf } from '../support/observability/metrics-page.js';
import { EVERY_END, settlement } from '../support/observability/runs.js';
import {
  findPrometheus,
  startPrometheus,
  type PrivatePrometheus,
} from '../support/observability/start-prometheus.js';

const HOST = '127.0.0.1';
const START_MS = 60_000;
/** Prometheus takes five seconds until it scrapes a new target for the first time. */
const DEADLINE_MS = 20_000;
const TEST_MS = 60_000;

const program = findPrometheus();

interface TargetsAnswer {
  data: { activeTargets: { health: string; lastError: string }[] };
}

interface QueryAnswer {
  data: { result: { metric: Record<string, string>; value: [number, string] }[] };
}

describe('the metrics of a process', () => {
  const events = new EventBus();
  const readings = new FakeReadings();
  const metrics = new KyuMetrics({
    events,
    readings,
    queues: () => ['shop', 'reports'],
    dispatcherMode: () => 'redis',
    inFlight: () => 2,
    clock: systemClock,
    version: '1.2.3',
  });
  const server = new MetricsServer({ port: 0, host: HOST, page: metrics });

  beforeAll(async () => {
    const judge = program ?? 'the reader of the tests, because Prometheus is not installed';
    process.stderr.write(`The metrics page is judged by ${judge}.\n`);
    readings.answer = [queueReading({ pending: 12, scheduled: 3, oldestPendingMs: 2_500, liveWorkers: 2 })];
    events.emit('jobs.enqueued', { queue: 'shop', jobs: [{ id: 'a', type: 'send_email' }] });
    events.emit('enqueue.timed', { types: ['send_email'], tookMs: 3 });
    events.emit('jobs.retired', { queue: 'shop', status: 'completed', action: 'delete', count: 7 });
    events.emit('runs.settled', {
      settlements: Object.values(EVERY_END).map((end) => settlement({ ...end, finishedAfterMs: 30 })),
    });
    await server.start();
  });

  afterAll(async () => {
    await server.stop();
    metrics.stop();
  });

  it('are a page that a strict reader accepts', async () => {
    const response = await fetch(`http://${HOST}:${server.port}/metrics`);
    const page = readMetricsPage(await response.text());

    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect([...page.keys()]).toEqual(expect.arrayContaining(METRIC_CATALOGUE.map(({ name }) => name)));
    expect(valueOf(page, 'kyu_queue_depth', { queue: 'shop' })).toBe(12);
    expect(valueOf(page, 'process_resident_memory_bytes')).toBeGreaterThan(0);
  });

  if (program !== undefined) {
    describe('scraped by Prometheus', { timeout: TEST_MS }, () => {
      let prometheus: PrivatePrometheus;

      beforeAll(async () => {
        prometheus = await startPrometheus(program, { targets: [`${HOST}:${server.port}`] });
      }, START_MS);

      afterAll(() => prometheus?.remove());

      const query = async (expression: string) => {
        const answer = (await prometheus.ask(`query?query=${encodeURIComponent(expression)}`)) as QueryAnswer;
        return answer.data.result;
      };
      const valuesOf = async (expression: string) =>
        (await query(expression)).map(({ value }) => Number(value[1]));

      it('make a target that is up', async () => {
        const target = await waitFor(async () => {
          const { data } = (await prometheus.ask('targets')) as TargetsAnswer;
          return data.activeTargets.find(({ health }) => health !== 'unknown');
        });

        expect(target).toMatchObject({ health: 'up', lastError: '' });
        expect(await waitFor(async () => (await query('up == 1'))[0])).toBeDefined();
      });

      it('arrive with their labels, values and buckets', async () => {
        await waitFor(async () => (await query('kyu_build_info'))[0]);

        expect(await valuesOf('kyu_jobs_total')).toEqual([1]);
        expect(await valuesOf('kyu_jobs_processed_total{status="failed"}')).toEqual([2]);
        expect(await valuesOf('kyu_job_failures_total{job_type="send_email"}')).toEqual([4]);
        expect(await valuesOf('kyu_oldest_pending_age_seconds{queue="shop"}')).toEqual([2.5]);
        expect(await valuesOf('kyu_queue_jobs{queue="shop",status="scheduled"}')).toEqual([3]);
        const names = (await query('count by (__name__) ({__name__=~"kyu_.+"})')).map(({ metric }) =>
          (metric['__name__'] ?? '').replace(/_(?:bucket|sum|count)$/, ''),
        );
        expect([...new Set(names)].sort()).toEqual(METRIC_CATALOGUE.map(({ name }) => name).sort());
        // 30 ms lies between the bounds 25 ms and 50 ms, and Prometheus interpolates within them.
        const [median] = await valuesOf(
          'histogram_quantile(0.5, sum by (le) (kyu_job_run_duration_seconds_bucket))',
        );
        expect(median).toBeGreaterThan(0.025);
        expect(median).toBeLessThanOrEqual(0.05);
      });

      it('fall again with the queue', async () => {
        await waitFor(async () => (await valuesOf('kyu_queue_depth{queue="shop"}'))[0] === 12);
        readings.answer = [queueReading()];

        expect(await waitFor(async () => (await valuesOf('kyu_queue_depth{queue="shop"}'))[0] === 0)).toBe(
          true,
        );
      });

      it('stay up without the ledger, whose gauges end', async () => {
        readings.failure = new Error('PostgreSQL is away');
        const ended = await waitFor(async () => (await query('kyu_queue_depth')).length === 0);
        readings.failure = undefined;

        expect(ended).toBe(true);
        expect(await valuesOf('up')).toEqual([1]);
        expect(await valuesOf('kyu_jobs_in_flight')).toEqual([2]);
      });

      it('follow the naming rules of promtool', async () => {
        const { code, output } = await lint(`${program.slice(0, -'prometheus'.length)}promtool`);

        expect(output).toBe('');
        expect(code).toBe(0);
      });
    });
  }

  /** Kyu's families only: prom-client's own break the rules. */
  async function lint(promtool: string): Promise<{ code: number; output: string }> {
    const text = await metrics.registry.metrics();
    return new Promise((resolve) => {
      const child = execFile(promtool, ['check', 'metrics'], (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : 1, output: stdout + stderr }),
      );
      child.stdin?.end(text);
    });
  }
});

/** The first answer that is not empty or false; what there is at the deadline otherwise. */
async function waitFor<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    const answer = await ask();
    if ((answer !== undefined && answer !== false) || performance.now() > deadline) return answer;
    await delay(100); // polls until the deadline
  }
}
