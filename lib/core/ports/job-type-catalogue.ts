/** What code says about a job type. */
export interface JobTypeSettings {
  readonly type: string;
  readonly queue: string;
  readonly maxRetries: number;
  readonly timeoutMs: number;
}

/** Tells the ledger what code says, so that an enqueue from elsewhere comes to the same row. */
export interface JobTypeCatalogue {
  /** Writes what has changed; what others wrote about other types stays. `app` is the instance's `queueName`. */
  publish(app: string, types: readonly JobTypeSettings[], payloadLimitBytes: number): Promise<void>;
  /** What was said of a type, or of the longest pattern that it falls under. */
  find(app: string, type: string): Promise<JobTypeSettings | undefined>;
}
