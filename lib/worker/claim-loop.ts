import type { Room } from '../core/claim.js';
import type { QueueRotation } from '../core/queue-rotation.js';
import { Alarm } from './alarm.js';
import { QueueSearch, type SearchParts } from './queue-search.js';

/** What the claim loop works with. */
export interface ClaimParts extends Omit<SearchParts, 'queues' | 'mayGoOn' | 'onFailed' | 'onEnded'> {
  readonly rotation: QueueRotation;
  /** False while too many ended runs wait to be settled. */
  readonly mayClaim: () => boolean;
  /** Takes back what the ledger says is this worker's, and what was never handed over. */
  readonly handBackUnheard: (workerId: string) => Promise<void>;
  /** Sees to pending jobs that nobody handles. */
  readonly buryUnknown?: (workerId: string) => Promise<void>;
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
 * Wait for room → take hints → claim → hand over; nothing else. While there is much to do two claims overlap.
 *
 * Modes: stopped → searching (rounds over the queues while there may be more, and there is room) → resting (until a
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
  private readonly queueSearch: QueueSearch;
  /** A claim failed since the last look. */
  private hasFailed = false;

  constructor(private readonly parts: ClaimParts) {
    this.alarm = new Alarm(parts.clock);
    this.queueSearch = new QueueSearch({
      ...parts,
      queues: parts.rotation.queues,
      mayGoOn: () => this.mayGoOn(),
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
    return this.searching || this.queueSearch.isUnderWay;
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
        const isWorthAnother = await this.round();
        if (this.hasFailed) await this.pauseAfterError();
        else if (!isWorthAnother) await this.rest(this.restMs());
      } catch (error) {
        this.tellFailed(error);
        await this.pauseAfterError();
      }
    }
    await this.queueSearch.whenNone();
    this.searching = false;
  }

  private tellFailed(error: unknown): void {
    this.hasFailed = true;
    this.parts.events.emit('engine.failed', { during: 'claim', error });
  }

  private async pauseAfterError(): Promise<void> {
    await this.queueSearch.whenNone();
    this.hasFailed = false;
    this.moreIsLikely = false;
    // The claim may have happened: the next round begins with the ledger.
    this.lastPollMs = Number.NEGATIVE_INFINITY;
    await this.rest(PAUSE_AFTER_ERROR_MS);
  }

  private async rest(longestMs: number): Promise<void> {
    this.searching = false;
    this.queueSearch.forgive(); // there are no more of them
    await this.alarm.sleep(longestMs);
  }

  /**
   * One pass over the queues: each gets its share of the free slots, and what one does not use goes to the others.
   * True when another pass may find more.
   */
  private async round(): Promise<boolean> {
    const { rotation, slots } = this.parts;
    this.moreIsLikely = false;
    const first = this.isPollDue() ? 'ledger' : 'dispatcher';
    if (first === 'ledger') await this.handBackUnheard();
    await this.parts.pauses.refresh();
    const open = new Set(rotation.queues);
    let left = Math.min(LARGEST_CLAIM, slots.free);
    let isWorthAnother = false;
    while (open.size > 0 && !this.stopping) {
      const rooms = this.roomsNow();
      // A type at its own limit is left out of the search, though others have room: it may have more, too.
      if (left === 0 || rooms.length < slots.typeNames.length) this.moreIsLikely = true;
      if (left === 0 || rooms.length === 0) return isWorthAnother;
      for (const { queue, count } of rotation.share(left, open)) {
        const most = Math.min(count, slots.roomIn(queue));
        // As above, for a queue at its own limit.
        if (most < count) this.moreIsLikely = true;
        const within = slots.hasLimits ? this.roomsNow() : rooms;
        const found = await this.queueSearch.search(queue, most, within, first);
        if (found.mayHaveMore) isWorthAnother = true;
        if (found.count < count) open.delete(queue);
        left = Math.max(0, left - found.count);
      }
    }
    return isWorthAnother;
  }

  /** When no claim is under way, what is not known by now is not on its way either. */
  private async handBackUnheard(): Promise<void> {
    await this.queueSearch.whenNone();
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

  private isPollDue(): boolean {
    const now = this.parts.clock.monotonicMs();
    const { pollIntervalMs } = this.parts;
    const everyMs = this.queueSearch.isMisled
      ? Math.min(POLL_WHILE_MISLED_MS, pollIntervalMs)
      : pollIntervalMs;
    if (now - this.lastPollMs < everyMs) return false;
    this.lastPollMs = now;
    this.queueSearch.forgive();
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
