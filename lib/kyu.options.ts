import type { NestInterceptor, Type } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { RedisSource } from './dispatch/redis-source.js';
import type { CarryFunction } from './core/carried-context.js';
import { KyuConfigError, type ConfigProblem } from './core/errors.js';
import { DEFAULT_DSN, DEFAULT_REDIS } from './core/option-defaults.js';
import type { KyuOptions, ResolvedOptions } from './core/options.js';
import type { KyuNotifier } from './core/ports/notifier.js';
import type { KyuTelemetry } from './core/ports/telemetry.js';
import { describeConnectionString, describeValue } from './core/redact.js';
import { readScheduling } from './core/resolve-scheduling.js';
import { resolveOptions } from './core/resolve-options.js';
import { resolveWatching, type ResolvedWatching } from './core/resolve-watching.js';
import type { ScheduleInput, ScheduleProvider } from './core/schedule.js';
import type { LedgerTarget } from './ledger/connection-options.js';

/** The options of `KyuModule.forRoot` and `forRootAsync`. Every field is optional; `docs/options.md` lists them all. */
export interface KyuModuleOptions extends KyuOptions {
  /** The application's TypeORM data source, instead of `dsn`. Kyu opens connections of its own with its options. */
  dataSource?: DataSource;
  /**
   * URL, ioredis options (Sentinel too), an ioredis instance (its settings are copied), or `false`: PostgreSQL alone.
   * Default `redis://localhost:6379`.
   */
  redis?: RedisSource | false;
  /** Around every handler of this instance; first = outermost. */
  interceptors?: (Type<NestInterceptor> | NestInterceptor)[];
  /** Let the application's global guards, interceptors, pipes and filters apply to jobs too. Default false. */
  inheritAppConfig?: boolean;
  /** Who is told of events: `slack()`, `discord()`, `telegram()`, `webhook()`, or one of your own. Default: nobody. */
  notifiers?: readonly KyuNotifier[];
  /**
   * Asked for each job that is enqueued, in the place that enqueues it: what it answers, a flat record of texts of at
   * most 4 KiB, is `job.context` in the handler. Default: nothing is carried but what a handler's own job carries.
   */
  carry?: CarryFunction;
  /** `kyuOpenTelemetry()` of `nestjs-kyu/otel`: spans and metrics. Default: none, at no cost. */
  telemetry?: KyuTelemetry;
  /** Schedules that every process of this application declares, beside those of `@CronJob`. */
  schedules?: ScheduleInput[];
  /** Where further schedules come from; see `ScheduleProvider`. */
  scheduleProvider?: ScheduleProvider;
}

/** Options as the composition root uses them. */
export interface ResolvedModuleOptions extends ResolvedOptions, ResolvedWatching {
  readonly target: LedgerTarget;
  readonly redis: RedisSource | false;
  readonly interceptors: readonly (Type<NestInterceptor> | NestInterceptor)[];
  readonly inheritAppConfig: boolean;
  /** Checked at bootstrap, when the handlers are known. */
  readonly schedules: readonly ScheduleInput[];
  readonly scheduleProvider: ScheduleProvider | undefined;
  readonly scheduleSyncMs: number;
}

const MODULE_KEYS = [
  'dataSource',
  'redis',
  'interceptors',
  'inheritAppConfig',
  'notifiers',
  'carry',
  'telemetry',
  'schedules',
  'scheduleProvider',
];

/**
 * Every default applied, every mistake named at once.
 * @throws KyuConfigError
 */
export function resolveModuleOptions(options: KyuModuleOptions): ResolvedModuleOptions {
  const problems: ConfigProblem[] = [];
  const resolved = collecting(problems, () => resolveOptions(options, MODULE_KEYS));
  const target = targetOf(options, problems);
  refuseUnusableRedis(options.redis, problems);
  refuseUnusableSwitches(options, problems);
  const watching = resolveWatching(problems, options);
  const scheduling = readScheduling(options, problems);
  if (problems.length > 0 || resolved === undefined) throw new KyuConfigError(problems);
  return {
    ...resolved,
    ...watching,
    target,
    redis: options.redis ?? DEFAULT_REDIS,
    interceptors: options.interceptors ?? [],
    inheritAppConfig: options.inheritAppConfig ?? false,
    ...scheduling,
  };
}

function collecting<Value>(problems: ConfigProblem[], read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof KyuConfigError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

function targetOf({ dsn, dataSource }: KyuModuleOptions, problems: ConfigProblem[]): LedgerTarget {
  if (dataSource === undefined) return { dsn: dsn ?? DEFAULT_DSN };
  if (dsn !== undefined) {
    problems.push({ field: 'dsn', value: 'given beside dataSource', allowed: 'one of the two' });
  }
  const type = typeOf(dataSource);
  if (type !== 'postgres') {
    const value = type === undefined ? describeValue(dataSource) : `a DataSource of type "${type}"`;
    problems.push({ field: 'dataSource', value, allowed: 'a TypeORM DataSource of type "postgres"' });
  }
  return { dataSource };
}

function typeOf(dataSource: DataSource): string | undefined {
  const options: unknown = (dataSource as Partial<DataSource> | null)?.options;
  if (typeof options !== 'object' || options === null || !('type' in options)) return undefined;
  return String(options.type);
}

function refuseUnusableRedis(redis: unknown, problems: ConfigProblem[]): void {
  if (redis === undefined || redis === false) return;
  if (typeof redis === 'object' && redis !== null) return;
  if (typeof redis === 'string' && /^rediss?:\/\//.test(redis) && URL.canParse(redis)) return;
  problems.push({
    field: 'redis',
    value: typeof redis === 'string' ? describeConnectionString(redis) : describeValue(redis),
    allowed: 'a URL such as redis://host:6379, options or an instance of ioredis, or false',
  });
}

function refuseUnusableSwitches(options: KyuModuleOptions, problems: ConfigProblem[]): void {
  const { interceptors, inheritAppConfig } = options;
  if (interceptors !== undefined && !Array.isArray(interceptors)) {
    const allowed = 'a list of interceptor classes or instances';
    problems.push({ field: 'interceptors', value: describeValue(interceptors), allowed });
  }
  if (inheritAppConfig !== undefined && typeof inheritAppConfig !== 'boolean') {
    problems.push({
      field: 'inheritAppConfig',
      value: describeValue(inheritAppConfig),
      allowed: 'true or false',
    });
  }
}
