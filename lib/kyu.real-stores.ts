import type { EntityManager } from 'typeorm';
import type { Dispatcher } from './core/ports/dispatcher.js';
import type { OperatorDoors } from './core/ports/operator-doors.js';
import { createDispatcher } from './dispatch/create-dispatcher.js';
import type { ResolvedModuleOptions } from './kyu.options.js';
import type { DispatcherRequest, KyuStores } from './kyu.stores.js';
import { PostgresJobTypeCatalogue } from './ledger/job-type-catalogue.js';
import { PostgresJobIntake } from './ledger/job-intake.js';
import { PostgresJobOutcomes } from './ledger/job-outcomes.js';
import { LedgerConnection } from './ledger/ledger-connection.js';
import { PostgresLedgerInspection } from './ledger/ledger-inspection.js';
import { PostgresLedgerReadings } from './ledger/ledger-readings.js';
import { PostgresLedgerRetention } from './ledger/ledger-retention.js';
import { PostgresLedgerUpkeep } from './ledger/ledger-upkeep.js';
import { operatorDoors } from './ledger/operator-doors.js';
import { NotifyWakeUp } from './ledger/notify-wake-up.js';
import { PostgresOpenRuns } from './ledger/open-runs.js';
import { PostgresScheduleLedger } from './ledger/postgres-schedule-ledger.js';
import { PostgresRunLedger } from './ledger/run-ledger.js';
import { SchemaMigrator } from './ledger/schema-migrator.js';
import { warmUp } from './ledger/warm-up.js';
import { PostgresWorkerRegistry } from './ledger/worker-registry.js';

/** The longest name that PostgreSQL takes for a channel. */
const LONGEST_CHANNEL = 63;

/** PostgreSQL as the ledger, Redis as the dispatcher where the options name one. */
export class RealStores implements KyuStores<EntityManager> {
  readonly intake: PostgresJobIntake;
  readonly runs: PostgresRunLedger;
  readonly registry: PostgresWorkerRegistry;
  readonly upkeep: PostgresLedgerUpkeep;
  readonly inspection: PostgresLedgerInspection;
  readonly readings: PostgresLedgerReadings;
  readonly openRuns: PostgresOpenRuns;
  readonly outcomes: PostgresJobOutcomes;
  readonly operator: OperatorDoors<EntityManager>;
  readonly schedules: PostgresScheduleLedger;
  readonly jobTypes: PostgresJobTypeCatalogue;
  readonly retention: PostgresLedgerRetention;
  private readonly connection: LedgerConnection;
  private readonly migrator: SchemaMigrator;
  private schemaVersion = 0;

  constructor(private readonly options: ResolvedModuleOptions) {
    this.connection = new LedgerConnection(options.target, options);
    this.migrator = new SchemaMigrator(this.connection, options.schema);
    this.intake = new PostgresJobIntake(this.connection);
    this.runs = new PostgresRunLedger(this.connection);
    this.registry = new PostgresWorkerRegistry(this.connection);
    this.upkeep = new PostgresLedgerUpkeep(this.connection);
    this.inspection = new PostgresLedgerInspection(this.connection);
    this.readings = new PostgresLedgerReadings(this.connection);
    this.openRuns = new PostgresOpenRuns(this.connection);
    this.outcomes = new PostgresJobOutcomes(this.connection);
    this.operator = operatorDoors(this.connection);
    this.schedules = new PostgresScheduleLedger(this.connection);
    this.jobTypes = new PostgresJobTypeCatalogue(this.connection);
    this.retention = new PostgresLedgerRetention(this.connection);
  }

  async open(): Promise<void> {
    await this.connection.open();
    try {
      if (this.options.migrationsRun) await this.migrator.up();
      else await this.migrator.check();
      this.schemaVersion = (await this.migrator.state()).version;
    } catch (error) {
      await this.connection.close();
      throw error;
    }
  }

  warmUp(): Promise<void> {
    return warmUp(this.connection, this.options.role);
  }

  async close(): Promise<void> {
    await this.registry.close();
    await this.connection.close();
  }

  createDispatcher({ queues, clock, events, onWake }: DispatcherRequest): Promise<Dispatcher> {
    const { options, connection } = this;
    const channel = `kyu_wake_${options.schema}`.slice(0, LONGEST_CHANNEL);
    return createDispatcher({
      redis: options.redis,
      prefix: options.schema === 'kyu' ? 'kyu' : `kyu:${options.schema}`,
      windowSize: options.dispatchWindow,
      queues,
      clock,
      events,
      ledgerWakeUp: new NotifyWakeUp(connection, channel, clock, events),
      onWake,
    });
  }

  describe({ mode }: Dispatcher): string {
    const ledger = `PostgreSQL (schema ${this.options.schema}, version ${this.schemaVersion})`;
    if (this.options.redis === false) return `${ledger} alone`;
    const reached = mode === 'redis' ? 'connected' : 'not reachable yet, PostgreSQL dispatches';
    return `${ledger} and Redis (${reached})`;
  }
}
