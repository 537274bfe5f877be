import type { Claim } from '../../../lib/core/claim.js';
import type { JobDraft } from '../../../lib/core/job.js';
import { isFinal, type JobStatus } from '../../../lib/core/job-status.js';
import type { RescueLimits } from '../../../lib/core/ports/ledger-upkeep.js';
import type { Settlement } from '../../../lib/core/settlement.js';

/** A job as the model keeps it; instants are in ms on the model's own clock. */
export interface ModelJob {
  readonly id: string;
  readonly queue: string;
  readonly type: string;
  readonly priority: number;
  readonly maxRetries: number;
  readonly timeoutMs: number;
  readonly status: JobStatus;
  readonly run: number;
  readonly retryCount: number;
  readonly crashCount: number;
  readonly owner: string | null;
  readonly lockedAt: number | null;
  readonly scheduledAt: number | null;
  readonly error: string | null;
  readonly result: unknown;
  readonly percent: number | null;
  /** Somebody asked for the end of the run, perhaps with a reason. */
  readonly cancel: { readonly reason: string | null } | null;
}

export interface ModelRun {
  readonly jobId: string;
  readonly run: number;
  readonly attempt: number;
  readonly workerId: string;
  readonly outcome: string;
}

export interface ModelWorker {
  readonly state: 'alive' | 'draining' | 'stopped' | 'dead';
  readonly leaseEndsAt: number;
}

/** What the ledger should do, in the plainest way that can be written down: maps, and nobody else in the room. */
export class LedgerModel {
  nowMs = 0;
  readonly jobs = new Map<string, ModelJob>();
  readonly runs: ModelRun[] = [];
  readonly workers = new Map<string, ModelWorker>();
  /** The worker process that now stands in each place; those that stood there before are gone. */
  readonly places: string[] = [];
  /** Every claim that was ever given out, and forged ones: most of them are stale. */
  readonly claims: Claim[] = [];

  /** Any job; more often than not one in a status of interest, where there is one. */
  jobAt(index: number, ofInterest: readonly JobStatus[] = []): ModelJob {
    const jobs = [...this.jobs.values()];
    const interesting = jobs.filter(({ status }) => ofInterest.includes(status));
    return pick(index % 3 === 0 || interesting.length === 0 ? jobs : interesting, index);
  }

  /** Any claim; more often than not one that still holds, or one whose job is running again without it. */
  claimAt(index: number): Claim {
    const kinds = [
      this.claims,
      this.claims.filter((claim) => this.holds(claim)),
      this.claims.filter((claim) => this.isOvertaken(claim)),
    ];
    const kind = kinds[index % kinds.length] ?? [];
    return pick(kind.length === 0 ? this.claims : kind, index);
  }

  workerAt(place: number): string {
    return pick(this.places, place);
  }

  /** Any worker; more often than not one that lives. */
  claimantAt(index: number): string {
    const living = this.places.filter((workerId) => this.isAlive(workerId));
    return pick(index % 4 === 0 || living.length === 0 ? this.places : living, index);
  }

  insert(draft: JobDraft, scheduledAt: number | null): void {
    if (this.jobs.has(draft.id)) return;
    const { id, queue, type, priority, maxRetries, timeoutMs } = draft;
    const status = scheduledAt !== null && scheduledAt > this.nowMs ? 'scheduled' : 'pending';
    this.jobs.set(id, {
      ...{ id, queue, type, priority, maxRetries, timeoutMs, status, scheduledAt },
      ...{ run: 0, retryCount: 0, crashCount: 0, owner: null, lockedAt: null },
      ...{ error: null, result: null, percent: null, cancel: null },
    });
  }

  change(id: string, fields: Partial<ModelJob>): ModelJob {
    const job = { ...this.job(id), ...fields };
    this.jobs.set(id, job);
    return job;
  }

  job(id: string): ModelJob {
    const job = this.jobs.get(id);
    if (job === undefined) throw new Error(`the model knows no job ${id}`);
    return job;
  }

  /** In claim order. */
  pending(queue: string, types: readonly string[]): ModelJob[] {
    const jobs = [...this.jobs.values()].filter(
      (job) => job.status === 'pending' && job.queue === queue && types.includes(job.type),
    );
    return inClaimOrder(jobs);
  }

  isAlive(workerId: string): boolean {
    return this.workers.get(workerId)?.state === 'alive';
  }

