import { formatDuration } from './duration.js';
import { KyuConfigError, type ConfigProblem } from './errors.js';
import { JOB_DEFAULT_KEYS, readHandlerOptions, readJobDefaults } from './handler-settings.js';
import { isName, isSchemaName, NAME_RULE, SCHEMA_RULE } from './names.js';
import { isTypeOrPattern, TYPE_OR_PATTERN_RULE } from './type-pattern.js';
import { OPTION_DEFAULTS } from './option-defaults.js';
import type { HandlerOptions, KyuOptions, LeaseOptions, PoolOptions, ResolvedOptions } from './options.js';
import {
  AGING,
  BEATS_PER_LEASE,
  DISPATCH_WINDOW,
  IDLE_CONNECTIONS,
  OPEN_CONNECTIONS,
  OUTER_BOUND,
  PAYLOAD_BYTES,
  PERIOD,
  PORT,
  PRIORITY,
  TIME_LIMIT,
} from './option-rules.js';
import { OptionScope, type KeysOf } from './option-scope.js';
import { readDsn, refuseUnusableLogger } from './outside-options.js';
import { hasCrossedBounds, overlayBackoff } from './resolve-backoff.js';
import { readQueues } from './resolve-queues.js';
import { readWorkers } from './resolve-workers.js';
import { readRetention } from './resolve-retention.js';

const OPTION_KEYS: KeysOf<KyuOptions> = {
  name: true,
  role: true,
  dsn: true,
  listenDsn: true,
  workers: true,
  queueName: true,
  queues: true,
  queueOrder: true,
  aging: true,
  onUnknown: true,
  priorities: true,
  schema: true,
  metricsPort: true,
  staleJobTimeout: true,
  pool: true,
  logger: true,
  runOnce: true,
  defaults: true,
  handlers: true,
  migrationsRun: true,
  shutdownGrace: true,
  lease: true,
  pollInterval: true,
  payloadLimitBytes: true,
  dispatchWindow: true,
  preparedStatements: true,
  localClaim: true,
  autoStart: true,
  retention: true,
};
const POOL_KEYS: KeysOf<PoolOptions> = { maxOpen: true, maxIdle: true, maxLifetime: true };
const LEASE_KEYS: KeysOf<LeaseOptions> = { beat: true, length: true, watchdog: true };

/**
 * Options with every default applied, or one error with every mistake in them.
 * `extraKeys` are keys that name a technology; whoever knows it checks their values.
 * @throws KyuConfigError
 */
export function resolveOptions(
  options: KyuOptions | undefined,
  extraKeys: readonly string[] = [],
): ResolvedOptions {
  const problems: ConfigProblem[] = [];
  const keys = [...Object.keys(OPTION_KEYS), ...extraKeys];
  const scope = new OptionScope<KyuOptions>(problems, '', options, keys);
  readDsn(scope, 'dsn');
  refuseUnusableLogger(scope);
  const resolved: ResolvedOptions = {
    ...readIdentity(scope),
    ...readQueues(scope, problems),
    priorities: readPriorities(scope, problems),
    ...readSwitches(scope),
    ...readSizes(scope),
    ...readWorkers(scope),
    ...readTimes(scope),
    ...readLease(scope),
    ...readDefaults(scope, problems),
    pool: readPool(scope),
    handlers: readHandlers(scope, problems),
    listenDsn: readDsn(scope, 'listenDsn'),
    retention: readRetention(scope.value('retention'), problems, OPTION_DEFAULTS.retention),
  };
  if (problems.length > 0) throw new KyuConfigError(problems);
  return resolved;
}

type Scope = OptionScope<KyuOptions>;

function readIdentity(scope: Scope): Pick<ResolvedOptions, 'name' | 'role' | 'queueName' | 'schema'> {
  return {
    name: scope.text('name', isName, NAME_RULE) ?? OPTION_DEFAULTS.name,
    role: scope.choice('role', ['worker', 'producer']) ?? OPTION_DEFAULTS.role,
    queueName: scope.text('queueName', isName, NAME_RULE) ?? OPTION_DEFAULTS.queueName,
    schema: scope.text('schema', isSchemaName, SCHEMA_RULE) ?? OPTION_DEFAULTS.schema,
  };
}

function readPriorities(scope: Scope, problems: ConfigProblem[]): ReadonlyMap<string, number> {
  if (scope.value('priorities') === undefined) return OPTION_DEFAULTS.priorities;
  const numbers = new OptionScope<Record<string, unknown>>(
    problems,
    'priorities',
    scope.value('priorities'),
    [],
  );
  const names = scope.entries('priorities').map(({ name }) => name);
  return new Map(names.map((name) => [name, numbers.wholeNumber(name, PRIORITY) ?? 0]));
}

function readSwitches(
  scope: Scope,
): Pick<
  ResolvedOptions,
  'runOnce' | 'migrationsRun' | 'preparedStatements' | 'localClaim' | 'autoStart' | 'onUnknown'
