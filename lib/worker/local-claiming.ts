import { AsyncResource } from 'node:async_hooks';
import type { Claim } from '../core/claim.js';
import type { JobDraft, JobId } from '../core/job.js';
import type { Clock } from '../core/ports/clock.js';
import type { LocalClaims, LocalReservation } from '../core/ports/local-claims.js';
import type { QueueRotation } from '../core/queue-rotation.js';
import type { SlotBook } from './slot-book.js';

/** What local claiming works with. */
export interface LocalClaimingParts {
  readonly slots: SlotBook;
  readonly rotation: QueueRotation;
  readonly clock: Clock;
  /** `undefined` while nothing may begin. */
  readonly workerId: () => string | undefined;
  /** The pool runs and has nothing else to do: nothing is being claimed, waits here or piles up to be settled. */
  readonly isCalm: () => boolean;
  /** As far as this process knows. */
  readonly isPaused: (job: Reserved) => boolean;
  readonly onClaim: (claim: Claim) => void;
  /** The ledger may have given this worker a job that it does not know of. */
  readonly onDoubt: () => void;
}

/** What a place is kept for. */
type Reserved = Pick<JobDraft, 'queue' | 'type'>;

/** The ledger looks for rivals of each of these types; with more of them that costs more than it saves. */
const MOST_TYPES = 100;

/**
 * An answer that took longer has walked over many dead index entries as a rule, which an old transaction keeps from
 * being cleaned up.
 */
const SLOW_MS = 50;

/** One may also be a handler that blocked the event loop; so many in a row are not. */
const MOST_SLOW = 3;

/** So long the common way is taken after that, and after an answer that was lost. */
const REST_MS = 10_000;

/**
 * Keeps a slot for a job that this very process is writing, so that it may be written as claimed and start with one
 * statement. Only a calm pool does so: under load claims come in batches, which cost less for each job.
 *
 * Whether the run is this worker's is decided by the ledger, in the statement that writes the job.
 */
export class LocalClaiming implements LocalClaims {
  private readonly reserved = new Map<JobId, Reserved>();
  private readonly idleListeners: (() => void)[] = [];
  /** Runs must not begin in the context of whoever enqueues: in their transaction, their request, their span. */
  private readonly scope = new AsyncResource('KyuLocalClaims');
  private restsUntilMs = Number.NEGATIVE_INFINITY;
  private slowInARow = 0;

  constructor(private readonly parts: LocalClaimingParts) {}

  /** Jobs that are being written, and may be this worker's by now. */
  get jobIds(): JobId[] {
    return [...this.reserved.keys()];
  }

  get size(): number {
    return this.reserved.size;
  }

  reserve({ id, queue, type }: Pick<JobDraft, 'id' | 'queue' | 'type'>): LocalReservation | undefined {
    const { clock, isCalm, isPaused, rotation, slots, workerId } = this.parts;
    const job = { queue, type };
    if (!isCalm() || !slots.hasRoomFor(job) || isPaused(job) || !rotation.queues.includes(queue))
      return undefined;
    const begunMs = clock.monotonicMs();
    const rooms = slots.rooms();
    const owner = workerId();
    if (owner === undefined || rooms.length > MOST_TYPES || begunMs < this.restsUntilMs) return undefined;
    const claimant = {
      workerId: owner,
      // One under a prefix may not be asked for yet.
      types: [...new Set([type, ...rooms.map((room) => room.type)])],
      queuesBefore: rotation.before(queue),
    };
    this.reserved.set(id, job);
    slots.wait(job);
    return {
      claimant,
      begin: (claim) => this.end(id, begunMs, () => this.parts.onClaim(claim)),
      giveUp: () => this.end(id, begunMs, () => {}),
      doubt: () => {
        this.end(id, begunMs, this.parts.onDoubt);
        // The same job is written again: were a place kept for it, the ledger would not be asked about it.
        this.rest();
      },
    };
  }

  /** Resolves when nothing is reserved. */
  async whenNone(): Promise<void> {
    if (this.size > 0) await new Promise<void>((resolve) => this.idleListeners.push(resolve));
  }

  /** In one go: between the end of the reservation and what follows nobody may miss the job. */
  private end(id: JobId, begunMs: number, follow: () => void): void {
    const job = this.reserved.get(id);
    if (job === undefined) return;
    this.reserved.delete(id);
    this.parts.slots.stopWaiting(job);
    this.slowInARow = this.parts.clock.monotonicMs() - begunMs > SLOW_MS ? this.slowInARow + 1 : 0;
    if (this.slowInARow >= MOST_SLOW) this.rest();
    this.scope.runInAsyncScope(follow);
    if (this.size === 0) for (const listener of this.idleListeners.splice(0)) listener();
  }

  private rest(): void {
    this.slowInARow = 0;
    this.restsUntilMs = this.parts.clock.monotonicMs() + REST_MS;
  }
}
