import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KyuConfigError, type ConfigProblem } from '../../../lib/core/errors.js';
import { OPTION_DEFAULTS } from '../../../lib/core/option-defaults.js';
import type { KyuOptions } from '../../../lib/core/options.js';
import { resolveOptions } from '../../../lib/core/resolve-options.js';

function problemsOf(options: unknown, extraKeys: readonly string[] = []): readonly ConfigProblem[] {
  try {
    resolveOptions(options as KyuOptions, extraKeys);
  } catch (error) {
    expect(error).toBeInstanceOf(KyuConfigError);
    return (error as KyuConfigError).problems;
  }
  return [];
}

/** `{ a: { b: 1 } }` from `a.b` and 1. */
function optionsWith(path: string, value: unknown): object {
  return path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as object;
}

const logger = { log() {}, warn() {}, error() {}, debug() {} };

const EVERY_OPTION: Required<KyuOptions> = {
  name: 'reports',
  role: 'producer',
  dsn: 'postgresql://app:p%40ss@db:5432/shop?sslmode=require',
  listenDsn: 'postgres://app@primary:5432/shop',
  workers: 20,
  queueName: 'shop',
  queues: { shop: 6, reports: { weight: 2, concurrency: 3, defaults: { timeout: '2m' } } },
  queueOrder: 'strict',
  aging: '10m',
  onUnknown: 'dead',
  priorities: { urgent: 100 },
  schema: 'jobs',
  metricsPort: 9_464,
  staleJobTimeout: '20m',
  pool: { maxOpen: 10, maxIdle: 5, maxLifetime: '1h' },
  logger,
  runOnce: true,
  defaults: {
    maxRetries: 5,
    maxAttempts: 6,
    timeout: '1m',
    backoff: { strategy: 'polynomial', base: '2s', factor: 3, power: 2, jitter: 0.5, min: '1s', max: '1h' },
  },
  handlers: { send_email: { queue: 'mail', concurrency: 3, maxRetries: 8, timeout: 0, backoff: () => 5 } },
  migrationsRun: true,
  shutdownGrace: '10s',
  lease: { beat: '1s', length: '3s', watchdog: false },
  pollInterval: 500,
  payloadLimitBytes: 1_024,
  dispatchWindow: 100,
  preparedStatements: false,
  localClaim: false,
  autoStart: false,
  retention: { completed: '7d', batchSize: 100, every: '5m' },
};

