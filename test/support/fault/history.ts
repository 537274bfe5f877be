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
}

/** A broken promise. */
export interface Finding {
  readonly rule: string;
  readonly job: string;
  readonly detail: string;
}