  claim(job: ModelJob, workerId: string): void {
    this.change(job.id, { status: 'running', run: job.run + 1, owner: workerId, lockedAt: this.nowMs });
  }

  /** Whether the fence (id, run, worker) still holds. */
  holds({ id, run, workerId }: Claim): boolean {
    const job = this.jobs.get(id);
    return job !== undefined && job.run === run && job.owner === workerId;
  }

  /** The job runs, and this claim is not the one. */
  private isOvertaken(claim: Claim): boolean {
    return this.jobs.get(claim.id)?.status === 'running' && !this.holds(claim);
  }

  /** A job that is to end gets no further run. */
  isCalledOff({ claim, status }: Settlement): boolean {
    return this.job(claim.id).cancel !== null && !isFinal(status);
  }

  settle(settlement: Settlement): void {
    const { claim, status, retryCount, delayMs, result, outcome, error } = settlement;
    const isCalledOff = this.isCalledOff(settlement);
    const { id, run, workerId } = claim;
    const waits = status === 'failed' || status === 'scheduled';
    const job = this.job(id);
    this.change(id, {
      ...{ status, retryCount, owner: null, lockedAt: null },
      result: result === null ? null : (JSON.parse(result) as unknown),
      error: error?.message ?? job.error,
      scheduledAt: waits ? this.nowMs + delayMs : job.scheduledAt,
      crashCount: status === 'completed' ? 0 : job.crashCount,
    });
    if (isCalledOff) this.callOff(id);
    const attempt = status === 'failed' ? retryCount : retryCount + 1;
    this.runs.push({ jobId: id, run, attempt, workerId, outcome });
  }

  due(queue: string): ModelJob[] {
    return [...this.jobs.values()].filter(
      (job) => job.queue === queue && isWaiting(job.status) && (job.scheduledAt ?? 0) <= this.nowMs,
    );
  }

  orphans(queue: string, { staleAfterMs }: RescueLimits): ModelJob[] {
    return [...this.jobs.values()].filter((job) => {
      if (job.queue !== queue || job.status !== 'running') return false;
      const owner = this.workers.get(job.owner ?? '')?.state ?? 'dead';
      const isStale = (job.lockedAt ?? 0) < this.nowMs - (job.timeoutMs + staleAfterMs);
      return owner === 'dead' || owner === 'stopped' || isStale;
    });
  }

  rescue(job: ModelJob, { mostCrashes }: RescueLimits, reason: string): void {
    const { id, run, retryCount, maxRetries, crashCount, owner } = job;
    const charge = this.workers.get(owner ?? '')?.state === 'stopped' ? 0 : 1;
    const isOver = charge === 1 && (retryCount >= maxRetries || crashCount + 1 >= mostCrashes);
    this.change(id, {
      status: isOver ? 'dead' : 'pending',
      ...{ owner: null, lockedAt: null, crashCount: crashCount + charge },
      retryCount: Math.min(maxRetries, retryCount + charge),
      error: charge === 1 ? reason : job.error,
    });
    if (job.cancel !== null) this.change(id, { status: 'cancelled', error: job.cancel.reason ?? job.error });
    const outcome = charge === 1 ? 'crashed' : 'released';
    this.runs.push({ jobId: id, run, attempt: retryCount + 1, workerId: owner ?? '', outcome });
  }

  private callOff(id: string): void {
    const job = this.job(id);
    this.change(id, { status: 'cancelled', error: job.cancel?.reason ?? job.error });
  }

  redrive(job: ModelJob): void {
    const retryCount = job.status === 'failed' ? job.retryCount : 0;
    this.change(job.id, { status: 'pending', scheduledAt: null, crashCount: 0, retryCount, cancel: null });
  }

  delete(id: string): void {
    this.jobs.delete(id);
    const kept = this.runs.filter((run) => run.jobId !== id);
    this.runs.splice(0, this.runs.length, ...kept);
  }
}

export function isWaiting(status: JobStatus): boolean {
  return status === 'scheduled' || status === 'failed';
}

/** Highest priority first, then oldest first. */
export function inClaimOrder<Item extends { readonly priority: number; readonly id: string }>(
  items: readonly Item[],
): Item[] {
  return [...items].sort((left, right) => right.priority - left.priority || (left.id < right.id ? -1 : 1));
}

function pick<Item>(items: readonly Item[], index: number): Item {
  const item = items[index % items.length];
  if (item === undefined) throw new Error('there is nothing to pick from');
  return item;
}
