import { randomUUID } from 'node:crypto';
import type { Claim } from '../../../lib/core/claim.js';
import type { JobDraft } from '../../../lib/core/job.js';
import type { Settlement } from '../../../lib/core/settlement.js';
import {
  claimedInsertValues,
  insertValues,
  plainJobsValues,
  plainJobValues,
} from '../../../lib/ledger/draft-values.js';
import { completeValues, settleValues } from '../../../lib/ledger/settle-values.js';
import type { StatementTemplate } from '../../../lib/ledger/statement.js';
import { ageJobs } from '../../../lib/ledger/statements/age-jobs.sql.js';
import { archiveFinishedJobs } from '../../../lib/ledger/statements/archive-finished-jobs.sql.js';
import { beatWorker } from '../../../lib/ledger/statements/beat-worker.sql.js';
import { cancelJob } from '../../../lib/ledger/statements/cancel-job.sql.js';
import { changeJob } from '../../../lib/ledger/statements/change-job.sql.js';
import { claimJobsById } from '../../../lib/ledger/statements/claim-jobs-by-id.sql.js';
import { claimJobsByQueue } from '../../../lib/ledger/statements/claim-jobs-by-queue.sql.js';
import { claimJobsFurther } from '../../../lib/ledger/statements/claim-jobs-further.sql.js';
import { completeRuns } from '../../../lib/ledger/statements/complete-runs.sql.js';
import { countPending } from '../../../lib/ledger/statements/count-pending.sql.js';
import { deleteFinishedJobs } from '../../../lib/ledger/statements/delete-finished-jobs.sql.js';
import { deleteJob } from '../../../lib/ledger/statements/delete-job.sql.js';
import { extendRun } from '../../../lib/ledger/statements/extend-run.sql.js';
import { findCancelRequests } from '../../../lib/ledger/statements/find-cancel-requests.sql.js';
import { findDrainOrder } from '../../../lib/ledger/statements/find-drain-order.sql.js';
import { findNextTick } from '../../../lib/ledger/statements/find-next-tick.sql.js';
import { findArchivedJob } from '../../../lib/ledger/statements/find-archived-job.sql.js';
import { findJob } from '../../../lib/ledger/statements/find-job.sql.js';
import { findJobTexts } from '../../../lib/ledger/statements/find-job-texts.sql.js';
import { findNextDue } from '../../../lib/ledger/statements/find-next-due.sql.js';
import { findStandingJobs } from '../../../lib/ledger/statements/find-standing-jobs.sql.js';
import { freeExpiredKeys } from '../../../lib/ledger/statements/free-expired-keys.sql.js';
import { insertAndClaimJob } from '../../../lib/ledger/statements/insert-and-claim-job.sql.js';
import { insertJobs } from '../../../lib/ledger/statements/insert-jobs.sql.js';
import { insertLogLines } from '../../../lib/ledger/statements/insert-log-lines.sql.js';
import { insertPlainJob } from '../../../lib/ledger/statements/insert-plain-job.sql.js';
import { insertPlainJobs } from '../../../lib/ledger/statements/insert-plain-jobs.sql.js';
import { listDueSchedules } from '../../../lib/ledger/statements/list-due-schedules.sql.js';
import { listFirstPending } from '../../../lib/ledger/statements/list-first-pending.sql.js';
import { listPendingTypes } from '../../../lib/ledger/statements/list-pending-types.sql.js';
import { promoteDueJobs } from '../../../lib/ledger/statements/promote-due-jobs.sql.js';
import { replaceHeldJob } from '../../../lib/ledger/statements/replace-held-job.sql.js';
import { readStandings } from '../../../lib/ledger/statements/read-standings.sql.js';
import { reportProgress } from '../../../lib/ledger/statements/report-progress.sql.js';
import { rescueJobs } from '../../../lib/ledger/statements/rescue-jobs.sql.js';
import { rescheduleJob } from '../../../lib/ledger/statements/reschedule-job.sql.js';
import { retryJob } from '../../../lib/ledger/statements/retry-job.sql.js';
import { runJobNow } from '../../../lib/ledger/statements/run-job-now.sql.js';
import { takeTicks } from '../../../lib/ledger/statements/take-ticks.sql.js';
import { settleRuns } from '../../../lib/ledger/statements/settle-runs.sql.js';
import { JOB_TYPES, LIVING_WORKER, QUEUE } from './ledger-filling.js';
import type { PlanLab } from './plan-lab.js';

