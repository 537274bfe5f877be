import type { Clock } from '../core/ports/clock.js';
import type { OperatorDoors } from '../core/ports/operator-doors.js';
import { MemoryJobIntake } from './memory-job-intake.js';
import { MemoryJobOutcomes } from './memory-job-outcomes.js';
import { MemoryLedgerInspection } from './memory-ledger-inspection.js';
import { MemoryLedgerRetention } from './memory-ledger-retention.js';
import { MemoryLedgerReadings } from './memory-ledger-readings.js';
import { MemoryLedgerUpkeep } from './memory-ledger-upkeep.js';
import { MemoryOpenRuns } from './memory-open-runs.js';
import { memoryOperatorDoors } from './memory-operator-doors.js';
import { MemoryRunLedger } from './memory-run-ledger.js';
import { MemoryScheduleLedger } from './memory-schedule-ledger.js';
import { MemoryTables } from './memory-tables.js';
import type { MemoryTransaction } from './memory-transaction.js';
import { MemoryWorkerRegistry } from './memory-worker-registry.js';

/**
 * A whole ledger in memory, for unit tests without PostgreSQL: the same doors with the same behaviour, held to it by
 * the contract suite that both run. Time is the clock's alone, so a virtual clock makes days pass at once.
 */
export class MemoryLedger {
  readonly intake: MemoryJobIntake;
  readonly runs: MemoryRunLedger;
  readonly registry: MemoryWorkerRegistry;
  readonly upkeep: MemoryLedgerUpkeep;
  readonly inspection: MemoryLedgerInspection;
  readonly readings: MemoryLedgerReadings;
  readonly openRuns: MemoryOpenRuns;
  readonly outcomes: MemoryJobOutcomes;
  readonly operator: OperatorDoors<MemoryTransaction>;
  readonly schedules: MemoryScheduleLedger;
  readonly retention: MemoryLedgerRetention;
  private readonly tables: MemoryTables;

  constructor(clock: Pick<Clock, 'nowMs'>) {
    this.tables = new MemoryTables(clock);
    this.intake = new MemoryJobIntake(this.tables);
    this.runs = new MemoryRunLedger(this.tables);
    this.registry = new MemoryWorkerRegistry(this.tables);
    this.upkeep = new MemoryLedgerUpkeep(this.tables);
    this.inspection = new MemoryLedgerInspection(this.tables);
    this.readings = new MemoryLedgerReadings(this.tables);
    this.openRuns = new MemoryOpenRuns(this.tables);
    this.outcomes = new MemoryJobOutcomes(this.tables);
    this.operator = memoryOperatorDoors(this.tables);
    this.schedules = new MemoryScheduleLedger(this.tables);
    this.retention = new MemoryLedgerRetention(this.tables);
  }

  /** A transaction to hand to the doors; it ends with its `commit()` or `rollback()`. */
  begin(): MemoryTransaction {
    return this.tables.begin();
  }

  /** Forgets every job, its runs and what operators did, for the next test; workers stay. */
  forgetJobs(): void {
    this.tables.forgetJobs();
  }
}
