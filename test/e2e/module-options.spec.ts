import { Injectable, Module, type LoggerService } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import { Redis } from 'ioredis';
import {
  JobHandler,
  KyuConfigError,
  KyuModule,
  KyuProducer,
  LedgerUnavailableError,
  type KyuModuleOptions,
  type KyuOptionsFactory,
} from 'nestjs-kyu';
import { inspect } from 'node:util';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { resolveModuleOptions } from '../../lib/kyu.options.js';
import { eventually } from '../support/eventually.js';
import { closeOnce, startApp, startError, type AppSpec } from '../support/kyu-app.js';
import { freePort } from '../support/stores/free-port.js';
import { TestLedger } from '../support/test-ledger.js';

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await TestLedger.open('options');
});

afterAll(() => ledger.close());

@Injectable()
class Echo {
  @JobHandler('echo')
  run(payload: unknown): unknown {
    return payload;
  }
}

/** Sends jobs through the dispatcher, whichever it is: a process may start its own jobs without it. */
const DISPATCHED = { localClaim: false };

/** Enqueues one job and waits for its result: PostgreSQL works, and with `DISPATCHED` what dispatches does so too. */
async function expectRoundTrip(spec: AppSpec): Promise<void> {
  const app = await startApp({ providers: [Echo], ...spec });
  const { id } = await app.get(KyuProducer).enqueue('echo', { said: 'hello' });
  expect(await ledger.ends(id)).toMatchObject({ status: 'completed', result: { said: 'hello' } });
}

describe('the module', () => {
  it('takes its options as they are (forRoot)', async () => {
    await expectRoundTrip({ kyu: ledger.options() });
  });

  it('takes them from a factory (useFactory), which may need time and other providers', async () => {
    const SETTINGS = 'settings';
    @Module({ providers: [{ provide: SETTINGS, useValue: ledger.options() }], exports: [SETTINGS] })
    class SettingsModule {}

    const kyu = KyuModule.forRootAsync({
      imports: [SettingsModule],
      inject: [SETTINGS],
      useFactory: (settings: KyuModuleOptions) => Promise.resolve(settings),
    });
    await expectRoundTrip({ imports: [kyu] });
  });

  it('refuses a name that a factory answers, because it comes too late', async () => {
    const useFactory = () => ({ ...ledger.options(), name: 'reports' });
    const error = await startError({ imports: [KyuModule.forRootAsync({ useFactory })] });
    expect(error).toBeInstanceOf(KyuConfigError);
    expect(error.message).toMatch(/name: got "reports" from the factory, allowed: a name beside useFactory/);
    const named = KyuModule.forRootAsync({ name: 'reports', useFactory });
    await startApp({ imports: [named], providers: [] });
  });

  @Injectable()
  class Settings implements KyuOptionsFactory {
    createKyuOptions(): KyuModuleOptions {
      return ledger.options();
    }
  }

  it('takes them from a class of its own (useClass)', async () => {
    await expectRoundTrip({ imports: [KyuModule.forRootAsync({ useClass: Settings })] });
  });

  it('takes them from a provider of the application (useExisting)', async () => {
    @Module({ providers: [Settings], exports: [Settings] })
    class SettingsModule {}

    const kyu = KyuModule.forRootAsync({ imports: [SettingsModule], useExisting: Settings });
    await expectRoundTrip({ imports: [kyu] });
  });

  it('keeps its providers to those who import it with isGlobal: false', async () => {
    @Injectable()
    class Signup {
      constructor(readonly kyu: KyuProducer) {}
    }
    @Module({ providers: [Signup] })
    class SignupModule {}

    const options = ledger.options();
    const shared = await startApp({ imports: [SignupModule], kyu: options });
    expect(shared.get(Signup, { strict: false }).kyu).toBe(shared.get(KyuProducer));

    const error = await startError({ imports: [SignupModule], kyu: { ...options, isGlobal: false } });
    expect(error.message).toContain("Nest can't resolve dependencies of the Signup");
  });
});

describe('the defaults', () => {
  it('of what the seeds list', () => {
    expect(resolveModuleOptions({})).toMatchObject({
      target: { dsn: 'postgres://localhost:5432/kyu' },
      redis: 'redis://localhost:6379',
      workers: 5,
      queueName: 'kyu:default',
      metricsPort: 0,
      staleJobTimeoutMs: 600_000,
      pool: { maxOpen: 25, maxIdle: 25, maxLifetimeMs: 300_000 },
      runOnce: false,
    });
  });

  it('are what an application runs with that says nothing but where its stores are', async () => {
    const stores = { dsn: inject('databaseUrl'), redis: inject('redisUrl'), schema: ledger.schema };
    const lines: unknown[][] = [];
    const remember = (...line: unknown[]): void => void lines.push(line);
    const nestLogger = { log: remember, warn: remember, error: remember, debug: remember };
    const app = await startApp({ providers: [Echo], kyu: stores, nestLogger });
    const { id } = await app.get(KyuProducer).enqueue('echo', 1);
    expect(await ledger.ends(id)).toMatchObject({
      queue: 'kyu:default',
      priority: 0,
      max_retries: 3,
      timeout_ms: '30000',
      result: 1,
    });
    const workers = await ledger.sql(`select queues, concurrency from kyu_workers where state = 'alive'`);
    expect(workers).toEqual([{ queues: ['kyu:default'], concurrency: 5 }]);
    // `logger` is Nest's own.
    const started = lines.find(([message]) => String(message).startsWith('Kyu started'));
    expect(started?.at(-1)).toBe('Kyu');
  });
});

