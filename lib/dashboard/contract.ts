/**
 * What the REST API says: the shapes of its JSON, and nothing else. The server answers in them, the pages read them,
 * the OpenAPI document is made from the table of routes that names them. Instants are ISO 8601 text, spans are ms.
 * Every answer is `{ data }` or `{ error }`.
 */
import type { JobStatus } from '../core/job-status.js';

export interface Answer<Data> {
  readonly data: Data;
}

export interface Refusal {
  readonly error: {
    /** Stable; those of docs/errors.md and those of the API itself. */
    readonly code: string;
    /** What happened, and what to do. Never a secret. */
    readonly message: string;
    readonly details?: Readonly<Record<string, unknown>>;
  };
}

/** What an account may do. `read` is looking; the others are named verbs. */
export type Permission =
  | 'read'
  | 'payloads'
  | 'enqueue'
  | 'retry'
  | 'cancel'
  | 'delete'
  | 'change'
  | 'pause'
  | 'schedules'
  | 'workers';

export interface DashboardConfig {
  readonly version: string;
  readonly instance: string;
  /** Where the dashboard is mounted, without a slash at the end: '/admin/kyu'. */
  readonly basePath: string;
  readonly authentication: 'none' | 'basic' | 'oauth';
  readonly readOnly: boolean;
  /** Payloads and results are shown on demand only. */
  readonly hidesPayloads: boolean;
  readonly permissions: readonly Permission[];
  readonly account: Account | null;
  /** Every change sends it back in the header `x-kyu-csrf`. */
  readonly csrfToken: string;
  readonly queues: readonly string[];
  /** A trace's page, with `{traceId}` in it. */
  readonly traceUrl: string | null;
}

export interface Account {
  readonly id: string;
  readonly name: string;
  readonly avatarUrl: string | null;
  readonly provider: string;
}

export interface AuthProvider {
  readonly id: string;
  readonly name: string;
  readonly loginUrl: string;
}

export type Counts = Readonly<Record<JobStatus, number>>;

/** One row of the list: no payload, no result. */
export interface JobRow {
  readonly id: string;
  readonly type: string;
  readonly queue: string;
  readonly status: JobStatus;
  readonly priority: number;
  readonly run: number;
  readonly retryCount: number;
  readonly maxRetries: number;
  readonly progress: { readonly percent: number; readonly note: string | null } | null;
  readonly errorMessage: string | null;
  readonly tags: readonly string[];
  readonly payloadSize: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly scheduledAt: string | null;
  readonly lockedAt: string | null;
  readonly lockedBy: string | null;
  readonly completedAt: string | null;
  readonly deadlineAt: string | null;
  readonly archivedAt: string | null;
}

export type JobSort = 'created' | 'updated' | 'finished' | 'scheduled' | 'priority';

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

/** GET overview?window=1h|24h|7d */
export interface OverviewData {
  readonly window: '1h' | '24h' | '7d';
  /** In words, worst first; empty = all is well. */
  readonly problems: readonly Problem[];
  readonly counts: Counts;
  readonly oldestPendingMs: number | null;
  /** Runs that failed or died, of all that ended in the window. */
  readonly errorRate: number | null;
  /** Evenly spaced, oldest first. */
  readonly series: readonly SeriesPoint[];
  readonly byQueue: readonly TrafficRow[];
  readonly byType: readonly TrafficRow[];
  /** When it was read, by the database's clock. */
  readonly at: string;
  /** Something large was estimated, or not counted to its end. */
  readonly approximate: boolean;
}

export interface Problem {
  readonly severity: 'critical' | 'warning' | 'note';
  readonly code: string;
  readonly text: string;
  readonly remedy: string | null;
  /** A page of the dashboard, relative to its base, as '/jobs?query=status:dead'. */
  readonly link: string | null;
}

export interface SeriesPoint {
  readonly at: string;
  readonly enqueued: number;
  readonly completed: number;
  readonly failed: number;
}