/** A job as the ledger holds it, as far as parameters need it. */
interface HeldJob {
  readonly id: string;
  readonly run: number;
  readonly locked_by: string;
  readonly locked_at: Date;
}

/** Jobs to call the statements with. */
export interface Material {
  readonly pending: readonly HeldJob[];
  readonly running: readonly HeldJob[];
}

/** A statement on the way of every job, and how to call it for so many rows. */
export interface HotStatement {
  readonly template: StatementTemplate;
  readonly values: (rows: number, material: Material) => unknown[];
  /** Works through as many rows as it is told, so that its cost must grow with them and with nothing else. */
  readonly isBatch: boolean;
}

const STALE_AFTER_MS = 600_000;

/** Before all jobs. */
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

export const CLAIM_BY_ID: HotStatement = {
  template: claimJobsById,
  values: (rows, { pending }) => [
    LIVING_WORKER,
    QUEUE,
    JOB_TYPES,
    pending.slice(0, rows).map(({ id }) => id),
  ],
  isBatch: true,
};

export const CLAIM_BY_QUEUE: HotStatement = {
  template: claimJobsByQueue,
  values: claimValues,
  isBatch: true,
};

export const CLAIM_FURTHER: HotStatement = {
  template: claimJobsFurther,
  values: (rows) => [...claimValues(rows), 0, FIRST_ID],
  isBatch: true,
};

export const SETTLE: HotStatement = {
  template: settleRuns,
  values: (rows, { running }) => settleValues(running.slice(0, rows).map(completionOf)),
  isBatch: true,
};

export const COMPLETE: HotStatement = {
  template: completeRuns,
  values: (rows, { running }) => completeValues(running.slice(0, rows).map(completionOf)),
  isBatch: true,
};

export const RESCUE: HotStatement = {
  template: rescueJobs,
  values: (rows) => [QUEUE, STALE_AFTER_MS, 3, rows],
  // It also looks at the jobs of the living: how many those are is bounded by the fleet, not by the batch.
  isBatch: false,
};

