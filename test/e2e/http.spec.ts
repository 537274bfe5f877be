import { Body, Controller, Get, Post } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { JobHandler, KyuConfigError, KyuModule, KyuProducer, KyuWorkers } from 'nestjs-kyu';
import { KyuMetricsModule } from 'nestjs-kyu/metrics';
import { KyuHealthIndicator } from 'nestjs-kyu/terminus';
import { createServer } from 'node:net';
import { Counter, Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../support/eventually.js';
import { closeOnce, startApp, startError, startHttpApp } from '../support/kyu-app.js';
import { freePort } from '../support/stores/free-port.js';
import { startRedis } from '../support/stores/start-redis.js';
import { TestLedger } from '../support/test-ledger.js';

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await TestLedger.open('http');
});

afterAll(() => ledger.close());

class Mailer {
  finish = (): void => {};

  @JobHandler('send_email')
  send({ to }: { to: string }): string {
    return `sent to ${to}`;
  }

  @JobHandler('bounce', { maxRetries: 0 })
  bounce(): void {
    throw new Error('mailbox full');
  }

  @JobHandler('slow')
  async slow(): Promise<void> {
    await new Promise<void>((resolve) => (this.finish = resolve));
  }
}

@Controller()
class SignupController {
  constructor(private readonly kyu: KyuProducer) {}

  @Post('signup')
  async signup(@Body() body: { email: string }): Promise<{ id: string }> {
    const { id } = await this.kyu.enqueue('send_email', { to: body.email });
    return { id };
  }
}

@Controller()
class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly kyu: KyuHealthIndicator,
  ) {}

  @Get('health')
  @HealthCheck()
  check() {
    return this.health.check([() => this.kyu.isHealthy('kyu')]);
  }
}

interface Health {
  readonly http: number;
  readonly status: string;
  readonly kyu: { readonly status: string; readonly state: string; readonly [part: string]: unknown };
}

async function healthAt(url: string): Promise<Health> {
  const response = await fetch(`${url}/health`);
  const { status, details } = (await response.json()) as { status: string; details: { kyu: Health['kyu'] } };
  return { http: response.status, status, kyu: details.kyu };
}

async function pageAt(url: string): Promise<string> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  return response.text();
}

const health = {
  imports: [TerminusModule.forRoot({ logger: false, gracefulShutdownTimeoutMs: 0 })],
  providers: [Mailer, KyuHealthIndicator],
  controllers: [SignupController, HealthController],
};

