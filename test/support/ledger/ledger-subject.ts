import type { JobOutcomes } from '../../../lib/core/ports/job-outcomes.js';
import type { OpenRuns } from '../../../lib/core/ports/open-runs.js';
import type { JobIntake } from '../../../lib/core/ports/job-intake.js';
import type { LedgerInspection } from '../../../lib/core/ports/ledger-inspection.js';
import type { LedgerReadings } from '../../../lib/core/ports/ledger-readings.js';
import type { LedgerUpkeep } from '../../../lib/core/ports/ledger-upkeep.js';
import type { RunLedger } from '../../../lib/core/ports/run-ledger.js';
import type { WorkerRegistry } from '../../../lib/core/ports/worker-registry.js';
import type { OperatorDoors } from '../../../lib/core/ports/operator-doors.js';
import type { ScheduleLedger } from '../../../lib/core/ports/schedule-ledger.js';
import type { LedgerRetention } from '../../../lib/core/ports/retention.js';

/** A transaction of the caller's, still open. */
export interface OpenTransaction<Transaction> {
  readonly manager: Transaction;
  readonly commit: () => Promise<void>;
  readonly rollback: () => Promise<void>;
}

/** A ledger under test: its doors, and what a test needs around them. */
export interface LedgerSubject<Transaction> {
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
  readonly retention: LedgerRetention;
  begin(): Promise<OpenTransaction<Transaction>>;
  /** Lets time pass for everything that the ledger holds, without waiting. */
  passTime(ms: number): Promise<void>;
  /** The ledger's own clock. */
  nowMs(): Promise<number>;
  /** Removes every row. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** Opens an empty ledger. */
export type OpenLedger<Transaction> = () => Promise<LedgerSubject<Transaction>>;
