import type { ResolvedOptions } from './options.js';
import { DEFAULT_BACKOFF } from './retry-policy.js';

/** The connection string of an instance that names no PostgreSQL. */
export const DEFAULT_DSN = 'postgres://localhost:5432/kyu';

/** The Redis of an instance that names none. */
export const DEFAULT_REDIS = 'redis://localhost:6379';

/** The name of an instance that has none. */
export const DEFAULT_INSTANCE = 'default';

/** Names for priorities, unless the options give others. */
export const DEFAULT_PRIORITIES: ReadonlyMap<string, number> = new Map([
  ['high', 10],
  ['normal', 0],
  ['low', -10],
]);

/** Every default in one place; `docs/options.md` is checked against it. */
export const OPTION_DEFAULTS: ResolvedOptions = {
  name: DEFAULT_INSTANCE,
  role: 'worker',
  workers: 5,
  scaling: null,
  queueName: 'kyu:default',
  queues: new Map(),
  queueLimits: new Map(),
  queueDefaults: new Map(),
  queueOrder: 'weighted',
  agingMs: 0,
  onUnknown: 'leave',
  priorities: DEFAULT_PRIORITIES,
  schema: 'kyu',
  metricsPort: 0,
  staleJobTimeoutMs: 600_000,
  pool: { maxOpen: 25, maxIdle: 25, maxLifetimeMs: 300_000 },
  runOnce: false,
  maxRetries: 3,
  timeoutMs: 30_000,
  backoff: DEFAULT_BACKOFF,
  errors: [],
  handlers: new Map(),
  migrationsRun: false,
  shutdownGraceMs: 30_000,
  beatMs: 2_000,
  leaseMs: 10_000,
  watchdog: true,
  pollIntervalMs: 5_000,
  payloadLimitBytes: 262_144,
  dispatchWindow: 10_000,
  preparedStatements: true,
  listenDsn: undefined,
  localClaim: true,
  autoStart: true,
  retention: { rules: [], batchSize: 1_000, everyMs: 60_000 },
};