it('a controller enqueues, and a worker of the same process runs the job', async () => {
  const { url } = await startHttpApp({ ...health, kyu: ledger.options() });
  const response = await fetch(`${url}/signup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'a@b.example' }),
  });
  expect(response.status).toBe(201);
  const { id } = (await response.json()) as { id: string };
  expect(await ledger.ends(id)).toMatchObject({ status: 'completed', result: 'sent to a@b.example' });
});

describe('/health', () => {
  it('is up, and draining from the first moment of a shutdown', async () => {
    const options = ledger.options();
    const { app, url } = await startHttpApp({ ...health, kyu: options });
    expect(await healthAt(url)).toMatchObject({
      http: 200,
      status: 'ok',
      kyu: {
        status: 'up',
        state: 'running',
        ledger: { status: 'up' },
        dispatcher: { status: 'up', mode: 'redis' },
        workers: { status: 'up', liveWorkers: { [options.queueName]: 1 } },
        backlog: { status: 'up' },
      },
    });
    const { id } = await app.get(KyuProducer).enqueue('slow', null);
    await ledger.reaches(id, 'running');
    const closing = closeOnce(app);
    await eventually(async () =>
      expect(await healthAt(url)).toMatchObject({
        http: 503,
        status: 'error',
        kyu: { status: 'down', state: 'draining', message: 'draining' },
      }),
    );
    app.get(Mailer).finish();
    await closing;
    expect(await ledger.job(id)).toMatchObject({ status: 'completed' });
  });

  it('is degraded with HTTP 200 when Redis goes away, jobs still run, and up when it is back', async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.remove());
    // A process that starts its own jobs itself would need neither Redis nor its substitute for them.
    const kyu = ledger.options({ redis: redis.url, localClaim: false });
    const { app, url } = await startHttpApp({ ...health, kyu });
    expect((await healthAt(url)).kyu).toMatchObject({ status: 'up' });
    await redis.stop();
    await eventually(async () =>
      expect(await healthAt(url)).toMatchObject({
        http: 200,
        status: 'degraded',
        kyu: { status: 'degraded', dispatcher: { status: 'degraded', mode: 'postgres' } },
      }),
    );
    const { id } = await app.get(KyuProducer).enqueue('send_email', { to: 'x' });
    await ledger.reaches(id, 'completed', 2_000);
    await redis.start();
    await eventually(async () => expect(await healthAt(url)).toMatchObject({ http: 200, status: 'ok' }));
    const again = await app.get(KyuProducer).enqueue('send_email', { to: 'y' });
    await ledger.reaches(again.id, 'completed', 2_000);
  });

  it('is not degraded without Redis when none is configured', async () => {
    const { url } = await startHttpApp({ ...health, kyu: ledger.options({ redis: false }) });
    expect((await healthAt(url)).kyu).toMatchObject({
      status: 'up',
      dispatcher: { status: 'up', mode: 'postgres' },
    });
  });

  it('is degraded when a queue has jobs and no worker anywhere', async () => {
    const kyu = ledger.options({ autoStart: false });
    const { app, url } = await startHttpApp({ ...health, kyu });
    await app.get(KyuProducer).enqueue('send_email', { to: 'z' });
    expect(await healthAt(url)).toMatchObject({
      http: 200,
      kyu: { status: 'degraded', message: `no live worker for ${kyu.queueName} (1 pending)` },
    });
    await app.get(KyuWorkers).start();
    await eventually(async () => expect((await healthAt(url)).kyu.status).toBe('up'));
  });
});

describe('/metrics', () => {
  it('F105 is served by the application, counts from its start, and the depth falls again', async () => {
    const kyu = ledger.options({ autoStart: false });
    const { app, url } = await startHttpApp({
      providers: [Mailer],
      imports: [KyuModule.forRoot(kyu), KyuMetricsModule.forRoot()],
    });
    const depth = `kyu_queue_depth{queue="${kyu.queueName}"}`;
    const producer = app.get(KyuProducer);
    for (const to of ['a', 'b', 'c']) await producer.enqueue('send_email', { to });
    const failing = await producer.enqueue('bounce', null);
    await eventually(async () => expect(await pageAt(`${url}/metrics`)).toContain(`${depth} 4`));
    await app.get(KyuWorkers).start();
    await ledger.reaches(failing.id, 'dead');
    const page = await eventually(async () => {
      const text = await pageAt(`${url}/metrics`);
      expect(text).toContain(`${depth} 0`);
      expect(text).toContain('kyu_jobs_processed_total{status="completed"} 3');
      return text;
    });
    for (const line of [
      'kyu_jobs_total 4',
      'kyu_jobs_processed_total{status="dead"} 1',
      'kyu_job_failures_total{job_type="bounce"} 1',
      'kyu_jobs_dead_total 1',
      'kyu_job_run_duration_seconds_count{job_type="send_email"} 3',
      'kyu_job_wait_seconds_count{job_type="send_email"} 3',
      'kyu_jobs_in_flight 0',
      'kyu_dispatcher_redis_up 1',
      `kyu_live_workers{queue="${kyu.queueName}"} 1`,
    ]) {
      expect(page.split('\n')).toContain(line);
    }
    expect(page).toContain('process_cpu_user_seconds_total');
  });

  it("may be merged with the application's own registry, under a path of its own, for a named instance", async () => {
    const registry = new Registry();
    new Counter({ name: 'shop_orders_total', help: 'Orders.', registers: [registry] }).inc(7);
    const { url } = await startHttpApp({
      providers: [Mailer],
      imports: [
        KyuModule.forRoot({ ...ledger.options(), name: 'mail', role: 'producer' }),
        KyuMetricsModule.forRoot({ path: '/internal/metrics', registry, instance: 'mail' }),
      ],
    });
    const page = await pageAt(`${url}/internal/metrics`);
    expect(page).toContain('shop_orders_total 7');
    expect(page).toContain('kyu_jobs_total 0');
    expect((await fetch(`${url}/metrics`)).status).toBe(404);
  });

  it('F102 has a port of its own with metricsPort, which is free again after the shutdown', async () => {
    const metricsPort = await freePort();
    const app = await startApp({ providers: [Mailer], kyu: ledger.options({ metricsPort }) });
    const url = `http://127.0.0.1:${metricsPort}/metrics`;
    const { id } = await app.get(KyuProducer).enqueue('send_email', { to: 'd' });
    await ledger.reaches(id, 'completed');
    await eventually(async () =>
      expect(await pageAt(url)).toContain('kyu_jobs_processed_total{status="completed"} 1'),
    );
    await closeOnce(app);
    await expect(fetch(url)).rejects.toThrow('fetch failed');

    const blocker = createServer().listen(metricsPort);
    onTestFinished(() => void blocker.close());
    const error = await startError({ providers: [Mailer], kyu: ledger.options({ metricsPort }) });
    expect(error).toBeInstanceOf(KyuConfigError);
    expect(error.message).toContain(`metricsPort: got ${metricsPort}, which another program listens on`);
    const left = await ledger.sql(`select from kyu_workers where state = 'alive' and pid = $1`, [
      process.pid,
    ]);
    expect(left).toEqual([]);
  });
});