export const HOT_STATEMENTS: readonly HotStatement[] = [
  { template: insertJobs, values: draftValues, isBatch: true },
  { template: insertPlainJobs, values: (rows) => plainJobsValues(plainDrafts(rows)), isBatch: true },
  { template: insertPlainJob, values: () => plainDrafts(1).flatMap(plainJobValues), isBatch: false },
  { template: insertAndClaimJob, values: claimedDraftValues, isBatch: false },
  {
    template: findStandingJobs,
    values: (rows, { pending }) => [
      pending.slice(0, rows).map(({ id }) => id),
      keysOf(pending.slice(0, rows)),
    ],
    isBatch: true,
  },
  {
    template: freeExpiredKeys,
    values: (rows, { pending }) => [keysOf(pending.slice(0, rows))],
    isBatch: false,
  },
  {
    template: replaceHeldJob,
    values: (_, { pending }) => [
      ...keysOf(pending.slice(0, 1)),
      JOB_TYPES[0],
      0,
      '{}',
      3,
      0,
      0,
      null,
      null,
      QUEUE,
    ],
    isBatch: false,
  },
  CLAIM_BY_ID,
  CLAIM_BY_QUEUE,
  CLAIM_FURTHER,
  COMPLETE,
  SETTLE,
  { template: promoteDueJobs, values: (rows) => [QUEUE, rows], isBatch: true },
  RESCUE,
  { template: listFirstPending, values: (rows) => [QUEUE, JOB_TYPES[0], rows], isBatch: true },
  { template: countPending, values: (rows) => [[QUEUE], JOB_TYPES, rows], isBatch: false },
  { template: ageJobs, values: (rows) => [QUEUE, 0, rows], isBatch: false },
  { template: listPendingTypes, values: () => [QUEUE], isBatch: false },
  { template: findNextDue, values: () => [QUEUE], isBatch: false },
  { template: beatWorker, values: () => [LIVING_WORKER, 10_000], isBatch: false },
  { template: findDrainOrder, values: () => [LIVING_WORKER], isBatch: false },
  { template: reportProgress, values: (_, { running }) => progressValues(running), isBatch: false },
  { template: cancelJob, values: (_, { pending }) => [firstOf(pending).id, null], isBatch: false },
  { template: retryJob, values: (_, { pending }) => [firstOf(pending).id], isBatch: false },
  { template: deleteJob, values: (_, { pending }) => [firstOf(pending).id], isBatch: false },
  { template: findCancelRequests, values: () => [[LIVING_WORKER]], isBatch: false },
  { template: extendRun, values: (_, { running }) => extensionValues(running), isBatch: false },
  {
    template: insertLogLines,
    values: (rows, { running }) => logValues(running.slice(0, rows)),
    isBatch: false,
  },
  {
    template: readStandings,
    values: (rows, { running }) => [running.slice(0, rows).map(({ id }) => id)],
    isBatch: true,
  },
  { template: runJobNow, values: (_, { pending }) => [firstOf(pending).id], isBatch: false },
  {
    template: rescheduleJob,
    values: (_, { pending }) => [firstOf(pending).id, 60_000, null],
    isBatch: false,
  },
  {
    template: changeJob,
    values: (_, { pending }) => [firstOf(pending).id, null, 5, null, null, null, null, 'false', null],
    isBatch: false,
  },
  { template: findJobTexts, values: (_, { pending }) => [firstOf(pending).id], isBatch: false },
  { template: findJob, values: (_, { pending }) => [firstOf(pending).id], isBatch: false },
  { template: listDueSchedules, values: (rows) => [QUEUE, [], rows], isBatch: false },
  { template: findNextTick, values: () => [QUEUE, []], isBatch: false },
  { template: takeTicks, values: (rows, { pending }) => [QUEUE, stepsAsJson(rows, pending)], isBatch: false },
  { template: findArchivedJob, values: (_, { pending }) => [firstOf(pending).id], isBatch: false },
  // They answer one row, whatever they removed.
  { template: deleteFinishedJobs, values: retentionValues, isBatch: false },
  { template: archiveFinishedJobs, values: retentionValues, isBatch: false },
];

/** Parameters for a ledger that is still empty. */
export const NO_MATERIAL: Material = {
  pending: [{ id: randomUUID(), run: 0, locked_by: LIVING_WORKER, locked_at: new Date() }],
  running: [{ id: randomUUID(), run: 1, locked_by: LIVING_WORKER, locked_at: new Date() }],
};

export async function gatherMaterial(lab: PlanLab, rows: number): Promise<Material> {
  return { pending: await newest(lab, 'pending', rows), running: await newest(lab, 'running', rows) };
}

async function newest(lab: PlanLab, status: string, rows: number): Promise<HeldJob[]> {
  const found = await lab.run(
    `select id, run, locked_by, locked_at from ${lab.book.tables.jobs}
     where status = $1 and queue = $2 and coalesce(locked_by, $4) = $4 order by id desc limit $3`,
    [status, QUEUE, rows, LIVING_WORKER],
  );
  return found as unknown as HeldJob[];
}

function retentionValues(rows: number): unknown[] {
  return [QUEUE, 'completed', null, [JOB_TYPES[0]], 0, null, rows];
}

