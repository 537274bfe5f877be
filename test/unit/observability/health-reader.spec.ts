import { beforeEach, describe, expect, it } from 'vitest';
import type { DispatchMode } from '../../../lib/core/events.js';
import type { LifecycleState } from '../../../lib/observability/health-findings.js';
import { HealthReader } from '../../../lib/observability/health-reader.js';
import { FakeReadings, queueReading } from '../../support/observability/fake-readings.js';
import { ManualClock } from '../../support/observability/manual-clock.js';

const FIVE_MINUTES = 300_000;

let readings: FakeReadings;
let clock: ManualClock;
let mode: DispatchMode;
let state: LifecycleState;
let reader: HealthReader;

beforeEach(() => {
  readings = new FakeReadings();
  readings.answer = [queueReading()];
  clock = new ManualClock();
  mode = 'redis';
  state = 'running';
  reader = newReader({});
});

function newReader(given: { configuredDispatcher?: DispatchMode }): HealthReader {
  return new HealthReader({
    readings,
    queues: () => ['shop', 'reports'],
    dispatcherMode: () => mode,
    lifecycle: () => state,
    clock,
    ...given,
  });
}

describe('the ledger', () => {
  it('is up when it answers', async () => {
    expect(await reader.ledger()).toEqual({ status: 'up' });
  });

  it('is degraded while a forgotten transaction keeps vacuum from its work', async () => {
    readings.transactionMs = 300_000;
    expect(await reader.ledger()).toEqual({ status: 'up' });
    readings.transactionMs = 430_400;
    clock.advance(1_000);
    const finding = await reader.ledger();
    expect(finding).toMatchObject({ status: 'degraded', oldestTransactionMs: 430_400 });
    expect(finding.message).toContain('a transaction has been open for 7m10s');
    expect(await reader.overall(FIVE_MINUTES)).toMatchObject({ status: 'degraded' });
  });

  it('is down when it fails, without the password of its connection', async () => {
    readings.failure = new Error('no route to postgres://kyu:canary@db:5432/kyu');

    expect(await reader.ledger()).toEqual({
      status: 'down',
      message: 'PostgreSQL did not answer: no route to postgres://kyu:***@db:5432/kyu',
    });
  });

  it('is down when it has not answered after a second', async () => {
    readings.stall();
    const probe = reader.ledger();
    clock.advance(1_000);

    expect(await probe).toEqual({
      status: 'down',
      message: 'PostgreSQL did not answer: no answer within 1s',
    });
  });

  it('is asked once for probes that come together, and once a second', async () => {
    await Promise.all([reader.ledger(), reader.overall(FIVE_MINUTES), reader.workers(), reader.backlog(1)]);
    clock.advance(999);
    await reader.overall(FIVE_MINUTES);
    expect([readings.pings, readings.questions]).toEqual([1, [['shop', 'reports']]]);

    clock.advance(1);
    await reader.overall(FIVE_MINUTES);
    expect([readings.pings, readings.questions.length]).toEqual([2, 2]);
  });

  it('is up again one second after it has come back', async () => {
    readings.failure = new Error('starting up');
    const before = await reader.ledger();
    readings.failure = undefined;
    const cached = await reader.ledger();
    clock.advance(1_000);

    expect([before.status, cached.status, (await reader.ledger()).status]).toEqual(['down', 'down', 'up']);
  });
});

describe('the dispatcher', () => {
  it('is degraded while Redis is away, at once and not from the cache', () => {
    expect(reader.dispatcher()).toEqual({ status: 'up', mode: 'redis' });
    mode = 'postgres';
    expect(reader.dispatcher()).toMatchObject({ status: 'degraded', mode: 'postgres' });
  });

  it('is up without Redis where none is configured', () => {
    mode = 'postgres';

    expect(newReader({ configuredDispatcher: 'postgres' }).dispatcher()).toEqual({
      status: 'up',
      mode: 'postgres',
    });
  });
});