describe('mistakes in the options', () => {
  it('are reported together, each with field, value, what is allowed, and the nearest valid name', async () => {
    const options = {
      ...ledger.options(),
      workers: 0,
      queueNmae: 'shop',
      metricsPort: 70_000,
      staleJobTimeout: 'soon',
      pool: { maxOpen: 2, maxIdle: 5 },
      role: 'worker ',
      redis: 'http://localhost',
      runOnce: 'yes',
      defaults: { backoff: { stratgy: 'fixed' } },
      handlers: { send_email: { concurency: 3 } },
    } as unknown as KyuModuleOptions;
    const error = await startError({ kyu: options });

    expect(error).toBeInstanceOf(KyuConfigError);
    const { code, problems, remedy } = error as KyuConfigError;
    expect([code, remedy]).toEqual(['KYU_CONFIG', expect.stringContaining('docs/options.md')]);
    expect(problems).toEqual(
      expect.arrayContaining([
        { field: 'workers', value: '0', allowed: 'a whole number from 1 to 10000' },
        expect.objectContaining({ field: 'queueNmae', suggestion: 'queueName' }),
        { field: 'metricsPort', value: '70000', allowed: 'a whole number from 0 to 65535' },
        expect.objectContaining({ field: 'staleJobTimeout', value: '"soon"' }),
        expect.objectContaining({ field: 'pool.maxIdle', value: '5', allowed: expect.stringContaining('2') }),
        {
          field: 'role',
          value: '"worker "',
          allowed: "'worker' or 'producer'",
          suggestion: 'worker',
        },
        expect.objectContaining({ field: 'redis', value: '"http://localhost"' }),
        { field: 'runOnce', value: '"yes"', allowed: 'true or false' },
        expect.objectContaining({ field: 'defaults.backoff.stratgy', suggestion: 'strategy' }),
        expect.objectContaining({ field: 'handlers.send_email.concurency', suggestion: 'concurrency' }),
      ]),
    );
    expect(problems).toHaveLength(10);
    for (const { field, suggestion } of problems) {
      expect(error.message).toContain(`\n  - ${field}: got `);
      if (suggestion !== undefined) expect(error.message).toContain(`did you mean "${suggestion}"?`);
    }
  });

  it('of a handler stop the start and name it', async () => {
    @Injectable()
    class Wrong {
      @JobHandler('wrong', { timeout: '5 minutes', concurrency: 0 })
      run(): void {}
    }
    const error = await startError({ providers: [Wrong], kyu: ledger.options() });
    expect(error).toBeInstanceOf(KyuConfigError);
    expect(error.message).toContain('timeout: got "5 minutes"');
    expect(error.message).toContain('concurrency: got 0');
    expect(error.message).toContain('wrong');
  });

  it('include dsn beside dataSource, and a dataSource of another database', async () => {
    const dataSource = { options: { type: 'mysql' } } as DataSource;
    const error = await startError({ kyu: { dsn: inject('databaseUrl'), dataSource } });
    expect((error as KyuConfigError).problems).toMatchObject([
      { field: 'dsn', value: 'given beside dataSource' },
      { field: 'dataSource', value: 'a DataSource of type "mysql"' },
    ]);
  });
});

