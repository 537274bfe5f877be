import type { EntityManager } from 'typeorm';
import type { Dispatcher } from '../core/ports/dispatcher.js';
import type { JobTypeCatalogue } from '../core/ports/job-type-catalogue.js';
import type { JobIntake } from '../core/ports/job-intake.js';
import type { LedgerInspection } from '../core/ports/ledger-inspection.js';
import type { LedgerReadings } from '../core/ports/ledger-readings.js';
import type { LedgerUpkeep } from '../core/ports/ledger-upkeep.js';
import type { RunLedger } from '../core/ports/run-ledger.js';
import type { JobOutcomes } from '../core/ports/job-outcomes.js';
import type { OpenRuns } from '../core/ports/open-runs.js';
import type { OperatorDoors } from '../core/ports/operator-doors.js';
import type { ScheduleLedger } from '../core/ports/schedule-ledger.js';
import type { LedgerRetention } from '../core/ports/retention.js';
import type { DispatcherRequest, KyuStores } from '../kyu.stores.js';
import { EnqueuedLog } from './enqueued-log.js';
import { MemoryLedger } from './memory-ledger.js';
import { inspectionForManagers, operatorForManagers, RecordingIntake } from './memory-managers.js';
import type { MemoryTransaction } from './memory-transaction.js';
import { RecordingScheduleLedger } from './recording-schedule-ledger.js';
import { RunPermit } from './run-permit.js';
import { SimulatedProcesses } from './simulated-processes.js';
import { SimulatedRedis } from './simulated-redis.js';
import { TestOpenRuns } from './test-open-runs.js';
import { TestRunLedger } from './test-run-ledger.js';
import type { VirtualClock } from './virtual-clock.js';

/** What the memory stores of an instance are made of. */
export interface MemoryStoresOptions {
  readonly clock: VirtualClock;
  readonly windowSize: number;
  /** Whether the instance has a Redis that it can lose. */
  readonly hasRedis: boolean;
}

/** Ledger and dispatcher in memory, with the handles by which a testbed watches and disturbs them. */
export class MemoryStores implements KyuStores<EntityManager> {
  readonly intake: JobIntake<EntityManager>;
  readonly runs: RunLedger;
  readonly registry: SimulatedProcesses;
  readonly upkeep: LedgerUpkeep;
  readonly inspection: LedgerInspection<EntityManager>;
  readonly readings: LedgerReadings;
  readonly openRuns: OpenRuns<EntityManager>;
  readonly outcomes: JobOutcomes;
  readonly operator: OperatorDoors<EntityManager>;
  readonly schedules: ScheduleLedger<EntityManager>;
  /** There is no SQL that could ask it. */
  readonly jobTypes: JobTypeCatalogue = { publish: async () => {}, find: async () => undefined };
  readonly retention: LedgerRetention;
  readonly permit = new RunPermit();
  readonly enqueued = new EnqueuedLog();
  private readonly ledger: MemoryLedger;
  private redis: SimulatedRedis | undefined;
  private isRedisThere: boolean;

  constructor(private readonly options: MemoryStoresOptions) {
    const { clock, hasRedis } = options;
    this.ledger = new MemoryLedger(clock);
    this.intake = new RecordingIntake(this.ledger.intake, this.enqueued, clock.nowMs);
    this.registry = new SimulatedProcesses(this.ledger.registry);
    this.runs = new TestRunLedger(this.ledger.runs, this.permit, this.registry);
    this.upkeep = this.ledger.upkeep;
    this.inspection = inspectionForManagers(this.ledger.inspection);
    this.readings = this.ledger.readings;
    this.openRuns = new TestOpenRuns(this.ledger.openRuns, this.registry);
    this.outcomes = this.ledger.outcomes;
    this.operator = operatorForManagers(this.ledger.operator);
    this.schedules = new RecordingScheduleLedger(this.ledger.schedules, this.enqueued, clock.nowMs);
    this.retention = this.ledger.retention;
    this.isRedisThere = hasRedis;
  }

  async open(): Promise<void> {}

  async warmUp(): Promise<void> {}

  async close(): Promise<void> {}

  async createDispatcher({ events, onWake }: DispatcherRequest): Promise<Dispatcher> {
    const { permit, isRedisThere } = this;
    const { windowSize } = this.options;
    this.redis = new SimulatedRedis({ windowSize, events, permit, onWake, isThere: isRedisThere });
    return this.redis;
  }

  describe(): string {
    return `memory, for tests${this.options.hasRedis ? '' : ', without Redis'}`;
  }

  begin(): MemoryTransaction {
    return this.ledger.begin();
  }

  /** @throws Error when the instance has no Redis to lose */
  setRedisPresence(isThere: boolean): void {
    if (!this.options.hasRedis) {
      throw new Error(
        "This instance has no Redis: its options say 'redis: false'. There is nothing to lose.",
      );
    }
    this.isRedisThere = isThere;
    this.redis?.setPresence(isThere);
  }

  /** Forgets every job and everything that was planned with them. */
  clear(): void {
    this.ledger.forgetJobs();
    this.ledger.schedules.forgetDynamic();
    this.redis?.forget();
    this.enqueued.clear();
    this.registry.forgetPlans();
  }
}
