import { beforeEach, describe, expect, it } from 'vitest';
import type { EventBus } from '../../../lib/core/event-bus.js';
import { MOST_JOB_TYPES } from '../../../lib/observability/metric-catalogue.js';
import { MeteredEngine } from '../../support/observability/metered-engine.js';
import { valueOf } from '../../support/observability/metrics-page.js';
import { claim, EVERY_END, settlement } from '../../support/observability/runs.js';

let engine: MeteredEngine;
let events: EventBus;

beforeEach(() => {
  engine = new MeteredEngine();
  ({ events } = engine);
});

describe('the figures by job type', () => {
  const of = async (name: string, labels: Record<string, string>) =>
    valueOf(await engine.page(), name, labels);

  it('F103 count what was enqueued, what became of it, and errors by their kind', async () => {
    const jobs = ['send_email', 'send_email', 'report'].map((type, index) => ({ id: `j${index}`, type }));
    events.emit('jobs.enqueued', { queue: 'shop', jobs });
    events.emit('runs.settled', { settlements: Object.values(EVERY_END).map((end) => settlement(end)) });

    expect(await of('kyu_jobs_enqueued_total', { job_type: 'send_email' })).toBe(2);
    expect(await of('kyu_jobs_enqueued_total', { job_type: 'report' })).toBe(1);
    expect(await of('kyu_job_runs_total', { job_type: 'send_email', status: 'dead' })).toBe(2);
    expect(await of('kyu_job_runs_total', { job_type: 'send_email', status: 'cancelled' })).toBe(1);
    const errors = ['handler_error', 'timeout', 'discarded', 'retry_after'].map((error_type) =>
      of('kyu_job_errors_total', { job_type: 'send_email', error_type }),
    );
    expect(await Promise.all(errors)).toEqual([2, 1, 1, 0]);
  });

  it('F103 know an error that asked for its own delay, and take the reason of a cancelling for no error', async () => {
    const error = { message: 'come back later', stack: null };
    const ends = [
      settlement({ outcome: 'retry-after', status: 'failed', retryCount: 1, delayMs: 5_000, error }),
      settlement({ outcome: 'cancelled', status: 'cancelled', error }),
      settlement({ outcome: 'expired', status: 'dead', error }),
    ];
    events.emit('runs.settled', { settlements: ends });

    const errors = (await engine.page()).get('kyu_job_errors_total')?.series ?? [];
    expect(errors.map(({ labels, value }) => [labels['error_type'], value])).toEqual([
      ['handler_error', 1],
      ['timeout', 0],
      ['discarded', 0],
      ['retry_after', 1],
    ]);
  });

  it('F104 have the durations of enqueue calls', async () => {
    events.emit('enqueue.timed', { types: ['send_email'], tookMs: 4 });
    events.emit('enqueue.timed', { types: ['send_email', 'report'], tookMs: 40 });

    const labels = { job_type: 'send_email' };
    expect(await of('kyu_enqueue_duration_seconds_count', labels)).toBe(2);
    expect(await of('kyu_enqueue_duration_seconds_sum', labels)).toBeCloseTo(0.044, 9);
    expect(await of('kyu_enqueue_duration_seconds_bucket', { ...labels, le: '0.005' })).toBe(1);
    expect(await of('kyu_enqueue_duration_seconds_count', { job_type: 'report' })).toBe(1);
  });

  it('F104 count no enqueue after stop', async () => {
    const enqueue = (): void => {
      events.emit('jobs.enqueued', { queue: 'shop', jobs: [{ id: 'j1', type: 'send_email' }] });
      events.emit('enqueue.timed', { types: ['send_email'], tookMs: 4 });
    };
    enqueue();
    engine.metrics.stop();
    enqueue();
    expect(await of('kyu_jobs_enqueued_total', { job_type: 'send_email' })).toBe(1);
    expect(await of('kyu_enqueue_duration_seconds_count', { job_type: 'send_email' })).toBe(1);
  });

  it('F107 have at most 101 values of job_type, and those of the other labels are fixed', async () => {
    const types = Array.from({ length: 300 }, (_, number) => `type-${number}`);
    events.emit('jobs.enqueued', { queue: 'shop', jobs: types.map((type) => ({ id: type, type })) });
    for (const type of types) {
      events.emit('enqueue.timed', { types: [type], tookMs: 1 });
      const ends = Object.values(EVERY_END).map((end) => settlement({ ...end, claim: claim({ type }) }));
      events.emit('runs.settled', { settlements: ends });
    }
    const values = new Map<string, Set<string>>();
    for (const [name, { series }] of await engine.page()) {
      if (!name.startsWith('kyu_')) continue;
      for (const { labels } of series) {
        for (const [label, value] of Object.entries(labels)) {
          values.set(`${name} ${label}`, (values.get(`${name} ${label}`) ?? new Set()).add(value));
        }
      }
    }
    const byType = [...values].filter(([key]) => key.endsWith(' job_type'));
    expect(byType.map(([, found]) => found.size)).toEqual(byType.map(() => MOST_JOB_TYPES + 1));
    expect(byType.length).toBeGreaterThan(5);
    const others = [...values].filter(([key]) => !/ (?:job_type|le)$/.test(key));
    expect(Math.max(...others.map(([, found]) => found.size))).toBeLessThan(10);
    expect(await of('kyu_jobs_enqueued_total', { job_type: 'other' })).toBe(200);
  });
});
