import type { AuditedChange } from '../job-steps.js';
import type { FaultEvent } from './events.js';

/** A SIGKILL that was sent. */
export interface Kill {
  readonly pid: number;
  readonly at: number;
}

/** The end of a process, whatever its reason. */
export interface ProcessExit {
  readonly pid: number;
  readonly at: number;
}

/** A process was frozen: it ran no code between the two instants. */
export interface Pause {
  readonly pid: number;
  readonly from: number;
  readonly to: number;
}

/** One row of `kyu_jobs`. */
export interface JobRow {
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly run: number;
  readonly retryCount: number;
  readonly maxRetries: number;
  readonly crashCount: number;
  readonly errorMessage: string | null;
}

/** One row of `kyu_attempts`, with the process that its worker was. */
export interface AttemptRow {
  readonly job: string;
  readonly run: number;
  readonly attempt: number;
  readonly outcome: string;
  readonly workerId: string;
  /** `undefined` when the ledger knows no such worker. */
  readonly pid: number | undefined;
}

/** One row of `kyu_workers`: who it was that owned a run. */
export interface WorkerRow {
  readonly id: string;
  readonly pid: number;
  readonly state: string;
}

/** One step of a job, as the trigger of the laboratory saw it. */
export interface JobChange extends AuditedChange {
  /** Instant of the statement, in ms of the monotonic clock. */
  readonly at: number;
}

/** Everything that is known of a run of the laboratory, after the drain. */
export interface History {
  /** Acknowledged enqueues. */
  readonly enqueued: readonly string[];
  readonly events: readonly FaultEvent[];
  readonly jobs: readonly JobRow[];
  readonly attempts: readonly AttemptRow[];
  readonly kills: readonly Kill[];
  /** Processes that ended in order; a killed one may be here as well. */
  readonly exits: readonly ProcessExit[];
  readonly pauses: readonly Pause[];
  /** Every step of every job; absent where no trail was kept. */
  readonly changes?: readonly JobChange[];
  /** When the ledger was read; absent = long after. */
  readonly judgedAt?: number;
  /** Who has ever been a worker; absent = not asked. */
  readonly workers?: readonly WorkerRow[];
  /** How many runs one process may execute at once; absent = not judged. */
  readonly concurrency?: number;
  /** What was wrong with the processes and the stores themselves, in words. */
  readonly ailments?: readonly string[];
}

/** The rules of the checker; docs/fault-laboratory.md says what each of them means. */
export type RuleName =
  | 'lost-job'
  | 'enqueued-twice'
  | 'duplicate-start'
  | 'run-went-back'
  | 'unclaimed-start'
  | 'overlap'
  | 'wrong-settlement'
  | 'wrong-charge'
  | 'stale-settle'
  | 'illegal-transition'
  | 'broken-chain'
  | 'unexplained-death'
  | 'false-rescue'
  | 'crowded-process'
  | 'late-start'
  | 'engine-health';

/** A broken promise. */
export interface Finding {
  readonly rule: RuleName;
  /** Empty where it is about no single job. */
  readonly job: string;
  readonly detail: string;
}
