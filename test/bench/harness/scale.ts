import type { FairTrials } from './fair-sample.js';

/** How much is measured. */
export interface Scale extends FairTrials {
  readonly form: 'full' | 'quick' | 'smoke';
  readonly rounds: number;
  /** Rounds that are run and forgotten first. */
  readonly warmUpRounds: number;
  /** About how long one throughput sample takes; the number of jobs follows from the pace of the contestant. */
  readonly sampleSeconds: number;
  readonly fewestJobs: number;
  /** Jobs that each process runs before anything is measured. */
  readonly warmUpJobs: number;
  /** Single jobs of one latency sample, and the pause between them. */
  readonly latencyJobs: number;
  readonly latencyPauseMs: number;
  readonly transactions: number;
  /** Finished rows in the ledger. */
  readonly someHistory: number;
  readonly muchHistory: number;
  /** Jobs that wait. */
  readonly backlog: number;
  readonly inFlight: number;
  /** Jobs over which memory must stay flat. */
  readonly memoryJobs: number;
  /** After each garbage collection. */
  readonly collectPauseMs: number;
  readonly profileJobs: number;
  readonly microMs: number;
}

/** For figures that are to be published. */
const FULL: Scale = {
  form: 'full',
  rounds: 5,
  warmUpRounds: 1,
  moreTrials: 2,
  restMs: 10_000,
  sampleSeconds: 2.5,
  fewestJobs: 2_000,
  warmUpJobs: 10_000,
  latencyJobs: 301,
  latencyPauseMs: 15,
  transactions: 3_000,
  someHistory: 1_000_000,
  muchHistory: 10_000_000,
  backlog: 1_000_000,
  inFlight: 10_000,
  memoryJobs: 1_000_000,
  collectPauseMs: 300,
  profileJobs: 50_000,
  microMs: 2_000,
};

/** Two minutes: shows the direction, proves nothing. */
const QUICK: Scale = {
  form: 'quick',
  rounds: 3,
  warmUpRounds: 0,
  moreTrials: 1,
  restMs: 0,
  sampleSeconds: 0.4,
  fewestJobs: 1_000,
  warmUpJobs: 2_000,
  latencyJobs: 61,
  latencyPauseMs: 8,
  transactions: 500,
  someHistory: 20_000,
  muchHistory: 200_000,
  backlog: 60_000,
  inFlight: 2_000,
  memoryJobs: 50_000,
  collectPauseMs: 200,
  profileJobs: 10_000,
  microMs: 200,
};

/** One short iteration of everything, so that nothing rots. The figures mean nothing. */
const SMOKE: Scale = {
  form: 'smoke',
  rounds: 1,
  warmUpRounds: 0,
  moreTrials: 0,
  restMs: 0,
  sampleSeconds: 0,
  fewestJobs: 200,
  warmUpJobs: 50,
  latencyJobs: 4,
  latencyPauseMs: 5,
  transactions: 20,
  someHistory: 300,
  muchHistory: 600,
  backlog: 600,
  inFlight: 100,
  memoryJobs: 400,
  collectPauseMs: 1,
  profileJobs: 200,
  microMs: 1,
};

export const SCALES = { full: FULL, quick: QUICK, smoke: SMOKE } as const;

/** How many jobs make a sample, for a contestant that does about so many in a second. */
export function jobsFor(scale: Scale, perSecond: number): number {
  return Math.max(scale.fewestJobs, Math.round((perSecond * scale.sampleSeconds) / 500) * 500);
}
