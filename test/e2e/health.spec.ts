import { Controller, Get, Module } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DispatchMode } from '../../lib/core/events.js';
import { KyuHealthIndicator } from '../../lib/kyu.health-indicator.js';
import type { LifecycleState } from '../../lib/observability/health-findings.js';
import { HealthReader } from '../../lib/observability/health-reader.js';
import { FakeReadings, queueReading } from '../support/observability/fake-readings.js';
import { ManualClock } from '../support/observability/manual-clock.js';

const readings = new FakeReadings();
const clock = new ManualClock();
let mode: DispatchMode;
let state: LifecycleState;

@Controller()
class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly kyu: KyuHealthIndicator,
  ) {}

  @Get('health')
  @HealthCheck()
  whole() {
    return this.health.check([() => this.kyu.isHealthy('kyu')]);
  }

  @Get('parts')
  @HealthCheck()
  parts() {
    return this.health.check([
      () => this.kyu.ledger('ledger'),
      () => this.kyu.dispatcher('dispatcher'),
      () => this.kyu.workers('workers'),
      () => this.kyu.backlog('backlog', { oldestPending: '1m' }),
    ]);
  }

  @Get('misspelt')
  @HealthCheck()
  misspelt() {
    return this.health.check([() => this.kyu.backlog('backlog', { oldestPending: '5 minutes' })]);
  }
}

@Module({
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [
    KyuHealthIndicator,
    {
      provide: HealthReader,
      useFactory: () =>
        new HealthReader({
          readings,
          queues: () => ['shop'],
          dispatcherMode: () => mode,
          lifecycle: () => state,
          clock,
        }),
    },
  ],
})
class AppModule {}

interface HealthAnswer {
  status: string;
  details: Record<string, { status: string; message?: string; [fact: string]: unknown }>;
}

let app: INestApplication;
let url: string;

beforeAll(async () => {
  const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
  app = module.createNestApplication({ logger: false });
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
});

afterAll(() => app.close());

beforeEach(() => {
  mode = 'redis';
  state = 'running';
  readings.answer = [queueReading({ pending: 3, oldestPendingMs: 2_000 })];
  readings.failure = undefined;
  // What the test before it saw is kept for a second.
  clock.advance(2_000);
});

async function probe(path = '/health'): Promise<{ http: number; answer: HealthAnswer }> {
  const response = await fetch(url + path);
  return { http: response.status, answer: (await response.json()) as HealthAnswer };
}

async function statusesOfParts() {
  const { http, answer } = await probe('/parts');
  const parts = Object.entries(answer.details).map(([part, { status }]) => [part, status]);
  return { http, status: answer.status, ...Object.fromEntries(parts) };
}

describe('the health of an application', () => {
  it('is up', async () => {
    const { http, answer } = await probe();

    expect([http, answer.status]).toEqual([200, 'ok']);
    expect(answer.details['kyu']).toEqual({
      status: 'up',
      state: 'running',
      ledger: { status: 'up' },
      dispatcher: { status: 'up', mode: 'redis' },
      workers: { status: 'up', state: 'running', liveWorkers: { shop: 1 } },
      backlog: { status: 'up', oldestPendingMs: 2_000 },
    });
    expect(await statusesOfParts()).toEqual({
      http: 200,
      status: 'ok',
      ledger: 'up',
      dispatcher: 'up',
      workers: 'up',
      backlog: 'up',
    });
  });

  it('F111 is degraded, with HTTP 200, while Redis is away', async () => {
    mode = 'postgres';
    const { http, answer } = await probe();

    expect([http, answer.status]).toEqual([200, 'degraded']);
    expect(answer.details['kyu']).toMatchObject({
      status: 'degraded',
      message: 'Redis is away; jobs come from PostgreSQL',
      dispatcher: { status: 'degraded', mode: 'postgres' },
    });
    expect(await statusesOfParts()).toMatchObject({ http: 200, status: 'degraded', dispatcher: 'degraded' });
  });

  it('is degraded when jobs wait without a worker, or for too long', async () => {
    readings.answer = [queueReading({ pending: 3, oldestPendingMs: 61_000, liveWorkers: 0 })];

    expect(await statusesOfParts()).toEqual({
      http: 200,
      status: 'degraded',
      ledger: 'up',
      dispatcher: 'up',
      workers: 'degraded',
      backlog: 'degraded',
    });
    const { answer } = await probe();
    expect(answer.details['kyu']?.message).toBe('no live worker for shop (3 pending)');
  });

  it('F111 is down, with HTTP 503, without the ledger', async () => {
    readings.failure = new Error('connect ECONNREFUSED');
    const { http, answer } = await probe();

    expect([http, answer.status]).toEqual([503, 'error']);
    expect(answer.details['kyu']).toMatchObject({
      status: 'down',
      message: 'PostgreSQL did not answer: connect ECONNREFUSED',
    });
    expect(await statusesOfParts()).toMatchObject({ http: 503, status: 'error', ledger: 'down' });
  });

  it('is down and says draining during a shutdown', async () => {
    state = 'draining';
    const { http, answer } = await probe();

    expect([http, answer.status]).toEqual([503, 'error']);
    expect(answer.details['kyu']).toMatchObject({ status: 'down', message: 'draining', state: 'draining' });
    expect(await statusesOfParts()).toMatchObject({
      http: 503,
      ledger: 'up',
      workers: 'down',
      backlog: 'up',
    });
  });

  it('is refused when it is asked for with a limit that is none', async () => {
    expect((await fetch(`${url}/misspelt`)).status).toBe(500);
    const indicator = app.get(KyuHealthIndicator);

    await expect(indicator.backlog('backlog', { oldestPending: '5 minutes' })).rejects.toMatchObject({
      code: 'KYU_INVALID_QUERY',
      field: 'oldestPending',
    });
  });

  it('asks the ledger once for many probes', async () => {
    const before = readings.pings;
    await Promise.all(Array.from({ length: 20 }, () => probe()));

    expect(readings.pings).toBe(before + 1);
  });
});
