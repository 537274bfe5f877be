/** Everything that a report shows, read in one go. */
export interface ReportFigures {
  /** By the database's clock. */
  takenAt: Date;
  lastMinutes: number;
  jobTypes: readonly JobTypeFigures[];
  sales: readonly SalesFigures[];
  pace: Pace;
  deadJobs: readonly DeadJob[];
}

export interface JobTypeFigures {
  jobType: string;
  completed: number;
  dead: number;
  /** Scheduled, pending, running or waiting for the next attempt. */
  open: number;
  retries: number;
  /** From enqueue to the end; null when none has ended yet. */
  medianMs: number | null;
  slowestMs: number | null;
}

export interface SalesFigures {
  currency: string;
  orders: number;
  paid: number;
  paidAmount: number;
  unpaidAmount: number;
}

/** How many jobs ended when, in columns of equal width. */
export interface Pace {
  startedAt: Date | null;
  columnSeconds: number;
  columns: readonly PaceColumn[];
}

export interface PaceColumn {
  column: number;
  jobType: string;
  jobs: number;
}

export interface DeadJob {
  jobType: string;
  orderNo: string | null;
  customer: string | null;
  attempts: number;
  error: string;
}