> {
  return {
    onUnknown: scope.choice('onUnknown', ['leave', 'dead']) ?? OPTION_DEFAULTS.onUnknown,
    runOnce: scope.flag('runOnce') ?? OPTION_DEFAULTS.runOnce,
    migrationsRun: scope.flag('migrationsRun') ?? OPTION_DEFAULTS.migrationsRun,
    preparedStatements: scope.flag('preparedStatements') ?? OPTION_DEFAULTS.preparedStatements,
    localClaim: scope.flag('localClaim') ?? OPTION_DEFAULTS.localClaim,
    autoStart: scope.flag('autoStart') ?? OPTION_DEFAULTS.autoStart,
  };
}

function readSizes(
  scope: Scope,
): Pick<ResolvedOptions, 'metricsPort' | 'payloadLimitBytes' | 'dispatchWindow'> {
  return {
    metricsPort: scope.wholeNumber('metricsPort', PORT) ?? OPTION_DEFAULTS.metricsPort,
    payloadLimitBytes:
      scope.wholeNumber('payloadLimitBytes', PAYLOAD_BYTES) ?? OPTION_DEFAULTS.payloadLimitBytes,
    dispatchWindow: scope.wholeNumber('dispatchWindow', DISPATCH_WINDOW) ?? OPTION_DEFAULTS.dispatchWindow,
  };
}

function readTimes(
  scope: Scope,
): Pick<ResolvedOptions, 'staleJobTimeoutMs' | 'shutdownGraceMs' | 'pollIntervalMs' | 'agingMs'> {
  return {
    agingMs: scope.durationMs('aging', AGING) ?? OPTION_DEFAULTS.agingMs,
    staleJobTimeoutMs: scope.durationMs('staleJobTimeout', OUTER_BOUND) ?? OPTION_DEFAULTS.staleJobTimeoutMs,
    shutdownGraceMs: scope.durationMs('shutdownGrace', TIME_LIMIT) ?? OPTION_DEFAULTS.shutdownGraceMs,
    pollIntervalMs: scope.durationMs('pollInterval', PERIOD) ?? OPTION_DEFAULTS.pollIntervalMs,
  };
}

function readLease(scope: Scope): Pick<ResolvedOptions, 'beatMs' | 'leaseMs' | 'watchdog'> {
  const lease = scope.section('lease', LEASE_KEYS);
  const beatMs = lease.durationMs('beat', PERIOD) ?? OPTION_DEFAULTS.beatMs;
  const givenLeaseMs = lease.durationMs('length', PERIOD);
  const leaseMs = givenLeaseMs ?? OPTION_DEFAULTS.leaseMs;
  if (leaseMs < BEATS_PER_LEASE * beatMs) {
    const value = `${formatDuration(leaseMs)}${givenLeaseMs === undefined ? ' (the default)' : ''}`;
    const least = formatDuration(BEATS_PER_LEASE * beatMs);
    lease.refuseAs('length', value, `at least ${least}, ${BEATS_PER_LEASE} × lease.beat`);
  }
  return { beatMs, leaseMs, watchdog: lease.flag('watchdog') ?? OPTION_DEFAULTS.watchdog };
}

function readPool(scope: Scope): ResolvedOptions['pool'] {
  const pool = scope.section('pool', POOL_KEYS);
  const maxOpen = pool.wholeNumber('maxOpen', OPEN_CONNECTIONS) ?? OPTION_DEFAULTS.pool.maxOpen;
  const maxIdle =
    pool.wholeNumber('maxIdle', IDLE_CONNECTIONS) ?? Math.min(maxOpen, OPTION_DEFAULTS.pool.maxIdle);
  if (maxIdle > maxOpen) pool.refuse('maxIdle', `at most pool.maxOpen, which is ${maxOpen}`);
  const maxLifetimeMs = pool.durationMs('maxLifetime', TIME_LIMIT) ?? OPTION_DEFAULTS.pool.maxLifetimeMs;
  return { maxOpen, maxIdle, maxLifetimeMs };
}

function readDefaults(
  scope: Scope,
  problems: ConfigProblem[],
): Pick<ResolvedOptions, 'maxRetries' | 'timeoutMs' | 'backoff' | 'errors'> {
  const defaults = scope.section('defaults', JOB_DEFAULT_KEYS);
  const given = readJobDefaults(problems, defaults);
  const backoff = overlayBackoff(OPTION_DEFAULTS.backoff, given.backoff);
  if (hasCrossedBounds(backoff)) {
    defaults.refuse('backoff', `min at most max, which is ${formatDuration(backoff.maxMs)}`);
  }
  return {
    maxRetries: given.maxRetries ?? OPTION_DEFAULTS.maxRetries,
    timeoutMs: given.timeoutMs ?? OPTION_DEFAULTS.timeoutMs,
    backoff,
    errors: given.errors ?? OPTION_DEFAULTS.errors,
  };
}

/** Kept as given, because they are laid over decorators that are found later; what is wrong in them is wrong now. */
function readHandlers(scope: Scope, problems: ConfigProblem[]): ReadonlyMap<string, HandlerOptions> {
  const handlers = new Map<string, HandlerOptions>();
  for (const { name, path, value } of scope.entries('handlers')) {
    if (!isTypeOrPattern(name))
      problems.push({
        field: path,
        value: 'a name that no job type can have',
        allowed: TYPE_OR_PATTERN_RULE,
      });
    readHandlerOptions(problems, path, value);
    handlers.set(name, value as HandlerOptions);
  }
  return handlers;
}
