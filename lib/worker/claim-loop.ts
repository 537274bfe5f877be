import type { Claim, Room } from '../core/claim.js';
import type { EventBus } from '../core/event-bus.js';
import type { Clock } from '../core/ports/clock.js';
import type { Dispatcher } from '../core/ports/dispatcher.js';
import type { QueueRotation } from '../core/queue-rotation.js';
import type { RunLedger } from '../core/ports/run-ledger.js';
import { Alarm } from './alarm.js';
import type { ClaimAhead } from './claim-ahead.js';
import { ClaimsUnderWay } from './claims-under-way.js';
import type { PauseWatch } from './pause-watch.js';
import type { SlotBook } from './slot-book.js';

/** What the claim loop works with. */
export interface ClaimParts {
  readonly rotation: QueueRotation;
  readonly dispatcher: Dispatcher;
  readonly ledger: RunLedger;
  readonly slots: SlotBook;
  readonly ahead: ClaimAhead;
  readonly pauses: PauseWatch;
  readonly clock: Clock;
  readonly events: EventBus;
  /** This process's worker id; `undefined` while it cannot prove that it lives. */
  readonly workerId: () => string | undefined;
  /** False while too many ended runs wait to be settled. */
  readonly mayClaim: () => boolean;
  readonly onClaims: (claims: readonly Claim[]) => void;
  /** Takes back what the ledger says is this worker's, and what was never handed over. */
  readonly handBackUnheard: (workerId: string) => Promise<void>;
  /** Sees to pending jobs that nobody handles. */
  readonly buryUnknown?: (workerId: string) => Promise<void>;
  /** The dispatcher lost its memory of a queue. */
  readonly onForgotten: (queue: string) => Promise<void>;
  /** The dispatcher runs low on these types while the ledger has more. */
  readonly onLow: (queue: string, types: readonly string[]) => void;
  readonly pollIntervalMs: number;
}

/** Without a dispatcher nobody tells of new work but a signal that may be lost: look more often. */
const POLL_WITHOUT_REDIS_MS = 1_000;

/**
 * While all that the dispatcher gives is refused by the ledger, the ledger itself is asked so often. Not at once: what
 * it gives is then hinted at by the dispatcher, to no purpose, and each look would be the reason for the next.
 */
const POLL_WHILE_MISLED_MS = 100;

/** After an error the loop does not spin. */
const PAUSE_AFTER_ERROR_MS = 500;

/** One claim statement is held to this size. */
const LARGEST_CLAIM = 500;

/**
 * Claims that may be under way at once: while PostgreSQL writes one, the dispatcher is asked for the next. A job type
 * or a queue with a limit of its own allows for one alone: whose the jobs under way are is not known before they are
 * here, and what is beyond the limit would wait here though another process may have room for it.
 */
const CLAIMS_AT_ONCE = 2;

/**
 * Wait for room → take hints → claim → hand over; nothing else. While there is much to do two claims overlap.
 *
 * Modes: stopped → searching (rounds over the queues while they bring work and there is room) → resting (until a
 * wake-up, freed room after a round that left out a full job type, or the poll) → searching. Every rest ends by itself: no
 * signal is trusted to arrive, and after a poll's rest the ledger itself is asked, whatever the dispatcher says.
 */
export class ClaimLoop {
  private readonly alarm: Alarm;
  private running: Promise<void> | undefined;
  private stopping = false;
  /** The last search left out a job type for want of room, so freed room is worth another. */
  private moreIsLikely = false;
  private lastPollMs = 0;
  private searching = false;
  private readonly underWay: ClaimsUnderWay;
  /** The last hints were all wrong: somebody may have filled the dispatcher with what is none of the queue's. */
  private misled = false;
  /** One of them failed since the last look. */
  private hasFailed = false;
  /** The ledger had no more than this in its last answer, so a second claim beside the next one finds nothing. */
  private ledgerRanOut = true;

