import { beforeEach, describe, expect, it } from 'vitest';
import { queueReading, type FakeReadings } from '../../support/observability/fake-readings.js';
import type { ManualClock } from '../../support/observability/manual-clock.js';
import { MeteredEngine } from '../../support/observability/metered-engine.js';
import { valueOf } from '../../support/observability/metrics-page.js';
import { settlement } from '../../support/observability/runs.js';

const LEDGER_FAMILIES = [
  'kyu_queue_depth',
  'kyu_queue_jobs',
  'kyu_oldest_pending_age_seconds',
  'kyu_live_workers',
  'kyu_queue_paused',
  'kyu_queue_paused_types',
];

let engine: MeteredEngine;
let readings: FakeReadings;
let clock: ManualClock;

beforeEach(() => {
  engine = new MeteredEngine();
  ({ readings, clock } = engine);
});

describe('the gauges of the queues', () => {
  it('come from the ledger at scrape time, so that they fall again', async () => {
    readings.answer = [
      queueReading({
        pending: 4,
        scheduled: 3,
        running: 2,
        failed: 1,
        oldestPendingMs: 1_500,
        liveWorkers: 2,
        paused: true,
        pausedTypes: ['mail', 'report'],
      }),
    ];
    const before = await engine.page();
    readings.answer = [queueReading()];
    clock.advance(1_001);
    const after = await engine.page();

    const queue = 'shop';
    expect(valueOf(before, 'kyu_queue_depth', { queue })).toBe(4);
    expect(valueOf(before, 'kyu_oldest_pending_age_seconds', { queue })).toBe(1.5);
    expect(valueOf(before, 'kyu_live_workers', { queue })).toBe(2);
    expect(valueOf(before, 'kyu_queue_paused', { queue })).toBe(1);
    expect(valueOf(before, 'kyu_queue_paused_types', { queue })).toBe(2);
    const statuses = ['scheduled', 'pending', 'running', 'failed'];
    expect(statuses.map((status) => valueOf(before, 'kyu_queue_jobs', { queue, status }))).toEqual([
      3, 4, 2, 1,
    ]);
    expect(valueOf(after, 'kyu_queue_depth', { queue })).toBe(0);
    expect(valueOf(after, 'kyu_queue_paused', { queue })).toBe(0);
    expect(valueOf(after, 'kyu_queue_paused_types', { queue })).toBe(0);
    expect(valueOf(after, 'kyu_oldest_pending_age_seconds', { queue })).toBe(0);
  });

  it('ask the ledger once per scrape, once per second, and once for scrapes that come together', async () => {
    engine.metrics = engine.newMetrics({ queues: () => ['shop', 'reports'] });
    await Promise.all([engine.page(), engine.page(), engine.page()]);
    expect(readings.questions).toEqual([['shop', 'reports']]);

    clock.advance(999);
    await engine.page();
    expect(readings.questions).toHaveLength(1);

    clock.advance(1);
    await engine.page();
    expect(readings.questions).toHaveLength(2);
  });

  it('are zero for a queue that the ledger has nothing of', async () => {
    engine.metrics = engine.newMetrics({ queues: () => ['shop', 'reports'] });
    readings.answer = [queueReading({ queue: 'shop', pending: 3 })];
    const families = await engine.page();

    expect(valueOf(families, 'kyu_queue_depth', { queue: 'shop' })).toBe(3);
    expect(valueOf(families, 'kyu_queue_depth', { queue: 'reports' })).toBe(0);
  });

  it('are absent, not zero, when the ledger fails, and everything else is there', async () => {
    readings.failure = new Error('PostgreSQL is away');
    engine.events.emit('runs.settled', { settlements: [settlement()] });
    const families = await engine.page();

    for (const name of LEDGER_FAMILIES) expect(families.get(name)?.series, name).toEqual([]);
    expect(valueOf(families, 'kyu_jobs_processed_total', { status: 'completed' })).toBe(1);
  });

  it('are absent when the ledger has not answered after two seconds', async () => {
    readings.stall();
    const scrape = engine.page();
    clock.advance(1_999);
    let ended = false;
    void scrape.then(() => (ended = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(ended).toBe(false);

    clock.advance(1);
    const families = await scrape;

    for (const name of LEDGER_FAMILIES) expect(families.get(name)?.series, name).toEqual([]);
    expect(valueOf(families, 'kyu_jobs_in_flight')).toBe(7);
  });

  it('are not asked for again while a question hangs, and come back with its answer', async () => {
    readings.stall();
    for (let scrapes = 0; scrapes < 3; scrapes += 1) {
      const scrape = engine.page();
      clock.advance(3_000);
      await scrape;
    }
    expect(readings.questions).toHaveLength(1);

    readings.answer = [queueReading({ pending: 9 })];
    readings.resume();
    clock.advance(1_000);
    expect(valueOf(await engine.page(), 'kyu_queue_depth', { queue: 'shop' })).toBe(9);
  });

  it('are asked for anew when a question has been hanging for half a minute', async () => {
    readings.stall();
    const lost = engine.page();
    clock.advance(2_000);
    await lost;
    clock.advance(28_000);
    const next = engine.page();
    clock.advance(2_000);
    await next;

    expect(readings.questions).toHaveLength(2);
    expect(clock.timers).toBe(0);
  });
});

describe('the gauge of the oldest transaction', () => {
  const FAMILY = 'kyu_oldest_transaction_seconds';

  it('says its age in seconds, and zero when there is none', async () => {
    readings.transactionMs = 90_500;
    expect(valueOf(await engine.page(), FAMILY)).toBe(90.5);
    readings.transactionMs = null;
    clock.advance(1_000);
    expect(valueOf(await engine.page(), FAMILY)).toBe(0);
  });

  it('asks the ledger once a second, and once for scrapes that come together', async () => {
    await Promise.all([engine.page(), engine.page()]);
    clock.advance(999);
    await engine.page();
    expect(readings.transactionQuestions).toBe(1);
    clock.advance(1);
    await engine.page();
    expect(readings.transactionQuestions).toBe(2);
  });

  it('is absent, not zero, when the ledger fails', async () => {
    readings.failure = new Error('PostgreSQL is away');
    expect((await engine.page()).get(FAMILY)?.series).toEqual([]);
  });

  it('is absent when the ledger has not answered after two seconds', async () => {
    readings.stall();
    const scrape = engine.page();
    clock.advance(2_000);
    expect((await scrape).get(FAMILY)?.series).toEqual([]);
  });
});
