/** What a producer must know of a job type that has defaults of its own. */
export interface JobDefaults {
  readonly queue: string;
  readonly maxRetries: number;
  readonly timeoutMs: number;
}
