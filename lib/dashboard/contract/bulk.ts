/** POST jobs/bulk/retry | cancel | delete | run-now | reschedule */
export interface BulkBody {
  /** The query language, or ids; one of both. */
  readonly query?: string;
  readonly ids?: readonly string[];
  readonly dryRun?: boolean;
  readonly reason?: string;
  /** At most so many now; the pages repeat until `matched` is 0, and show how far they are. */
  readonly limit?: number;
  /** Reschedule only: an instant or a span such as '5m'. */
  readonly when?: string;
}

export interface BulkData {
  readonly matched: number;
  readonly affected: number;
}
