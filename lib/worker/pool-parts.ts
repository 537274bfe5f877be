import type { EnqueueChild } from '../core/child-job.js';
import type { EventBus } from '../core/event-bus.js';
import type { UnknownTypePolicy, WorkerScaling } from '../core/options.js';
import type { Clock } from '../core/ports/clock.js';
import type { Dispatcher } from '../core/ports/dispatcher.js';
import type { HandlerTable } from '../core/ports/handler-table.js';
import type { LedgerReadings } from '../core/ports/ledger-readings.js';
import type { RunLedger } from '../core/ports/run-ledger.js';
import type { WorkerIdentity, WorkerRegistry } from '../core/ports/worker-registry.js';
import type { KyuLogger } from '../core/ports/logger.js';
import type { OpenRuns } from '../core/ports/open-runs.js';
import type { PauseReadings } from '../core/ports/queue-pauses.js';
import type { KyuTelemetry } from '../core/ports/telemetry.js';
import type { QueueRotation } from '../core/queue-rotation.js';

/** What a worker pool works with. */
export interface PoolParts {
  readonly handlers: HandlerTable;
  readonly rotation: QueueRotation;
  readonly ledger: RunLedger;
  readonly openRuns: OpenRuns<unknown>;
  readonly registry: WorkerRegistry;
  readonly dispatcher: Dispatcher;
  readonly pauses: PauseReadings;
  readonly clock: Clock;
  readonly events: EventBus;
  readonly logger: KyuLogger;
  readonly enqueueChild: EnqueueChild;
  readonly newWorkerId: () => string;
  readonly describe: () => Omit<WorkerIdentity, 'workerId'>;
  readonly onForgotten: (queue: string) => Promise<void>;
  readonly onLow: (queue: string, types: readonly string[]) => void;
  /** The job types of a queue that have pending jobs. */
  readonly pendingTypes: (queue: string) => Promise<readonly string[]>;
  /** Pending jobs of some types, counted no further than the limit. */
  readonly countPending: (types: readonly string[], limit: number) => Promise<number>;
  readonly readings: Pick<LedgerReadings, 'workers'>;
  readonly limits: PoolLimits;
  /** Shows runs to a tracing system, where there is one. */
  readonly telemetry?: Pick<KyuTelemetry, 'startRun'> | undefined;
}

/** The numbers of a worker pool. */
export interface PoolLimits {
  /** At most. */
  readonly workers: number;
  /** `null` = always as many as `workers`. */
  readonly scaling: WorkerScaling | null;
  readonly onUnknown: UnknownTypePolicy;
  /** Of queues that have one. */
  readonly queueLimits: ReadonlyMap<string, number>;
  readonly beatMs: number;
  readonly leaseMs: number;
  readonly watchdog: boolean;
  /** Whether the producer of this process may have its jobs written as claimed. */
  readonly localClaim: boolean;
  readonly pollIntervalMs: number;
  readonly staleJobTimeoutMs: number;
  readonly shutdownGraceMs: number;
}
