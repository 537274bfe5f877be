/** Every status, in the order in which a job may meet them. */
export const JOB_STATUSES = [
  'scheduled',
  'pending',
  'running',
  'failed',
  'completed',
  'dead',
  'cancelled',
] as const;

/**
 * Where a job stands: `scheduled` (first run lies in the future), `pending` (ready), `running`,
 * `failed` (waits for its next attempt), `completed`, `dead` (no attempts left, or discarded), `cancelled`.
 */
export type JobStatus = (typeof JOB_STATUSES)[number];

/** Why a status changes. */
export type TransitionCause =
  | 'promote'
  | 'claim'
  | 'complete'
  | 'fail'
  | 'exhaust'
  | 'expire'
  | 'snooze'
  | 'release'
  | 'rescue'
  | 'cancel'
  | 'redrive'
  | 'reschedule';

/**
 * The whole life of a job as data: for each status, which cause leads where.
 * SQL statements are tested against this table; nothing else may happen to a row.
 */
export const TRANSITIONS: Readonly<
  Record<JobStatus, Partial<Record<TransitionCause, readonly JobStatus[]>>>
> = {
  scheduled: { promote: ['pending'], cancel: ['cancelled'], reschedule: ['pending'] },
  pending: { claim: ['running'], cancel: ['cancelled'], reschedule: ['scheduled'] },
  running: {
    complete: ['completed'],
    fail: ['failed'],
    exhaust: ['dead'],
    snooze: ['scheduled', 'pending'],
    release: ['pending'],
    rescue: ['pending', 'dead'],
    cancel: ['cancelled'],
    expire: ['dead'],
  },
  failed: { promote: ['pending'], cancel: ['cancelled'], redrive: ['pending'], reschedule: ['pending'] },
  completed: {},
  dead: { redrive: ['pending'] },
  cancelled: { redrive: ['pending'] },
};

const FINAL_STATUSES: ReadonlySet<JobStatus> = new Set(['completed', 'dead', 'cancelled']);

/** The statuses that a cause can lead away from, in the order of a job's life. */
function statusesThatAllow(cause: TransitionCause): readonly JobStatus[] {
  return JOB_STATUSES.filter((status) => cause in TRANSITIONS[status]);
}

/** A job that waits for its time. */
export const WAITING_STATUSES = statusesThatAllow('promote');
/** A job that an operator may still change: it does not run and has not ended. */
export const CHANGEABLE_STATUSES = statusesThatAllow('reschedule');
export const CANCELLABLE_STATUSES = statusesThatAllow('cancel');
/** A job that may run again. */
export const REDRIVABLE_STATUSES = statusesThatAllow('redrive');
/** A job that may go for good. */
export const DELETABLE_STATUSES: readonly JobStatus[] = JOB_STATUSES.filter((status) => status !== 'running');

/** A final status is never left but by an operator's redrive. */
export function isFinal(status: JobStatus): boolean {
  return FINAL_STATUSES.has(status);
}

/** Whether the life of a job allows this step. */
export function canMove(from: JobStatus, to: JobStatus): boolean {
  return Object.values(TRANSITIONS[from]).some((targets) => targets.includes(to));
}

/** Whether a text is the name of a status. */
export function isJobStatus(text: string): text is JobStatus {
  return (JOB_STATUSES as readonly string[]).includes(text);
}
