import type { JobId } from '../job.js';

/** What an operator can do: the verbs of `KyuAdmin`, those of `KyuSchedules`, and `enqueue` by way of the dashboard. */
export const AUDIT_ACTIONS = [
  'cancel',
  'retry',
  'delete',
  'runNow',
  'reschedule',
  'change',
  'cancelMany',
  'retryMany',
  'deleteMany',
  'runNowMany',
  'rescheduleMany',
  'pause',
  'resume',
  'pauseType',
  'resumeType',
  'drainWorker',
  'buryWorker',
  'upsertSchedule',
  'pauseSchedule',
  'resumeSchedule',
  'removeSchedule',
  'runScheduleNow',
  'fix',
  'rebuild',
  'enqueue',
] as const;

/** One of the verbs that leave a trace. */
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** What an operator did, to be kept. */
export interface AuditEntry {
  readonly id: string;
  readonly action: AuditAction;
  readonly actor: string | null;
  readonly reason: string | null;
  readonly jobId: JobId | null;
  readonly queue: string | null;
  readonly type: string | null;
  /** JSON text: which jobs, or what about them was changed. */
  readonly selection: string | null;
  readonly affected: number;
}

/** What an operator did, as the ledger kept it. */
export interface AuditRecord {
  readonly id: string;
  readonly at: Date;
  readonly action: AuditAction;
  /** Who it was, as far as they said. */
  readonly actor: string | null;
  readonly reason: string | null;
  readonly jobId: JobId | null;
  readonly queue: string | null;
  readonly type: string | null;
  /** Which jobs, queues or settings it was about. */
  readonly selection: unknown;
  /** How many jobs, or queues, were changed. */
  readonly affected: number;
}

/** One page of the trail, newest first. */
export interface AuditPage {
  readonly jobId?: JobId;
  readonly actions?: readonly AuditAction[];
  readonly limit: number;
  /** Only entries older than this id. */
  readonly before?: string;
}

/** The operators' trail: written in the transaction of what it tells of, so that there is neither without the other. */
export interface AuditTrail<Transaction> {
  /** A second record under the same id adds its `affected` to the first: one call may work in several batches. */
  record(entry: AuditEntry, transaction: Transaction): Promise<void>;
  list(page: AuditPage, transaction?: Transaction): Promise<AuditRecord[]>;
}
