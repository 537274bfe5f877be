import type { JobId } from './job.js';

/**
 * One run that this process owns. (id, run, workerId) is the fence: every write about the run carries all three,
 * and a write whose fence no longer matches the row changes nothing.
 */
export interface Claim {
  readonly id: JobId;
  readonly run: number;
  readonly workerId: string;
  readonly queue: string;
  readonly type: string;
  readonly priority: number;
  /** JSON text; parsed once, when the run starts. */
  readonly payload: string;
  readonly retryCount: number;
  readonly maxRetries: number;
  /** 0 = no limit of its own. */
  readonly timeoutMs: number;
  readonly crashCount: number;
  /** Since 1970, by the database's clock. */
  readonly createdAtMs: number;
  /** ISO-like text of PostgreSQL; read only by those who look. */
  readonly scheduledAt: string | null;
  /** When the ledger gave this run away; run times are counted from here, by the database's clock. */
  readonly claimedAt: string;
  /** How long the job had been pending when it was claimed, by the database's clock. */
  readonly waitedMs: number;
  /** From the claim to the job's deadline, by the database's clock; negative when it has passed, `null` without one. */
  readonly deadlineInMs: number | null;
  /** JSON text of what travelled with the job. */
  readonly context: string | null;
  /** The job whose handler enqueued this one. */
  readonly parentId: JobId | null;
  /** JSON text of the earlier runs that failed, oldest first; `null` for none. Parsed by those who look. */
  readonly errors: string | null;
  /** JSON text of a backoff of the job's own. */
  readonly backoff?: string | null;
}

/** How many jobs of one type fit into this process right now. */
export interface Room {
  readonly type: string;
  readonly size: number;
  /** Rooms with the same name here are one room: together they have this size. */
  readonly sharedBy?: string;
}

/** The attempt number that a person counts: 1 for the first. */
export function attemptOf(claim: { readonly retryCount: number }): number {
  return claim.retryCount + 1;
}

/** The fence as text, for logs and for handlers that guard their own writes with it. */
export function fenceOf(claim: Pick<Claim, 'id' | 'run'>): string {
  return `${claim.id}:${claim.run}`;
}
