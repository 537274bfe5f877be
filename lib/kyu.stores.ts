import type { EventBus } from './core/event-bus.js';
import type { Clock } from './core/ports/clock.js';
import type { Dispatcher } from './core/ports/dispatcher.js';
import type { JobTypeCatalogue } from './core/ports/job-type-catalogue.js';
import type { JobIntake } from './core/ports/job-intake.js';
import type { LedgerInspection } from './core/ports/ledger-inspection.js';
import type { LedgerReadings } from './core/ports/ledger-readings.js';
import type { LedgerUpkeep } from './core/ports/ledger-upkeep.js';
import type { RunLedger } from './core/ports/run-ledger.js';
import type { WorkerRegistry } from './core/ports/worker-registry.js';
import type { JobOutcomes } from './core/ports/job-outcomes.js';
import type { OpenRuns } from './core/ports/open-runs.js';
import type { OperatorDoors } from './core/ports/operator-doors.js';
import type { ScheduleLedger } from './core/ports/schedule-ledger.js';
import type { LedgerRetention } from './core/ports/retention.js';

/** What a dispatcher is asked for, once it is known which queues this process serves. */
export interface DispatcherRequest {
  /** None in a process that only enqueues. */
  readonly queues: readonly string[];
  readonly clock: Clock;
  readonly events: EventBus;
  /** Something may have become pending. */
  readonly onWake: () => void;
}

/** The adapters of one instance: PostgreSQL and Redis, or memory in an application's unit tests. */
export interface KyuStores<Transaction> {
  readonly intake: JobIntake<Transaction>;
  readonly runs: RunLedger;
  readonly registry: WorkerRegistry;
  readonly upkeep: LedgerUpkeep;
  readonly inspection: LedgerInspection<Transaction>;
  readonly readings: LedgerReadings;
  readonly openRuns: OpenRuns<Transaction>;
  readonly outcomes: JobOutcomes;
  readonly operator: OperatorDoors<Transaction>;
  readonly schedules: ScheduleLedger<Transaction>;
  readonly jobTypes: JobTypeCatalogue;
  readonly retention: LedgerRetention;
  /**
   * Connects, and sees to the schema.
   * @throws LedgerUnavailableError when the ledger does not answer
   * @throws KyuSchemaVersionError when its schema is not what this release needs
   */
  open(): Promise<void>;
  /** Has ready what the first jobs would wait for. Nobody needs to wait for it; what fails here fails again there. */
  warmUp(): Promise<void>;
  /** Nothing works afterwards. */
  close(): Promise<void>;
  createDispatcher(request: DispatcherRequest): Promise<Dispatcher>;
  /** The stores in words, for the start-up table. */
  describe(dispatcher: Dispatcher): string;
}
