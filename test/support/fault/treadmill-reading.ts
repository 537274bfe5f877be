/** What a process weighs after so many jobs, with nothing under way. */
export interface TreadmillReading {
  readonly jobs: number;
  /** After a collection of everything that nobody holds. */
  readonly heapMb: number;
  readonly timers: number;
  readonly sockets: number;
  /** Of the process itself: each library adds some, once. */
  readonly listeners: number;
  /** Of Node, such as "possible EventEmitter memory leak". */
  readonly warnings: readonly string[];
}

/** Least squares: how much the heap grows with each 100,000 jobs, in MB. */
export function heapSlopeMb(readings: readonly TreadmillReading[]): number {
  const meanOf = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const meanJobs = meanOf(readings.map(({ jobs }) => jobs));
  const meanHeap = meanOf(readings.map(({ heapMb }) => heapMb));
  const covariance = readings.reduce(
    (sum, { heapMb, jobs }) => sum + (jobs - meanJobs) * (heapMb - meanHeap),
    0,
  );
  const variance = readings.reduce((sum, { jobs }) => sum + (jobs - meanJobs) ** 2, 0);
  return (covariance / variance) * 100_000;
}
