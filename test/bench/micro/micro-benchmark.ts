/** One operation of a hot path. */
export interface MicroBenchmark {
  readonly name: string;
  /** Operations of one call of `run`: a single one is shorter than the clock can tell. */
  readonly operations: number;
  readonly run: () => unknown;
}