  constructor(private readonly parts: ClaimParts) {
    this.alarm = new Alarm(parts.clock);
    this.underWay = new ClaimsUnderWay({
      slots: parts.slots,
      most: () => this.claimsAtOnce(),
      onFailed: (error) => this.tellFailed(error),
      onEnded: () => this.roomFreed(),
    });
  }

  start(): void {
    this.stopping = false;
    this.lastPollMs = this.parts.clock.monotonicMs();
    this.running ??= this.search();
  }

  /** No claim is begun after this call; resolves when the one under way has been handed over. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.alarm.ring();
    await this.running;
    this.running = undefined;
  }

  /** A claim may be under way: jobs that are this worker's may not have been handed over yet. */
  get isSearching(): boolean {
    return this.searching || this.underWay.size > 0;
  }

  /** Something may have become pending. */
  wake(): void {
    this.alarm.ring();
  }

  /** The ledger may have given this worker what it does not know of: the ledger is asked at once. */
  doubt(): void {
    this.lastPollMs = Number.NEGATIVE_INFINITY;
    this.alarm.ring();
  }

  /** A run ended. */
  roomFreed(): void {
    if (this.moreIsLikely) this.alarm.ring();
  }

  private async search(): Promise<void> {
    while (!this.stopping) {
      try {
        this.searching = true;
        const found = await this.round();
        if (this.hasFailed) await this.pauseAfterError();
        else if (!found) await this.rest(this.restMs());
      } catch (error) {
        this.tellFailed(error);
        await this.pauseAfterError();
      }
    }
    await this.underWay.whenNone();
    this.searching = false;
  }

  private tellFailed(error: unknown): void {
    this.hasFailed = true;
    this.parts.events.emit('engine.failed', { during: 'claim', error });
  }

  private async pauseAfterError(): Promise<void> {
    await this.underWay.whenNone();
    this.hasFailed = false;
    this.moreIsLikely = false;
    // The claim may have happened: the next round begins with the ledger.
    this.lastPollMs = Number.NEGATIVE_INFINITY;
    await this.rest(PAUSE_AFTER_ERROR_MS);
  }

  private async rest(longestMs: number): Promise<void> {
    this.searching = false;
    this.misled = false; // there are no more of them
    await this.alarm.sleep(longestMs);
  }

  /**
   * One pass over the queues: each gets its share of the free slots, and what one does not use goes to the others.
   * True when another pass may find more.
   */
  private async round(): Promise<boolean> {
    const { rotation, slots } = this.parts;
    this.moreIsLikely = false;
    const where = this.isPollDue() ? 'ledger' : 'dispatcher';
    if (where === 'ledger') await this.handBackUnheard();
    await this.parts.pauses.refresh();
    const open = new Set(rotation.queues);
    let left = Math.min(LARGEST_CLAIM, slots.free);
    let found = false;
    while (open.size > 0 && !this.stopping) {
      const rooms = this.roomsNow();
      // A type at its own limit is left out of the search, though others have room: it may have more, too.
      if (left === 0 || rooms.length < slots.typeNames.length) this.moreIsLikely = true;
      if (left === 0 || rooms.length === 0) return found;
      for (const { queue, count } of rotation.share(left, open)) {
        const most = Math.min(count, slots.roomIn(queue));
        // As above, for a queue at its own limit.
        if (most < count) this.moreIsLikely = true;
        const within = slots.hasLimits ? this.roomsNow() : rooms;
        const got = most === 0 ? 0 : await this.searchQueue(queue, most, within, where);
        if (got > 0) found = true;
        if (got < count) open.delete(queue);
        left = Math.max(0, left - got);
      }
    }
    return found;
  }

  /** When no claim is under way, what is not known by now is not on its way either. */
  private async handBackUnheard(): Promise<void> {
    await this.underWay.whenNone();
    const workerId = this.parts.workerId();
    if (workerId === undefined) return;
    await this.parts.handBackUnheard(workerId);
    await this.parts.buryUnknown?.(workerId);
  }

  private roomsNow(): Room[] {
    return this.mayGoOn() ? this.parts.slots.rooms() : [];
  }