describe('resolveOptions', () => {
  it.each([
    undefined,
    {},
    { dsn: undefined, workers: undefined, pool: {}, lease: {}, defaults: {}, handlers: {} },
  ])('answers the defaults for %j', (options) => {
    expect(resolveOptions(options)).toEqual(OPTION_DEFAULTS);
  });

  it('names every mistake in the queues', () => {
    const queues = { 'no queue': 1, shop: 0, reports: '2' } as unknown as Record<string, number>;
    expect(() => resolveOptions({ queues, queueOrder: 'stict' as 'strict' })).toThrow(
      /queues\.\["no queue"\][\s\S]*queues\.shop: got 0[\s\S]*did you mean "strict"/,
    );
  });

  it('reads every option', () => {
    expect(resolveOptions(EVERY_OPTION)).toEqual({
      name: 'reports',
      role: 'producer',
      workers: 20,
      scaling: null,
      queueName: 'shop',
      queues: new Map([
        ['shop', 6],
        ['reports', 2],
      ]),
      queueLimits: new Map([['reports', 3]]),
      queueDefaults: new Map([['reports', { timeoutMs: 120_000 }]]),
      queueOrder: 'strict',
      agingMs: 600_000,
      onUnknown: 'dead',
      priorities: new Map([['urgent', 100]]),
      schema: 'jobs',
      metricsPort: 9_464,
      staleJobTimeoutMs: 1_200_000,
      pool: { maxOpen: 10, maxIdle: 5, maxLifetimeMs: 3_600_000 },
      runOnce: true,
      maxRetries: 5,
      timeoutMs: 60_000,
      backoff: {
        strategy: 'polynomial',
        baseMs: 2_000,
        factor: 3,
        power: 2,
        jitter: 0.5,
        minMs: 1_000,
        maxMs: 3_600_000,
      },
      errors: [],
      handlers: new Map(Object.entries(EVERY_OPTION.handlers)),
      migrationsRun: true,
      shutdownGraceMs: 10_000,
      beatMs: 1_000,
      leaseMs: 3_000,
      watchdog: false,
      pollIntervalMs: 500,
      payloadLimitBytes: 1_024,
      dispatchWindow: 100,
      listenDsn: 'postgres://app@primary:5432/shop',
      preparedStatements: false,
      localClaim: false,
      autoStart: false,
      retention: {
        rules: [
          { status: 'completed', keepForMs: 604_800_000, action: 'delete', onlyTypes: null, exceptTypes: [] },
        ],
        batchSize: 100,
        everyMs: 300_000,
      },
    });
  });

  it('reads options from an instance of a class, getters included', () => {
    class Settings {
      queueName = 'shop';

      get workers(): number {
        return 7;
      }
    }
    expect(resolveOptions(new Settings())).toMatchObject({ queueName: 'shop', workers: 7 });
  });

  it('reads whole numbers from text, because environment variables are text', () => {
    expect(resolveOptions({ workers: '20', metricsPort: '9464' } as unknown as KyuOptions)).toMatchObject({
      workers: 20,
      metricsPort: 9_464,
    });
  });

  it('counts maxAttempts with the first run (F10)', () => {
    expect(resolveOptions({ defaults: { maxAttempts: 1 } }).maxRetries).toBe(0);
    expect(resolveOptions({ defaults: { maxAttempts: 25 } }).maxRetries).toBe(24);
    expect(resolveOptions({ defaults: { maxAttempts: 4, maxRetries: 3 } }).maxRetries).toBe(3);
  });

  it('takes a backoff of one field over the default policy, and a function as it is', () => {
    expect(resolveOptions({ defaults: { backoff: { base: '5s' } } }).backoff).toEqual({
      ...(OPTION_DEFAULTS.backoff as object),
      baseMs: 5_000,
    });
    const backoff = (): number => 1;
    expect(resolveOptions({ defaults: { backoff } }).backoff).toBe(backoff);
  });

  it('keeps fewer idle connections when fewer may be open', () => {
    expect(resolveOptions({ pool: { maxOpen: 4 } }).pool).toMatchObject({ maxOpen: 4, maxIdle: 4 });
  });

  it.each([
    ['workers', [1, 10_000], [0, 10_001, -1, 1.5, Number.NaN, '', 'five', '5.5', '0x5', true, null, []]],
    ['workers.max', [1, 10_000], [0, 10_001, undefined, 'many']],
    ['aging', [0, '10m'], [-1, '25d', null]],
    ['onUnknown', ['leave', 'dead'], ['Dead', null, false]],
    ['metricsPort', [0, 65_535], [-1, 65_536, 80.5, null]],
    ['payloadLimitBytes', [1_024, 67_108_864], [1_023, 67_108_865, 0, '1mb']],
    ['dispatchWindow', [100, 1_000_000], [99, 1_000_001, Number.POSITIVE_INFINITY]],
    ['pool.maxOpen', [25, 10_000], [0, 10_001, -5]],
    ['pool.maxIdle', [0, 25], [-1, 26]],
    ['pool.maxLifetime', [0, '5m'], [-1, 'soon', '30d']],
    ['lease.beat', [10, '3s'], [0, 9, '4s', 'often']],
    ['lease.length', ['6s', '1h'], ['5s', 0, 'long']],
    ['staleJobTimeout', [1, '10d'], [0, -1, '10 min']],
    ['shutdownGrace', [0, '24d'], [-1, '25d', null]],
    ['pollInterval', [10, '1m'], [0, 9, '']],
    ['name', ['default', 'a.b'], ['', 'a b', 5]],
    ['queueName', ['kyu:default'], ['', '{shop}', null, 'x'.repeat(129)]],
    ['schema', ['kyu', '_jobs'], ['', 'Kyu', 'pg_kyu', 'a-b', 5]],
    ['role', ['worker', 'producer'], ['Worker', 'workr', '', null, 1]],
    ['runOnce', [true, false], ['false', 0, null]],
    ['migrationsRun', [true], ['yes']],
    ['preparedStatements', [false], ['no']],
    ['localClaim', [false], [1]],
    ['autoStart', [false], [1]],
    ['logger', [logger, console], [null, {}, 'console', { ...logger, warn: 'no' }, false]],
    ['pool', [{}], [null, 5, [], 'big']],
    ['lease', [{}], [null, '10s']],
    ['handlers', [{}], [null, [], 'send_email']],
    ['handlers.send_email', [{}, undefined], [null, 5]],
    ['handlers.send_email.concurrency', [1, 10_000], [0, -1, 1.5, 10_001, 'many']],
    ['handlers.send_email.queue', ['mail'], ['', 'a b']],
    ['handlers.send_email.timeout', [0, '1h'], [-1, '25d']],
    ['handlers.send_email.maxRetries', [0, 10_000], [-1, 10_001, 0.5]],
    ['handlers.send_email.backoff.jitter', [0, 1], [1.1, -0.1, '10%']],
    ['defaults.maxRetries', [0, 10_000], [-1, 10_001]],
    ['defaults.maxAttempts', [1, 10_001], [0, 10_002, -1]],
    ['defaults.timeout', [0, '30s'], [-1, '', 'never', '25d']],
    ['defaults.backoff', [{}, () => 1], [null, 'exponential', [], 5]],
    ['defaults.backoff.strategy', ['fixed', 'exponential'], ['linear', 'exponental', null]],
    ['defaults.backoff.base', [0, '1s'], [-1, 'x']],
    ['defaults.backoff.factor', [1, 1.5, 1_000], [0.5, -2, 1_001, Number.NaN, '2']],
    ['defaults.backoff.power', [0, 4, 100], [-1, 101]],
    ['defaults.backoff.jitter', [0, 0.1, 1], [-0.1, 1.1, Number.NaN, '0.1']],
    ['defaults.backoff.max', [0, '10d'], [-1, 'forever']],
    [
      'dsn',
      ['postgres://db/shop', 'postgres://a:b@/shop'],
      ['', 'mysql://db', 'postgres:/db', 5, null, 'db:5432'],
    ],
  ])('holds %s to its bounds', (path, good, bad) => {
    for (const value of good) expect(problemsOf(optionsWith(path, value))).toEqual([]);
    for (const value of bad) {
      const problems = problemsOf(optionsWith(path, value));
      // A wrong `lease.beat` is a matter of `lease.length` as well.
      expect(problems.map((problem) => problem.field)).toEqual([
        path === 'lease.beat' && value === '4s' ? 'lease.length' : path,
      ]);
      expect(problems[0]?.value).not.toBe('');
      expect(problems[0]?.allowed).not.toBe('');
    }
  });

  it.each([
    ['wrokers', 'wrokers', 'workers'],
    ['queuename', 'queuename', 'queueName'],
    ['pool.maxOpne', 'pool.maxOpne', 'maxOpen'],
    ['lease.lenght', 'lease.lenght', 'length'],
    ['defaults.maxRetry', 'defaults.maxRetry', 'maxRetries'],
    ['defaults.backoff.jiter', 'defaults.backoff.jiter', 'jitter'],
    ['handlers.send_email.concurency', 'handlers.send_email.concurency', 'concurrency'],
    ['handlers.send_email.backoff.bse', 'handlers.send_email.backoff.bse', 'base'],
    ['somethingElse', 'somethingElse', undefined],
  ])('does not know %s, and says what is meant', (path, field, suggestion) => {
    const [problem, ...others] = problemsOf(optionsWith(path, 5));
    expect(others).toEqual([]);
    expect(problem?.field).toBe(field);
    expect(problem?.suggestion).toBe(suggestion);
    if (suggestion !== undefined) expect(problem?.allowed).toContain(suggestion);
  });

  it('suggests the nearest choice for a misspelt value', () => {
    expect(problemsOf({ role: 'produser' })[0]).toMatchObject({ field: 'role', suggestion: 'producer' });
  });

  it('leaves keys that name a technology to others, and suggests them', () => {
    const extraKeys = ['dataSource', 'redis', 'interceptors', 'inheritAppConfig'];
    expect(problemsOf({ dataSource: {}, redis: false, interceptors: [] }, extraKeys)).toEqual([]);
    expect(problemsOf({ redis: false })).toHaveLength(1);
    expect(problemsOf({ dataSuorce: {} }, extraKeys)[0]?.suggestion).toBe('dataSource');
  });

  it('finds every mistake at once', () => {
    const problems = problemsOf({
      wrokers: 5,
      workers: 0,
      dsn: 'mysql://db',
      pool: { maxOpen: 2, maxIdle: 3 },
      lease: { beat: '5s' },
      defaults: { maxRetries: 3, maxAttempts: 3, backoff: { jitter: 2, min: '2d' } },
      handlers: { 'send email': { concurrency: 0 }, report: { quue: 'x' } },
    });
    const fields = problems.map((problem) => problem.field);
    expect(fields.sort()).toEqual(
      [
        'wrokers',
        'workers',
        'dsn',
        'pool.maxIdle',
        'lease.length',
        'defaults.maxAttempts',
        'defaults.backoff',
        'defaults.backoff.jitter',
        'handlers.["send email"]',
        'handlers.["send email"].concurrency',
        'handlers.report.quue',
      ].sort(),
    );
  });

  it('says which default a lease is too short with', () => {
    expect(problemsOf({ lease: { beat: '4s' } })).toEqual([
      { field: 'lease.length', value: '10s (the default)', allowed: 'at least 12s, 3 × lease.beat' },
    ]);
  });

  it.each([null, 5, 'options', [], true])('refuses %j in place of options', (options) => {
    expect(problemsOf(options)).toMatchObject([{ field: 'options', allowed: 'an object' }]);
  });

  it.each([
    'mysql://app:hunter2@db/shop',
    'postgress://app:hunter2@db/shop',
    'postgres//app:hunter2@db/shop',
    'app:hunter2@db:5432/shop',
    'postgres://app:hunter2%zz@db/shop',
    'postgres://app:hunter2@db:port/shop',
    'postgres://app:hunter2',
    'host=db password=hunter2',
    ['postgres://app:hunter2@db/shop'],
    { password: 'hunter2' },
  ])('does not show the password of an unusable dsn: %j', (dsn) => {
    const error = errorOf(dsn);
    expect(error.problems.map((problem) => problem.field)).toEqual(['dsn', 'listenDsn']);
    expect(`${error.message} ${JSON.stringify(error.problems)} ${error.stack}`).not.toContain('hunter2');
  });

  it('does not show the value of an unknown option, which may be a secret', () => {
    const problems = problemsOf({ redisPasword: 'hunter2', dns: 'hunter2' });
    expect(problems).toHaveLength(2);
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });

  it('does not take keys from a prototype for handlers or options', () => {
    const options = JSON.parse(
      '{"__proto__": {"workers": 0}, "handlers": {"constructor": {}}}',
    ) as KyuOptions;
    expect(problemsOf(options).map((problem) => problem.field)).toEqual(['__proto__']);
    expect(resolveOptions({ handlers: {} }).handlers.get('constructor')).toBeUndefined();
  });

  it('answers options or a KyuConfigError, for anything at all', () => {
    const keys = fc.constantFrom(...Object.keys(EVERY_OPTION));
    const options = fc.dictionary(keys, fc.anything());
    fc.assert(
      fc.property(fc.oneof(options, fc.anything()), (given) => {
        const problems = problemsOf(given);
        expect(problems.every((problem) => problem.value.length <= 80)).toBe(true);
      }),
    );
  });
});

function errorOf(dsn: unknown): KyuConfigError {
  try {
    resolveOptions({ dsn, listenDsn: dsn } as KyuOptions);
  } catch (error) {
    if (error instanceof KyuConfigError) return error;
  }
  throw new Error('the dsn was accepted');
}