describe('the workers', () => {
  it('are up when every queue with pending jobs has one', async () => {
    readings.answer = [
      queueReading({ pending: 3, liveWorkers: 2 }),
      queueReading({ queue: 'reports', liveWorkers: 0 }),
    ];

    expect(await reader.workers()).toEqual({
      status: 'up',
      state: 'running',
      liveWorkers: { shop: 2, reports: 0 },
    });
  });

  it('are degraded when a queue has pending jobs and no worker', async () => {
    readings.answer = [
      queueReading({ liveWorkers: 2 }),
      queueReading({ queue: 'reports', pending: 4, liveWorkers: 0 }),
    ];

    expect(await reader.workers()).toEqual({
      status: 'degraded',
      message: 'no live worker for reports (4 pending)',
      state: 'running',
      liveWorkers: { shop: 2, reports: 0 },
    });
  });

  it.each(['draining', 'stopped'] as const)('are down while this process is %s', async (now) => {
    state = now;

    expect(await reader.workers()).toEqual({ status: 'down', message: now, state: now });
  });

  it('are degraded while this process starts', async () => {
    state = 'starting';

    expect(await reader.workers()).toMatchObject({ status: 'degraded', message: 'starting' });
  });

  it('are unknown without the ledger', async () => {
    readings.failure = new Error('refused');

    expect(await reader.workers()).toEqual({
      status: 'degraded',
      message: 'unknown, because the ledger gave no answer: refused',
    });
  });
});

describe('the backlog', () => {
  it('is degraded when the oldest pending job is older than the limit', async () => {
    readings.answer = [
      queueReading({ pending: 1, oldestPendingMs: FIVE_MINUTES }),
      queueReading({ queue: 'reports', pending: 1, oldestPendingMs: 60_001 }),
    ];

    expect(await reader.backlog(FIVE_MINUTES)).toEqual({ status: 'up', oldestPendingMs: FIVE_MINUTES });
    expect(await reader.backlog(FIVE_MINUTES - 1)).toEqual({
      status: 'degraded',
      message: 'the oldest pending job of shop is older than 4m59s999ms',
      oldestPendingMs: FIVE_MINUTES,
    });
    expect((await reader.backlog(60_000)).message).toContain('of shop, reports is older than 1m');
  });

  it('F58 does not count what waits in a paused queue', async () => {
    readings.answer = [queueReading({ pending: 1, oldestPendingMs: FIVE_MINUTES, paused: true })];

    expect(await reader.backlog(1)).toEqual({ status: 'up', oldestPendingMs: FIVE_MINUTES });
  });

  it('is up when nothing is pending', async () => {
    expect(await reader.backlog(0)).toEqual({ status: 'up', oldestPendingMs: 0 });
  });
});

describe('the whole', () => {
  const overall = async () => {
    const { status, message } = await reader.overall(FIVE_MINUTES);
    return [status, message];
  };

  it('is up, part by part', async () => {
    expect(await reader.overall(FIVE_MINUTES)).toEqual({
      status: 'up',
      state: 'running',
      ledger: { status: 'up' },
      dispatcher: { status: 'up', mode: 'redis' },
      workers: { status: 'up', state: 'running', liveWorkers: { shop: 1 } },
      backlog: { status: 'up', oldestPendingMs: 0 },
    });
  });

  it('is as bad as the worst part, and says why', async () => {
    mode = 'postgres';
    readings.answer = [queueReading({ pending: 2, liveWorkers: 0, oldestPendingMs: 600_000 })];
    expect(await overall()).toEqual([
      'degraded',
      'Redis is away; jobs come from PostgreSQL; no live worker for shop (2 pending); ' +
        'the oldest pending job of shop is older than 5m',
    ]);

    state = 'draining';
    expect(await overall()).toEqual(['down', 'draining']);
  });

  it('is down without the ledger, in one second and with one reason', async () => {
    readings.stall();
    const probe = overall();
    clock.advance(1_000);

    expect(await probe).toEqual(['down', 'PostgreSQL did not answer: no answer within 1s']);
  });
});
