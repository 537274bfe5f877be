/** What code says about a job type. */
export interface JobTypeSettings {
  readonly type: string;
  readonly queue: string;
  readonly maxRetries: number;
  readonly timeoutMs: number;
}

/** The bootstrap's door: tells the ledger what code says, so that an enqueue from SQL comes to the same row. */
export interface JobTypeCatalogue {
  /** Writes what has changed; what others wrote about other types stays. `app` is the instance's `queueName`. */
  publish(app: string, types: readonly JobTypeSettings[], payloadLimitBytes: number): Promise<void>;
}
