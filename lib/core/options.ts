import type { Duration } from './duration.js';
import type { KyuLogger } from './ports/logger.js';
import type { QueueOrder } from './queue-rotation.js';
import type { ResolvedRetention, RetentionOptions } from './retention-options.js';
import type { BackoffFunction, BackoffPolicy, BackoffPreset } from './retry-policy.js';

/** Delay between attempts, as an option. Durations are ms or text (`'1s'`). */
export interface BackoffOptions {
  /** `exponential` (default): base × factor^(n−1); `polynomial`: base × n^power; `fixed`: base. */
  strategy?: 'exponential' | 'polynomial' | 'fixed';
  /** Default 1 s. */
  base?: Duration;
  /** For `exponential`. Default 2. */
  factor?: number;
  /** For `polynomial`. Default 4. */
  power?: number;
  /** Share of the delay by which it varies, 0 to 1. Default 0.1 (±10 %). */
  jitter?: number;
  /** Default 0. */
  min?: Duration;
  /** Default 24 h. */
  max?: Duration;
}

/** What holds for every job type that does not say otherwise. */
export interface JobDefaultOptions {
  /** Runs after the first, 0 to 10,000. Default 3. */
  maxRetries?: number;
  /** The same counted with the first run: `maxRetries + 1`. Give one of the two. */
  maxAttempts?: number;
  /** Time limit of a run; 0 = none but `staleJobTimeout`. Default 30 s. */
  timeout?: Duration;
  /** Fields of the backoff, the name of a preset, or a function of the number of failed attempts. */
  backoff?: BackoffOptions | BackoffPreset | BackoffFunction;
}

/** What `@JobHandler` and `handlers` in the options can set for one job type. */
export interface HandlerOptions extends JobDefaultOptions {
  /** The queue that carries this type. Default: the instance's `queueName`. */
  queue?: string;
  /** Runs of this type at once in one process. Default: as many as `workers`. */
  concurrency?: number;
}

/** PostgreSQL connections of Kyu's own. */
export interface PoolOptions {
  /** Connections at most. Default 25. */
  maxOpen?: number;
  /** Idle connections kept open; at most `maxOpen`. Default 25, or `maxOpen` when that is less. */
  maxIdle?: number;
  /** A connection is replaced after this time. Default 5 min; 0 = never. */
  maxLifetime?: Duration;
}

/** The process lease: how soon a dead worker is noticed, and how long a slow database is forgiven. */
export interface LeaseOptions {
  /** Time between heartbeats. Default 2 s. */
  beat?: Duration;
  /** A worker that could not beat for so long is dead. At least 3 × `beat`. Default 10 s. */
  length?: Duration;
  /**
   * Beat from a thread of its own, so that a handler that blocks the event loop does not make this process look dead.
   * Default true.
   */
  watchdog?: boolean;
}

/** What one process of an instance is for. */
export type KyuRole = 'worker' | 'producer';

/** The options of `KyuModule`, without what names a technology; see `KyuModuleOptions` for those. */
export interface KyuOptions {
  /** Name of the instance, for a second one in the same process. */
  name?: string;
  /** `worker` (default) runs jobs and maintenance; `producer` only enqueues and looks. */
  role?: KyuRole;
  /** PostgreSQL connection string for connections of Kyu's own. Default `postgres://localhost:5432/kyu`. */
  dsn?: string;
  /** Runs at once in this process. Default 5. */
  workers?: number;
  /** The queue that jobs go to unless they say otherwise; isolates applications in both stores. Default `kyu:default`. */
  queueName?: string;
  /**
   * The queues that this process serves, with their weights: `{ shop: 6, reports: 1 }`.
   * Default: `queueName` and the queues of its handlers, each with weight 1.
   */
  queues?: Record<string, number>;
  /**
   * `weighted` (default): queues are served in proportion to their weights; `strict`: a queue only while heavier ones
   * have nothing.
   */
  queueOrder?: QueueOrder;
  /** Names for priorities, for `priority: 'high'`. Default `{ high: 10, normal: 0, low: -10 }`; given ones replace all. */
  priorities?: Record<string, number>;
  /** PostgreSQL schema of the ledger. Default `kyu`. */
  schema?: string;
  /** Serves `GET /metrics` on this port; 0 (default) = not. */
  metricsPort?: number;
  /** Outer bound for runs of jobs without a time limit of their own. Default 10 min. */
  staleJobTimeout?: Duration;
  pool?: PoolOptions;
  logger?: KyuLogger;
  /** Runs what is due, then lets the application go on to its end; for cron and Kubernetes jobs. Default false. */
  runOnce?: boolean;
  defaults?: JobDefaultOptions;
  /** Overrides what decorators say, per job type. */
  handlers?: Record<string, HandlerOptions>;
  /** Bring the schema up to date at start. Default false: a wrong schema stops the start with a remedy. */
  migrationsRun?: boolean;
  /** How long a shutdown waits for running jobs before it aborts and hands them back. Default 30 s. */
  shutdownGrace?: Duration;
  lease?: LeaseOptions;
  /** The always-on poll of the ledger that stands behind every signal. Default 5 s. */
  pollInterval?: Duration;
  /** Largest payload and result in bytes of JSON. Default 262 144 (256 KiB). */
  payloadLimitBytes?: number;
  /** Job ids that Redis holds per queue and type at most. Default 10 000. */
  dispatchWindow?: number;
  /** Named prepared statements; turn off behind a PgBouncer older than 1.21 in transaction mode. Default true. */
  preparedStatements?: boolean;
  /** Start taking jobs when the application has started. Default true; else call `KyuWorkers.start()`. */
  autoStart?: boolean;
  /** How long jobs that have ended are kept. Default: for ever. */
  retention?: RetentionOptions;
}

/** Handler settings with every default applied. */
export interface ResolvedHandlerSettings {
  readonly queue: string;
  readonly concurrency: number;
  readonly maxRetries: number;
  readonly timeoutMs: number;
  readonly backoff: BackoffPolicy | BackoffFunction;
}

/** Options with every default applied and every duration in ms. */
export interface ResolvedOptions {
  readonly name: string;
  readonly role: KyuRole;
  readonly workers: number;
  readonly queueName: string;
  /** Empty = `queueName` and the queues of the handlers. */
  readonly queues: ReadonlyMap<string, number>;
  readonly queueOrder: QueueOrder;
  readonly priorities: ReadonlyMap<string, number>;
  readonly schema: string;
  readonly metricsPort: number;
  readonly staleJobTimeoutMs: number;
  readonly pool: { readonly maxOpen: number; readonly maxIdle: number; readonly maxLifetimeMs: number };
  readonly runOnce: boolean;
  readonly maxRetries: number;
  readonly timeoutMs: number;
  readonly backoff: BackoffPolicy | BackoffFunction;
  readonly handlers: ReadonlyMap<string, HandlerOptions>;
  readonly migrationsRun: boolean;
  readonly shutdownGraceMs: number;
  readonly beatMs: number;
  readonly leaseMs: number;
  readonly watchdog: boolean;
  readonly pollIntervalMs: number;
  readonly payloadLimitBytes: number;
  readonly dispatchWindow: number;
  readonly preparedStatements: boolean;
  readonly autoStart: boolean;
  readonly retention: ResolvedRetention;
}
