import type { LeaseRhythm, Watchdog, WatchdogReport } from './watchdog.js';

/** Who claims: the process, by its worker id. */
export interface WorkerIdentity {
  readonly workerId: string;
  readonly host: string;
  readonly pid: number;
  readonly queues: readonly string[];
  readonly concurrency: number;
  readonly version: string;
  /** The job types that it handles, patterns as they are written; `null` when it has not told. */
  readonly types: readonly string[] | null;
}

/** The worker's door for its own life. */
export interface WorkerRegistry {
  register(worker: WorkerIdentity, leaseMs: number): Promise<void>;
  /** Renews the lease. False when the row was buried: this worker id is over for good. */
  beat(workerId: string, leaseMs: number): Promise<boolean>;
  markDraining(workerId: string): Promise<void>;
  /** The last act of an orderly shutdown. */
  sayGoodbye(workerId: string): Promise<void>;
  /**
   * Renews the lease from now on beside the event loop. Answers in words why it cannot: then the worker's own loop
   * has to beat.
   */
  startWatchdog(
    workerId: string,
    rhythm: LeaseRhythm,
    tell: (report: WatchdogReport) => void,
  ): Watchdog | { readonly impossible: string };
}
