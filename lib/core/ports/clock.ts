/** A timer that can be called off. Cancelling twice, or after it fired, does nothing. */
export interface Timer {
  /** What the platform calls the timer; for registries that list intervals. */
  readonly handle: unknown;
  cancel(): void;
}

/**
 * Time and chance, so that tests can drive both. No decision about a job rests on `nowMs`:
 * that is the database's clock alone.
 */
export interface Clock {
  /** Wall clock in ms since 1970; for ids and log lines. */
  readonly nowMs: () => number;
  /** Never steps back; for measuring. */
  readonly monotonicMs: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Runs once. Does not keep the process alive. */
  after(delayMs: number, action: () => void): Timer;
  /** Runs again and again. Does not keep the process alive. */
  every(periodMs: number, action: () => void): Timer;
}
