/** How the jobs of this run stand. */
export interface JobCounts {
  enqueued: number;
  completed: number;
  dead: number;
  cancelled: number;
  running: number;
  /** Pending: nothing but a free slot is missing. */
  waiting: number;
  /** Failed, with another attempt to come. */
  backingOff: number;
  scheduled: number;
}

/** What became of the jobs of one type. */
export interface JobTypeFigures {
  jobType: string;
  enqueued: number;
  completed: number;
  dead: number;
  /** Jobs that ran more than once. */
  retried: number;
  /** Executions, as the jobs count them. */
  runs: number;
  /** Executions, as kyu_attempts has them: one row each. */
  recordedRuns: number;
  /** Runs whose worker process died. */
  crashedRuns: number;
  /** Dead jobs without an error of their own, or whose last run left none. */
  unexplained: number;
  /** Jobs with more than one completed run. */
  completedTwice: number;
  /** From the first enqueue to the last end. */
  seconds: number;
}

/** Dead jobs that died of the same thing. */
export interface DeathCause {
  jobType: string;
  jobs: number;
  /** Of one of them. */
  error: string;
}

/** Everything that the summary knows from the ledger. */
export interface LedgerFigures {
  jobTypes: JobTypeFigures[];
  /** All job types together. */
  all: JobTypeFigures;
  causes: DeathCause[];
  /** Files of the reports, the newest first. */
  reportFiles: string[];
}

/** Nothing more will become of these. */
export function endedOf(counts: JobCounts): number {
  return counts.completed + counts.dead + counts.cancelled;
}
