import { resolveModuleOptions, type KyuModuleOptions, type ResolvedModuleOptions } from '../kyu.options.js';
import type { VirtualClock } from './virtual-clock.js';

/** What the test kit has no use for: there is nothing to connect to, `drain()` is what runs jobs, and a test calls nobody. */
const UNUSED = [
  'dsn',
  'dataSource',
  'pool',
  'schema',
  'migrationsRun',
  'preparedStatements',
  'localClaim',
  'runOnce',
  'notifiers',
] as const satisfies readonly (keyof KyuModuleOptions)[];

/**
 * The options of `KyuTestingModule.forRoot`: those of `KyuModule`, with the same defaults, but for what names a store.
 * An application's own options may be passed as they are; what is of no use here is left aside.
 */
export interface KyuTestingOptions extends Omit<KyuModuleOptions, (typeof UNUSED)[number]> {
  /** The clock of the tests. Default: a new one that stands at 2026-01-01T00:00:00Z. Instances may share one. */
  clock?: VirtualClock;
  /** Whether its providers can be injected without importing the module again. Default true. */
  isGlobal?: boolean;
}

/**
 * Every default applied. Of `redis` only `false` counts: then the instance lives without one.
 * @throws KyuConfigError
 */
export function resolveTestingOptions(options: KyuTestingOptions): ResolvedModuleOptions {
  const { clock: _clock, isGlobal: _isGlobal, ...given } = options;
  const unused: readonly string[] = UNUSED;
  const used = Object.entries(given).filter(([key]) => !unused.includes(key));
  const redis = given.redis === false ? { redis: false as const } : { redis: undefined };
  // No thread knows of virtual time; and nothing runs before the test says so.
  const off = { watchdog: false, localClaim: false };
  return { ...resolveModuleOptions({ ...Object.fromEntries(used), ...redis }), ...off };
}