export interface TrafficRow {
  readonly name: string;
  readonly enqueued: number;
  readonly completed: number;
  readonly failed: number;
  readonly pending: number;
  readonly running: number;
  readonly waitP50Ms: number | null;
  readonly waitP95Ms: number | null;
  readonly runP50Ms: number | null;
  readonly runP95Ms: number | null;
}

/** GET errors?window=24h&limit= ; POST errors/:fingerprint/retry { dryRun?, reason?, limit? } answers BulkData */
export interface ErrorGroupsData {
  readonly groups: readonly ErrorGroup[];
  readonly approximate: boolean;
}

export interface ErrorGroup {
  readonly fingerprint: string;
  readonly errorName: string;
  /** A message as it was last seen. */
  readonly message: string;
  readonly types: readonly string[];
  readonly runs: number;
  readonly jobs: number;
  /** Jobs of the group that are dead, and could run again. */
  readonly dead: number;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  readonly sampleJobId: string;
}

/** GET queues?window=1h|24h|7d */
export interface QueueRow {
  readonly name: string;
  readonly paused: boolean;
  readonly pausedTypes: readonly string[];
  readonly liveWorkers: number;
  readonly counts: Pick<Counts, 'pending' | 'scheduled' | 'running' | 'failed' | 'dead'>;
  readonly oldestPendingMs: number | null;
  readonly traffic: TrafficRow;
  readonly series: readonly SeriesPoint[];
  readonly types: readonly TrafficRow[];
  readonly approximate: boolean;
}

/** GET workers ; POST workers/:id/drain { exit?, reason? } answers 202 { id, state } */
export interface WorkerRow {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  readonly state: string;
  readonly queues: readonly string[];
  readonly types: readonly string[] | null;
  readonly concurrency: number;
  readonly running: number;
  readonly jobs: readonly JobRow[];
  readonly startedAt: string;
  readonly heartbeatAgeMs: number;
  readonly drainRequestedAt: string | null;
}

/** GET schedules */
export interface ScheduleRow {
  readonly name: string;
  readonly cron: string;
  readonly timezone: string;
  readonly words: string;
  readonly type: string;
  readonly payload: unknown;
  readonly options: Readonly<Record<string, unknown>>;
  readonly source: 'code' | 'provider' | 'dynamic';
  readonly pausedAt: string | null;
  readonly lastTickAt: string | null;
  readonly lastJob: Pick<JobRow, 'id' | 'status'> | null;
  readonly missedTicks: number;
  readonly nextTicks: readonly string[];
  /** Said when a tick falls into an hour that a change of clocks skips or doubles. */
  readonly dstNote: string | null;
}

/** PUT schedules/:name; POST schedules/preview with cron and timezone alone */
export interface ScheduleBody {
  readonly cron: string;
  readonly timezone?: string;
  readonly type: string;
  readonly payload?: unknown;
  readonly options?: Readonly<Record<string, unknown>>;
}

export interface SchedulePreview {
  readonly words: string;
  readonly nextTicks: readonly string[];
  readonly dstNote: string | null;
}

/** GET audit?jobId=&action=&cursor= */
export interface AuditPageData {
  readonly rows: readonly AuditRow[];
  readonly nextCursor: string | null;
}

export interface AuditRow {
  readonly id: string;
  readonly at: string;
  readonly action: string;
  readonly actor: string | null;
  readonly reason: string | null;
  readonly jobId: string | null;
  readonly queue: string | null;
  readonly type: string | null;
  readonly selection: unknown;
  readonly affected: number;
}

/** GET doctor ; POST doctor/fix { code, reason? } answers { code, done: string[] } */
export interface FindingRow {
  readonly code: string;
  readonly severity: 'critical' | 'warning' | 'note';
  readonly text: string;
  readonly remedy: string;
  readonly canFix: boolean;
}

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

/** GET events: server-sent. Name of the event and what it carries. */
export interface ServerEvents {
  /** At most once a second, and only when something changed: what the pages should read again. */
  readonly changed: {
    readonly topics: readonly ('jobs' | 'queues' | 'workers' | 'schedules' | 'audit')[];
    readonly counts: Counts;
  };
}
