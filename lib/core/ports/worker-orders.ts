/** What a worker process was told to do. */
export interface DrainOrder {
  /** The process is to end when it has drained. */
  readonly thenExit: boolean;
}

/** A worker, and what has become of it. */
export interface OrderedWorker {
  readonly workerId: string;
  readonly host: string;
  readonly pid: number;
  readonly queues: readonly string[];
  /** As it is now. */
  readonly state: string;
  /** False: it had ended before. */
  readonly isChanged: boolean;
}

/** The door of operators and supervisors to worker processes. */
export interface WorkerOrders<Transaction> {
  /** The worker will see it within a second; one that has ended does not change. Nothing when there is none. */
  requestDrain(
    workerId: string,
    thenExit: boolean,
    transaction?: Transaction,
  ): Promise<OrderedWorker | undefined>;
  /** What this worker was told; asked by itself. */
  drainOrder(workerId: string): Promise<DrainOrder | undefined>;
  /** Its lease ends now, for good: whatever the process still does is accepted by nobody. */
  bury(workerId: string, transaction?: Transaction): Promise<OrderedWorker | undefined>;
}