function completionOf({ id, run, locked_by: workerId, locked_at: lockedAt }: HeldJob): Settlement {
  const claim = { id, run, workerId, claimedAt: lockedAt.toISOString() } as Claim; // what settleValues reads
  const outcome = {
    outcome: 'completed',
    status: 'completed',
    result: '{"delivered":true}',
    error: null,
  } as const;
  return { claim, ...outcome, retryCount: 0, delayMs: 0, startedAfterMs: 1, finishedAfterMs: 25 };
}

function extensionValues(running: readonly HeldJob[]): unknown[] {
  const { id, run, locked_by: worker } = firstOf(running);
  return [id, run, worker, 60_000];
}

function logValues(jobs: readonly HeldJob[]): unknown[] {
  return [
    jobs.map(({ id }) => id),
    jobs.map(({ run }) => run),
    jobs.map(({ locked_by: worker }) => worker),
    jobs.map(({ locked_at: claimedAt }) => claimedAt.toISOString()),
    jobs.map(() => 1),
    jobs.map(() => 25),
    jobs.map(() => 'accepted'),
  ];
}

function progressValues(running: readonly HeldJob[]): unknown[] {
  const { id, run, locked_by: worker } = firstOf(running);
  return [id, run, worker, 40, 'half of it'];
}

function claimValues(rows: number): unknown[] {
  return [LIVING_WORKER, QUEUE, JOB_TYPES, JOB_TYPES.map(() => rows), rows, JOB_TYPES];
}

/** Every tenth draft has a key, a deadline and tags. */
function draftValues(rows: number): unknown[] {
  const drafts = plainDrafts(rows).map((draft, index): JobDraft => {
    if (index % 10 > 0) return draft;
    const unique = {
      key: `type/${draft.id}`,
      keeps: false,
      expiresAfterMs: null,
      onConflict: 'skip',
    } as const;
    return { ...draft, unique, deadlineAt: '2099-01-01T00:00:00Z', tags: ['tenant:42'] };
  });
  return insertValues(drafts);
}

function plainDrafts(rows: number): JobDraft[] {
  return Array.from({ length: rows }, (_, index) => {
    const type = JOB_TYPES[index % JOB_TYPES.length] ?? '';
    const payload = JSON.stringify({ order: index });
    const times = { maxRetries: 3, timeoutMs: 0, delayMs: 0, scheduledAt: null };
    return { id: randomUUID(), queue: QUEUE, type, priority: 0, payload, ...times };
  });
}

/** More important than what waits, so that the look at the rivals goes to its end. */
function claimedDraftValues(): unknown[] {
  const times = { maxRetries: 3, timeoutMs: 0, delayMs: 0, scheduledAt: null };
  const [type = ''] = JOB_TYPES;
  const draft = { id: randomUUID(), queue: QUEUE, type, priority: 1_000, payload: '{"order":1}', ...times };
  return claimedInsertValues(draft, { workerId: LIVING_WORKER, types: JOB_TYPES, queuesBefore: ['heavier'] });
}

function keysOf(jobs: readonly HeldJob[]): string[] {
  return jobs.map(({ id }) => `type/${id}`);
}

/** Steps from where no schedule stands: what counts is the way to find that out. */
function stepsAsJson(rows: number, jobs: readonly HeldJob[]): string {
  const steps = Array.from({ length: rows }, (_, index) => ({
    name: `schedule-${index}`,
    guard: 'elsewhere',
    replaces: firstOf(jobs).id,
    id: randomUUID(),
    queue: QUEUE,
    type: JOB_TYPES[0],
    priority: 0,
    retries: 3,
    timeout: 0,
    payload: { order: index },
  }));
  return JSON.stringify(steps);
}

function firstOf(jobs: readonly HeldJob[]): HeldJob {
  const [first] = jobs;
  if (first === undefined) throw new Error('The ledger holds no job to call the statement with.');
  return first;
}
