import type { JobStatus } from '../../core/job-status.js';
import type { JobSummary } from '../../core/job-summary.js';
import type { AsJson } from './as-json.js';

export type { JobListSort as JobSort } from '../../core/ports/job-lists.js';

export type Counts = Readonly<Record<JobStatus, number>>;

/** One row of the list: no payload, no result. */
export type JobRow = AsJson<JobSummary>;

/** GET jobs?query=&sort=created&order=desc&limit=50&cursor= (`query` in the query language of docs/searching.md) */
export interface JobPageData {
  readonly jobs: readonly JobRow[];
  readonly nextCursor: string | null;
  /** An instant when time ran out before the page was full: everything up to it was looked at. */
  readonly searchedTo: string | null;
}

/** GET jobs/counts?query= : by status, the statuses of the query itself left aside; cut at `cappedAt` per status. */
export interface JobCountsData {
  readonly counts: Counts;
  readonly cappedAt: number;
  /** Statuses whose number is an estimate. */
  readonly estimated: readonly JobStatus[];
  /** An instant when time ran out: nothing that was created before it was counted. */
  readonly countedSince: string | null;
}

/** GET jobs/suggestions?query=type:se&at=7 */
export interface Suggestion {
  /** What the words from `from` to `to` become. */
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly note: string | null;
}

/** GET jobs/:id */
export interface JobDetail extends JobRow {
  readonly timeoutMs: number;
  readonly crashCount: number;
  readonly uniqueKey: string | null;
  readonly context: Readonly<Record<string, unknown>> | null;
  readonly parentId: string | null;
  readonly children: readonly JobRow[];
  readonly cancelRequestedAt: string | null;
  readonly cancelReason: string | null;
  readonly traceId: string | null;
  readonly hasResult: boolean;
  readonly runs: readonly RunDetail[];
  readonly logs: readonly { readonly run: number; readonly at: string; readonly message: string }[];
  readonly explanation: {
    readonly text: string;
    readonly reasons: readonly { readonly reason: string; readonly text: string }[];
    readonly ahead: number | null;
  };
  /** The verbs that the job's status and the account's permissions allow. */
  readonly verbs: readonly ('retry' | 'cancel' | 'run-now' | 'reschedule' | 'change' | 'delete')[];
}

export interface RunDetail {
  readonly run: number;
  readonly attempt: number;
  readonly outcome: string;
  readonly workerId: string | null;
  readonly startedAt: string | null;
  readonly finishedAt: string;
  readonly durationMs: number | null;
  readonly errorName: string | null;
  readonly errorMessage: string | null;
  readonly errorStack: string | null;
}