  private mayGoOn(): boolean {
    return !this.hasFailed && this.parts.mayClaim();
  }

  /**
   * Answers how many jobs the queue gave, or would have given: with fewer than `limit` it has no more. So `rooms` are
   * those that were shared out among the queues: were they measured anew, a queue whose turn is late would get less
   * than its share whenever the reserve shrinks meanwhile.
   */
  private async searchQueue(
    queue: string,
    limit: number,
    rooms: readonly Room[],
    where: 'ledger' | 'dispatcher',
  ): Promise<number> {
    const workerId = this.parts.workerId();
    const open = this.mayGoOn() ? this.parts.pauses.openRooms(queue, rooms) : [];
    if (workerId === undefined || open.length === 0) return 0;
    if (where === 'ledger') return this.claimByQueue(workerId, queue, open, limit);
    const taken = await this.parts.dispatcher.take(queue, open, limit);
    switch (taken.kind) {
      case 'look':
        return this.claimByQueue(workerId, queue, open, limit);
      case 'forgotten':
        await this.parts.onForgotten(queue);
        return limit;
      case 'hints':
        if (taken.lowTypes.length > 0) this.parts.onLow(queue, taken.lowTypes);
        if (taken.ids.length > 0) await this.claimById(workerId, queue, taken.ids);
        return taken.ids.length;
    }
  }

  /** Resolves when the next claim may begin. */
  private async claimById(workerId: string, queue: string, ids: readonly string[]): Promise<void> {
    await this.underWay.begin(ids.length, async () => {
      const begunMs = this.parts.clock.monotonicMs();
      const claims = await this.parts.ledger.claimById(workerId, queue, this.parts.slots.typeNames, ids);
      // Hints that the ledger refuses may have been of a queue that rests by now: no more of them before it is known.
      if (claims.length < ids.length) this.parts.pauses.doubt();
      this.misled = claims.length === 0;
      return () => this.handOver(queue, claims, ids.length, begunMs);
    });
  }

  /** Answers how many there were; while the ledger has more than is asked for, that it was all that was asked for. */
  private async claimByQueue(workerId: string, queue: string, rooms: Room[], limit: number): Promise<number> {
    let got = limit;
    await this.underWay.begin(limit, async () => {
      const begunMs = this.parts.clock.monotonicMs();
      const claims = await this.parts.ledger.claimByQueue(workerId, queue, rooms, limit);
      got = claims.length;
      this.ledgerRanOut = got < limit;
      return () => this.handOver(queue, claims, claims.length, begunMs);
    });
    return got;
  }

  private claimsAtOnce(): number {
    const { dispatcher, slots } = this.parts;
    if (slots.hasLimits || this.hasFailed) return 1;
    return dispatcher.mode !== 'redis' && this.ledgerRanOut ? 1 : CLAIMS_AT_ONCE;
  }

  private handOver(queue: string, claims: readonly Claim[], hints: number, begunMs: number): void {
    if (hints === 0) return;
    this.parts.events.emit('runs.claimed', { queue, claims, hints });
    this.parts.slots.ahead = this.parts.ahead.claimTook(this.parts.clock.monotonicMs() - begunMs);
    this.parts.onClaims(claims);
  }

  private isPollDue(): boolean {
    const now = this.parts.clock.monotonicMs();
    const { pollIntervalMs } = this.parts;
    const everyMs = this.misled ? Math.min(POLL_WHILE_MISLED_MS, pollIntervalMs) : pollIntervalMs;
    if (now - this.lastPollMs < everyMs) return false;
    this.lastPollMs = now;
    this.misled = false;
    return true;
  }

  /** Rests end at different times in different processes, or all of them would ask at once. */
  private restMs(): number {
    const { dispatcher, pollIntervalMs, clock } = this.parts;
    const longest =
      dispatcher.mode === 'redis' ? pollIntervalMs : Math.min(POLL_WITHOUT_REDIS_MS, pollIntervalMs);
    return this.parts.pauses.longestRestMs(longest) * (0.9 + 0.2 * clock.random());
  }
}