describe('a password', () => {
  const CANARY = 'canary-Tr0ub4dor';

  /** Everything that a start says to anybody: its error in full depth, Nest's log, and Kyu's. */
  async function everythingSaid(kyu: KyuModuleOptions): Promise<{ error: Error; text: string }> {
    const said: unknown[] = [];
    const remember = (...line: unknown[]): void => void said.push(line);
    const nestLogger: LoggerService = { log: remember, warn: remember, error: remember, fatal: remember };
    const error = await startError({ kyu, nestLogger });
    const text = inspect([error, said], { depth: Infinity, showHidden: true });
    expect(text).toContain(error.message.slice(0, 20));
    return { error, text };
  }

  it('of an unreachable PostgreSQL is nowhere in the error and in the log', async () => {
    const port = await freePort();
    const dsn = `postgres://kyu:${CANARY}@127.0.0.1:${port}/kyu`;
    const { error, text } = await everythingSaid({ dsn, redis: false });
    expect(error).toBeInstanceOf(LedgerUnavailableError);
    expect(error).toMatchObject({ code: 'KYU_LEDGER_UNAVAILABLE', remedy: expect.stringContaining('Check') });
    expect(text).not.toContain(CANARY);
  });

  it('that PostgreSQL refuses is not either', async () => {
    const url = new URL(inject('databaseUrl'));
    url.username = 'nobody_of_that_name';
    url.password = CANARY;
    const { error, text } = await everythingSaid({ dsn: url.href, redis: false });
    expect(error).toBeInstanceOf(LedgerUnavailableError);
    expect(text).not.toContain(CANARY);
  });

  it('of the data source that the application gives is not either', async () => {
    const port = await freePort();
    const dataSource = new DataSource({
      type: 'postgres',
      host: '127.0.0.1',
      port,
      username: 'kyu',
      password: CANARY,
    });
    const { error, text } = await everythingSaid({ dataSource, redis: false });
    expect(error).toBeInstanceOf(LedgerUnavailableError);
    expect(text).not.toContain(CANARY);
  });

  it.each([
    ['dsn', `postgres//kyu:${CANARY}@localhost/kyu`],
    ['dsn', `postgres://kyu:${CANARY}%@localhost/kyu`],
    ['dsn', `kyu:${CANARY}@localhost`],
    ['redis', `redis//:${CANARY}@localhost:6379`],
    ['redis', `redis://:${CANARY}@local host:6379`],
    ['redsi', `redis://:${CANARY}@localhost:6379`],
  ])('in an ill-formed or misspelt %s is masked', async (field, value) => {
    const { error, text } = await everythingSaid({ redis: false, [field]: value });
    expect(error).toMatchObject({ code: 'KYU_CONFIG', field });
    expect(text).not.toContain(CANARY);
  });

  it('of a Redis that is away is in no log line, and jobs run without it', async () => {
    const redis = `redis://:${CANARY}@127.0.0.1:${await freePort()}`;
    const kyu = ledger.options({ redis, ...DISPATCHED });
    await expectRoundTrip({ kyu });
    const text = inspect(kyu.logger.lines, { depth: Infinity, showHidden: true });
    expect(text).toContain('without Redis');
    expect(text).not.toContain(CANARY);
  });
});

describe('the stores', () => {
  it("come from the application's DataSource and ConfigService, as the guide shows it", async () => {
    const environment = {
      DATABASE_URL: inject('databaseUrl'),
      REDIS_URL: inject('redisUrl'),
      MAIL_CONCURRENCY: '2',
    };
    const base = ledger.options();
    const imports = [
      ConfigModule.forRoot({ ignoreEnvFile: true, ignoreEnvVars: true, load: [() => environment] }),
      TypeOrmModule.forRootAsync({
        imports: [ConfigModule],
        inject: [ConfigService],
        useFactory: (config: ConfigService) => ({ type: 'postgres', url: config.get('DATABASE_URL') }),
      }),
      KyuModule.forRootAsync({
        imports: [ConfigModule],
        inject: [ConfigService, DataSource],
        useFactory: (config: ConfigService, dataSource: DataSource) => ({
          dataSource,
          redis: config.get('REDIS_URL'),
          workers: 20,
          queueName: base.queueName,
          schema: ledger.schema,
          logger: base.logger,
          defaults: {
            maxRetries: 5,
            timeout: '30s',
            backoff: { strategy: 'exponential', base: '1s', jitter: 0.1 },
          },
          handlers: { echo: { concurrency: config.get('MAIL_CONCURRENCY') } },
          migrationsRun: true,
          pollInterval: base.pollInterval,
          ...DISPATCHED,
        }),
      }),
    ];
    const app = await startApp({ imports, providers: [Echo] });
    const { id } = await app.get(KyuProducer).enqueue('echo', 'through both');
    expect(await ledger.ends(id)).toMatchObject({ result: 'through both', max_retries: 5 });
    expect(base.logger.lines.map(({ message }) => message).join('\n')).toMatch(
      /echo +Echo\.run .*concurrency 2/,
    );
    // Kyu has connections of its own: the pool of the application is as the application left it.
    const source = app.get<DataSource>(getDataSourceToken());
    expect(source.options.entities ?? []).toEqual([]);
    expect(source.subscribers).toEqual([]);
    await closeOnce(app);
  });

  it('may be PostgreSQL alone (redis: false)', async () => {
    const kyu = ledger.options({ redis: false, ...DISPATCHED });
    await expectRoundTrip({ kyu });
    expect(kyu.logger.lines.map(({ message }) => message).join('\n')).toMatch(/stores +PostgreSQL .*alone/);
  });

  it('may be Redis by URL, by options, or by an instance, which stays the application’s own', async () => {
    const { hostname, port } = new URL(inject('redisUrl'));
    const instance = new Redis(inject('redisUrl'), { lazyConnect: true });
    onTestFinished(() => instance.disconnect());
    for (const redis of [inject('redisUrl'), { host: hostname, port: Number(port) }, instance]) {
      const kyu = ledger.options({ redis, ...DISPATCHED });
      await expectRoundTrip({ kyu });
      await eventually(() =>
        expect(kyu.logger.lines.map(({ message }) => message).join('\n')).toContain('Redis (connected)'),
      );
    }
    expect(instance.status).toBe('wait');
    await instance.connect();
    expect(await instance.ping()).toBe('PONG');
  });
});
