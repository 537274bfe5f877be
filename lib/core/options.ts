import type { Duration } from './duration.js';
import type { KyuLogger } from './ports/logger.js';
import type { ErrorClass, ErrorRule, GivenErrorRule } from './error-rules.js';
import type { GivenSettings } from './given-settings.js';
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

/** How failures of one kind are met, where it differs from the rest. */
export interface ErrorRuleOptions {
  /** A class, or the name of one; the causes of an error count as well, and subclasses too. */
  error: ErrorClass | string;
  /** `true`: the job is `dead` at once. Default false. */
  discard?: boolean;
  /** Fewer runs after the first than the job has otherwise. Default: as many. */
  maxRetries?: number;
  /** Delay before the next attempt. What it does not name comes from the backoff of the job type. */
  backoff?: BackoffOptions | BackoffPreset | BackoffFunction;
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
  /** Rules for kinds of errors; the first that fits is used, those of the job type before those of its queue and the app. */
  errors?: readonly ErrorRuleOptions[];
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

/** A pool that follows its work. */
export interface WorkerScalingOptions {
  /** Runs at once when there is little to do. Default 2, or `max` when that is less. */
  min?: number;
  /** Runs at once at most. */
  max: number;
  /** It grows while more jobs than this are pending for each run under way. Default 2. */
  threshold?: number;
  /** It shrinks to what it used after so long without using all of it. Default 30 s. */
  idleTimeout?: Duration;
  /** How often it looks. Default 5 s. */
  checkInterval?: Duration;
}

/** A queue that this process serves. */
export interface QueueOptions {
  /** Its share of the claims, against the other queues. Default 1. */
  weight?: number;
  /** Runs of its jobs at once in one process. Default: as many as `workers`. */
  concurrency?: number;
  /** What holds for the jobs of this queue whose type does not say otherwise; wins over the instance's `defaults`. */
  defaults?: JobDefaultOptions;
}

/** What becomes of pending jobs that no living worker handles. */
export type UnknownTypePolicy = 'leave' | 'dead';

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
  /**
   * PostgreSQL itself, for the one connection that listens, where `dsn` or the `DataSource` leads to a transaction pooler:
   * LISTEN hears nothing through one. Default: as the other connections.
   */
  listenDsn?: string;
  /** Runs at once in this process, or the bounds between which their number follows the work. Default 5. */
  workers?: number | WorkerScalingOptions;
  /** The queue that jobs go to unless they say otherwise; isolates applications in both stores. Default `kyu:default`. */
  queueName?: string;
  /**
   * The queues that this process serves, with their weights, and with defaults for their jobs where they have some:
   * `{ shop: 6, reports: { weight: 1, defaults: { timeout: '10m' } } }`.
   * Default: `queueName` and the queues of its handlers, each with weight 1.
   */
  queues?: Record<string, number | QueueOptions>;
  /**
   * `weighted` (default): queues are served in proportion to their weights; `strict`: a queue only while heavier ones
   * have nothing.
   */
  queueOrder?: QueueOrder;
  /** A pending job gains one step of priority for each such time that it waits beside more important ones. Default 0 = never. */
  aging?: Duration;
  /**
   * `leave` (default): pending jobs that no living worker handles wait, and are shown; `dead`: they are dead after a
   * minute, with the reason.
   */
  onUnknown?: UnknownTypePolicy;
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
  /** Named prepared statements. Behind a pooler such as PgBouncer they are left out by themselves. Default true. */
  preparedStatements?: boolean;
  /** A worker starts jobs that it enqueues itself at once when it has a free slot and nothing goes first. Default true. */
  localClaim?: boolean;
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
  readonly errors: readonly ErrorRule[];
}

/** Bounds and pace of a pool that follows its work. */
export interface WorkerScaling {
  readonly min: number;
  readonly max: number;
  readonly threshold: number;
  readonly idleTimeoutMs: number;
  readonly checkIntervalMs: number;
}

/** Options with every default applied and every duration in ms. */
export interface ResolvedOptions {
  readonly name: string;
  readonly role: KyuRole;
  /** At most. */
  readonly workers: number;
  /** `null` = always as many as `workers`. */
  readonly scaling: WorkerScaling | null;
  readonly queueName: string;
  /** Empty = `queueName` and the queues of the handlers. */
  readonly queues: ReadonlyMap<string, number>;
  /** Those of queues that have one. */
  readonly queueLimits: ReadonlyMap<string, number>;
  readonly queueDefaults: ReadonlyMap<string, GivenSettings>;
  readonly queueOrder: QueueOrder;
  /** 0 = never. */
  readonly agingMs: number;
  readonly onUnknown: UnknownTypePolicy;
  readonly priorities: ReadonlyMap<string, number>;
  readonly schema: string;
  readonly metricsPort: number;
  readonly staleJobTimeoutMs: number;
  readonly pool: { readonly maxOpen: number; readonly maxIdle: number; readonly maxLifetimeMs: number };
  readonly runOnce: boolean;
  readonly maxRetries: number;
  readonly timeoutMs: number;
  readonly backoff: BackoffPolicy | BackoffFunction;
  readonly errors: readonly GivenErrorRule[];
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
  readonly listenDsn: string | undefined;
  readonly localClaim: boolean;
  readonly autoStart: boolean;
  readonly retention: ResolvedRetention;
}
