import type { JobExplanation } from '../admin/job-explainer.js';
import {
  CANCELLABLE_STATUSES,
  CHANGEABLE_STATUSES,
  JOB_STATUSES,
  WAITING_STATUSES,
  type JobStatus,
} from '../core/job-status.js';
import { DELETABLE_STATUSES, RETRYABLE_STATUSES } from '../admin/job-query.js';
import type { Job, JobLogLine, JobRun } from '../core/job.js';
import type { JobSummary } from '../core/job-summary.js';
import type { Counts, JobDetail, JobRow, Permission, RunDetail } from './contract.js';

type Verb = JobDetail['verbs'][number];

/** In which statuses a verb changes something, and who may use it. */
const VERBS: Readonly<
  Record<Verb, { readonly from: readonly JobStatus[]; readonly permission: Permission }>
> = {
  retry: { from: RETRYABLE_STATUSES, permission: 'retry' },
  cancel: { from: CANCELLABLE_STATUSES, permission: 'cancel' },
  'run-now': { from: WAITING_STATUSES, permission: 'change' },
  reschedule: { from: CHANGEABLE_STATUSES, permission: 'change' },
  change: { from: CHANGEABLE_STATUSES, permission: 'change' },
  delete: { from: DELETABLE_STATUSES, permission: 'delete' },
};

/** A job without what it carries. */
export function jobRow(job: JobSummary): JobRow {
  return {
    id: job.id,
    type: job.type,
    queue: job.queue,
    status: job.status,
    priority: job.priority,
    run: job.run,
    retryCount: job.retryCount,
    maxRetries: job.maxRetries,
    progress: job.progress,
    errorMessage: job.errorMessage,
    tags: job.tags,
    payloadSize: job.payloadSize,
    createdAt: job.createdAt.toISOString(),
    updatedAt: job.updatedAt.toISOString(),
    scheduledAt: isoOf(job.scheduledAt),
    lockedAt: isoOf(job.lockedAt),
    lockedBy: job.lockedBy,
    completedAt: isoOf(job.completedAt),
    deadlineAt: isoOf(job.deadlineAt),
    archivedAt: isoOf(job.archivedAt),
  };
}

/** The same of a whole job. */
export function wholeJobRow(job: Job): JobRow {
  return jobRow({ ...job, payloadSize: Buffer.byteLength(JSON.stringify(job.payload) ?? 'null') });
}

export interface DetailParts {
  readonly job: Job;
  readonly runs: readonly JobRun[];
  readonly logs: readonly JobLogLine[];
  readonly children: readonly JobSummary[];
  readonly explanation: Pick<JobExplanation, 'text' | 'reasons' | 'ahead'>;
  readonly permissions: ReadonlySet<Permission>;
}

export function jobDetail({ job, runs, logs, children, explanation, permissions }: DetailParts): JobDetail {
  return {
    ...wholeJobRow(job),
    timeoutMs: job.timeoutMs,
    crashCount: job.crashCount,
    uniqueKey: job.uniqueKey,
    context: job.context,
    parentId: job.parentId,
    children: children.map(jobRow),
    cancelRequestedAt: isoOf(job.cancelRequestedAt),
    cancelReason: job.cancelReason,
    traceId: traceIdOf(job.context),
    hasResult: job.result !== null && job.result !== undefined,
    runs: runs.map(runDetail),
    logs: logs.map(logLine),
    explanation: explanationOf(explanation),
    verbs: verbsOf(job, permissions),
  };
}

export function runDetail(run: JobRun): RunDetail {
  const { name, message } = splitError(run.errorMessage);
  return {
    run: run.run,
    attempt: run.attempt,
    outcome: run.outcome,
    workerId: run.workerId,
    startedAt: isoOf(run.startedAt),
    finishedAt: run.finishedAt.toISOString(),
    durationMs:
      run.startedAt === null ? null : Math.max(0, run.finishedAt.getTime() - run.startedAt.getTime()),
    errorName: name,
    errorMessage: message,
    errorStack: run.errorStack,
  };
}

export function logLine({ run, at, message }: JobLogLine): JobDetail['logs'][number] {
  return { run, at: at.toISOString(), message };
}

export function explanationOf({
  text,
  reasons,
  ahead,
}: Pick<JobExplanation, 'text' | 'reasons' | 'ahead'>): JobDetail['explanation'] {
  return { text, reasons: reasons.map(({ reason, text: words }) => ({ reason, text: words })), ahead };
}

/** How many there are of each status; those of which nothing is said are 0. */
export function fullCounts(some: Partial<Record<JobStatus, number>>): Counts {
  return Object.fromEntries(JOB_STATUSES.map((status) => [status, some[status] ?? 0])) as Record<
    JobStatus,
    number
  >;
}

export function isoOf(instant: Date | null | undefined): string | null {
  return instant?.toISOString() ?? null;
}

/** What is archived stays as it is. */
function verbsOf({ status, archivedAt }: Job, permissions: ReadonlySet<Permission>): Verb[] {
  if (archivedAt !== null) return [];
  const verbs = Object.entries(VERBS) as [Verb, (typeof VERBS)[Verb]][];
  return verbs
    .filter(([, { from, permission }]) => from.includes(status) && permissions.has(permission))
    .map(([verb]) => verb);
}

/** Errors are kept as `TypeError: cannot read …`; the name is what stands before the first colon, if it is one. */
function splitError(text: string | null): { name: string | null; message: string | null } {
  const parts = /^([A-Z][\w$]*): ([\s\S]*)$/.exec(text ?? '');
  return parts === null
    ? { name: null, message: text }
    : { name: parts[1] ?? null, message: parts[2] ?? null };
}

/** The id in a W3C `traceparent`: version, trace, span, flags. */
function traceIdOf(context: Job['context']): string | null {
  const parent = context?.['traceparent'];
  return typeof parent === 'string' ? (/^[\da-f]{2}-([\da-f]{32})-/.exec(parent)?.[1] ?? null) : null;
}
